"""The parts of a moment, as they were told."""

from datetime import date, time, tzinfo
from typing import Any, NamedTuple

from .calendar_days import shifted
from .errors import DateError
from .month_days import Nth


class Spoken(NamedTuple):
    """A span that leads from today to a day: tomorrow, in two weeks, next year. What is not said is None."""

    months: int | None = None
    weeks: int | None = None
    days: int | None = None

    @property
    def is_years(self) -> bool:
        """Whether it only says the year."""
        return self.is_months and (self.months or 0) % 12 == 0

    @property
    def is_months(self) -> bool:
        """Whether it only says the month, or the year."""
        return self.weeks is None and self.days is None

    @property
    def is_weeks(self) -> bool:
        """Whether it only says the week."""
        return self.months is None and self.days is None

    def day(self, today: date) -> date:
        """The day to which it leads.

        :raises DateError: when that is outside the years 1 to 9999.
        """
        return shifted(today, self.months or 0, 7 * (self.weeks or 0) + (self.days or 0))


class _Parts(NamedTuple):
    """The parts of a moment; missing parts are None or zero.

    :param day_first: whether dates in digits have the day in front of the month; None where both are usual.
    :param unix_ns: nanoseconds since 1970-01-01T00:00:00Z, in place of a date and a time.
    :param year: the year of ``month`` and ``day``; None for the current year.
    :param day: the day of the month; without ``month``, of the next one that has it ahead.
    :param nth: the place of a day in ``month``, or in the month to which ``spoken`` leads.
    :param of_year: whether ``nth`` is its place in the year.
    :param weekday: the day of the week, 0 for Monday.
    :param holiday: a holiday, by the name of :mod:`.holidays`; without ``year``, the next one.
    :param which: which of a holiday or date that comes each year: 0 for this year's, 1 for the next after
        today, -1 for the last before today.
    :param from_day: the place of the day that is meant, after the day that is told: the monday after easter.
    :param from_text: its words.
    :param occurrence: which weekday: 0 for the first from today on, 1 for the next after today, -1 for the
        last before today; None for the first, where nothing was said.
    :param week: which week, from Monday on: 0 for this one, 1 for the next.
    :param spoken: the way to the day in words; a weekday or a date beside it must be of that day.
    :param clock: the time of day, in whole seconds.
    :param same_time: whether the time of day is that of now.
    :param nanosecond: the fraction of ``clock``.
    :param half_said: whether it was said that ``clock`` is before noon or after it.
    :param unsure: the words of a time that is before noon or after it: a part of the day has to say which.
    :param part: the part of the day: morning, afternoon, evening or night.
    :param part_text: its words.
    :param zone: the zone in which date and time are read.
    :param months: months to add, on the calendar.
    :param days: days to add, on the calendar.
    :param add_ns: nanoseconds to add, on the clock.
    :param anchor: the words of a span whose moment has not come yet.
    :param hours_from: the words of a span in hours whose time of day has not come yet.
    :param bare: the words of a span without a direction.
    :param at_midnight: the word of a midnight that was called so.
    :param midnight: the words of a span in hours from midnight: a day has two of them.
    :param undated: the error for a time that may be something else, unless the day is told.
    :param from_now: the words of a span of hours that counts from now, and so stands without a time.
    :param day_word: the word of ``spoken``, where it is one such as tomorrow.
    :param day_text: the words of ``nth``, or of ``day`` without ``month``.
    """

    day_first: bool | None = None
    unix_ns: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    nth: Nth | None = None
    of_year: bool = False
    weekday: int | None = None
    holiday: str | None = None
    which: int | None = None
    from_day: Nth | None = None
    from_text: str = ""
    occurrence: int | None = None
    week: int | None = None
    spoken: Spoken | None = None
    clock: time | None = None
    same_time: bool = False
    nanosecond: int = 0
    half_said: bool = False
    unsure: str = ""
    part: str = ""
    part_text: str = ""
    zone: tzinfo | None = None
    months: int = 0
    days: int = 0
    add_ns: int = 0
    anchor: str = ""
    hours_from: str = ""
    bare: str = ""
    at_midnight: str = ""
    midnight: str = ""
    undated: DateError | None = None
    from_now: str = ""
    day_word: str = ""
    day_text: str = ""


_NUMBERS = {name: number for number, name in enumerate(_Parts._fields)}


class MomentSpec(_Parts):
    """The parts of a moment, as they were told."""

    __slots__ = ()

    def _replace(self, **parts: Any) -> "MomentSpec":
        """The same with other parts, several times as fast as for a named tuple with as many."""
        values = list(self)
        for name, value in parts.items():
            values[_NUMBERS[name]] = value
        return MomentSpec._make(values)

    @property
    def has_date_or_time(self) -> bool:
        """Whether the parts include a date, a weekday or a time of day."""
        told = (self.month, self.day, self.nth, self.weekday, self.holiday, self.from_day, self.clock)
        return told != (None,) * 7

    @property
    def is_of_a_day(self) -> bool:
        """Whether the parts include the day: a date, a weekday, or the way to it in words."""
        day = (self.month, self.day, self.nth, self.weekday, self.holiday, self.spoken, self.week)
        return day != (None,) * 7

    @property
    def is_date(self) -> bool:
        """Whether the parts tell a day, and no time of day in it."""
        has_time = self.clock is not None or self.part or self.same_time or self.add_ns
        return self.is_of_a_day and not has_time and self.unix_ns is None

    @property
    def is_on_clock(self) -> bool:
        """Whether the parts need no calendar."""
        on_calendar = self.months or self.days or self.spoken is not None or self.week is not None
        return not (self.has_date_or_time or on_calendar)

    @property
    def is_same_everywhere(self) -> bool:
        """Whether the moment is the same in whatever zone the parts are read."""
        return self.is_on_clock or self.zone is not None

    @property
    def is_today(self) -> bool:
        """Whether the day was told as today."""
        return bool(self.day_word) and self.spoken == Spoken(days=0)

    @property
    def is_pinned(self) -> bool:
        """Whether the parts mean one moment only, and not the next of several."""
        told = (self.unix_ns, self.year, self.spoken, self.week, self.occurrence, self.which)
        return told != (None,) * 6 or not self.has_date_or_time
