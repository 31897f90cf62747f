"""Resolves the parts of a moment to a point in time, by calendar arithmetic and the rules of a zone.

As in GNU date, years, months and days follow the calendar; hours and smaller units follow the clock. Unlike
there, a month that is too short gives its last day: January 31 and one month is February 28.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from . import day_parts, holidays, month_days
from .errors import DateError, Reason
from .moment import NANOSECONDS, WEEKDAYS, Moment
from .month_days import Nth

# The steps in which gnulib's mktime searches for summer or winter time: 7.2 years in all
_STEP, _STEPS = timedelta(seconds=601200), 381


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
        return _shifted(today, self.months or 0, 7 * (self.weeks or 0) + (self.days or 0))


class MomentSpec(NamedTuple):
    """The parts of a moment; missing parts are None or zero.

    :param day_first: whether dates in digits have the day in front of the month; None where both are usual.
    :param unix_ns: nanoseconds since 1970-01-01T00:00:00Z, in place of a date and a time.
    :param year: the year of ``month`` and ``day``; None for the current year.
    :param day: the day of the month; without ``month``, of the next one that has it ahead.
    :param nth: the place of a day in ``month``, or in the month to which ``spoken`` leads.
    :param weekday: the day of the week, 0 for Monday.
    :param holiday: a holiday, by the name of :mod:`.holidays`; without ``year``, the next one.
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
    weekday: int | None = None
    holiday: str | None = None
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
    from_now: str = ""
    day_word: str = ""
    day_text: str = ""

    @property
    def has_date_or_time(self) -> bool:
        """Whether the parts include a date, a weekday or a time of day."""
        return (self.month, self.day, self.nth, self.weekday, self.holiday, self.clock) != (None,) * 6

    @property
    def is_of_a_day(self) -> bool:
        """Whether the parts include the day: a date, a weekday, or the way to it in words."""
        day = (self.month, self.day, self.nth, self.weekday, self.holiday, self.spoken, self.week)
        return day != (None,) * 7

    @property
    def is_pinned(self) -> bool:
        """Whether the parts mean one moment only, and not the next of several."""
        told = (self.unix_ns, self.year, self.spoken, self.week, self.occurrence)
        return told != (None,) * 5 or not self.has_date_or_time


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolved moment.

    :param moment: the moment.
    :param ambiguous: whether its local time occurs twice (PEP 495); the moment is the first of the two.
    """

    moment: Moment
    ambiguous: bool


def resolve(spec: MomentSpec, now_ns: int, zone: tzinfo) -> Resolution:
    """Resolve the parts of a moment.

    :param now_ns: the current time in nanoseconds since 1970-01-01T00:00:00Z.
    :param zone: the zone in which date and time are read.
    :raises DateError: when the date does not exist or has another weekday, when the zone skips the local
        time, or when the result is outside the years 1 to 9999.
    """
    start_ns = now_ns if spec.unix_ns is None else spec.unix_ns
    if _is_on_clock(spec):
        return Resolution(Moment(start_ns + spec.add_ns, zone), False)
    start = Moment(start_ns, zone).local
    day, clock = _day(spec, start.date()), spec.clock
    if spec.part and clock is not None:
        clock, later = _in_part(spec, clock, day)
        day = _shifted(day, 0, later)
    day = _shifted(day, spec.months, spec.days)
    if spec.same_time or not spec.has_date_or_time:
        unix, ambiguous = _seconds_on_day(start, day), False
        nanosecond = start_ns % NANOSECONDS
    else:
        unix, ambiguous = _at(day, clock, zone)
        nanosecond = spec.nanosecond
    return Resolution(Moment(unix * NANOSECONDS + nanosecond + spec.add_ns, zone), ambiguous)


def _in_part(spec: MomentSpec, clock: time, day: date) -> tuple[time, int]:
    """The time of day in the part of the day that was said, and the days by which it is later.

    :raises DateError: when it is not in that part, or may be on two days.
    """
    if told := day_parts.in_part(spec.part, clock, spec.half_said):
        return told
    times = day_parts.times_around(spec.part, clock, spec.half_said)
    text = spec.unsure or f"{clock:%H:%M}"
    if not times:
        raise DateError(Reason.WRONG_PART, time=text, part=spec.part_text)
    days = (day, _shifted(day, 0, 1)) if len(times) == 1 else (day, day)
    choices = tuple(f"{day} {time:%H:%M}" for day, time in zip(days, (*times, *times), strict=False))
    raise DateError(Reason.AMBIGUOUS_TIME, time=f"{spec.part_text} {text}", choices=choices)


def _is_on_clock(spec: MomentSpec) -> bool:
    """Whether the parts need no calendar."""
    on_calendar = spec.months or spec.days or spec.spoken is not None or spec.week is not None
    return not (spec.has_date_or_time or on_calendar)


def _day(spec: MomentSpec, today: date) -> date:
    """The day that is told, before anything is added.

    :raises DateError: when it is told in two ways that differ.
    """
    if spec.month is not None and spec.day is not None:
        day = _date(spec, spec.month, spec.day, today)
        if spec.weekday is not None:
            _check_weekday(day, spec.weekday)
        return day
    if spec.holiday is not None:
        return _holiday(spec, spec.holiday, today)
    if spec.nth is not None:
        return _nth_day(spec, spec.nth, today)
    if spec.day is not None:
        return _day_of_month(spec, spec.day, today)
    if spec.week is not None:
        monday = _shifted(today, 0, 7 * spec.week - today.weekday())
        return _shifted(monday, 0, today.weekday() if spec.weekday is None else spec.weekday)
    if spec.weekday is None:
        return spec.spoken.day(today) if spec.spoken else today
    if spec.spoken is not None:
        return _spoken_weekday(spec, spec.spoken, spec.weekday, today)
    return _weekday(today, spec.weekday, spec.occurrence or 0)


def _holiday(spec: MomentSpec, name: str, today: date) -> date:
    """A holiday: this year's or the next, unless a year was said; a weekday beside it must be its own."""
    year = spec.year
    if spec.spoken is not None and spec.spoken.is_years:
        year = today.year + (spec.spoken.months or 0) // 12
    try:
        day = holidays.next_holiday(name, today) if year is None else holidays.holiday(name, year)
    except ValueError:
        raise DateError(Reason.OUT_OF_RANGE) from None
    if year is None:
        _check_spoken(spec, day, today)
    if spec.weekday is not None:
        _check_weekday(day, spec.weekday)
    return day


def _nth_day(spec: MomentSpec, nth: Nth, today: date) -> date:
    """A day by its place in a month: in this one, unless another is told."""
    first = spec.spoken.day(today) if spec.spoken is not None and spec.spoken.is_months else today
    if spec.month is not None:
        first = checked_date(first.year if spec.year is None else spec.year, spec.month, 1)
    day = month_days.nth_of_month(nth, first.year, first.month)
    if day is None:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=spec.day_text)
    if spec.spoken is not None and not spec.spoken.is_months:
        _check_spoken(spec, day, today)
    return day


def _day_of_month(spec: MomentSpec, number: int, today: date) -> date:
    """The next day with a number in its month; with a weekday, the one that is both."""
    if spec.spoken is not None and spec.spoken.is_months:
        month = spec.spoken.day(today)
        day = checked_date(month.year, month.month, number)
        if spec.weekday is not None:
            _check_weekday(day, spec.weekday)
        return day
    if spec.weekday is None or spec.spoken is not None:
        found = month_days.next_day(number, min(today, spec.spoken.day(today)) if spec.spoken else today)
        if found is None:
            raise DateError(Reason.IMPOSSIBLE_DATE, date=spec.day_text)
        _check_spoken(spec, found, today)
        return found
    days = month_days.on_weekday(number, spec.weekday, today)
    if spec.occurrence is not None and days != (told := _weekday(today, spec.weekday, spec.occurrence),):
        raise DateError(Reason.DIFFERENT_DAYS, first=spec.day_text, second=str(told))
    if len(days) == 1:
        return days[0]
    if days:
        raise DateError(Reason.AMBIGUOUS_DATE, date=spec.day_text, choices=tuple(map(str, days)))
    raise DateError(Reason.NO_SUCH_DAY, date=spec.day_text)


def _check_spoken(spec: MomentSpec, day: date, today: date) -> None:
    """Check that a day is the one to which a span from now leads, if there is one."""
    if spec.spoken is not None and (told := spec.spoken.day(today)) != day:
        raise DateError(Reason.DIFFERENT_DAYS, first=str(day), second=str(told))


def _date(spec: MomentSpec, month: int, day: int, today: date) -> date:
    if spec.year is None and spec.spoken is not None and spec.spoken.is_years:
        return checked_date(today.year + (spec.spoken.months or 0) // 12, month, day)
    found = checked_date(today.year if spec.year is None else spec.year, month, day)
    _check_spoken(spec, found, today)
    return found


def _weekday(today: date, weekday: int, occurrence: int) -> date:
    ahead = (weekday - today.weekday()) % 7
    weeks = occurrence - (1 if occurrence > 0 and ahead else 0)
    return _shifted(today, 0, ahead + 7 * weeks)


def _spoken_weekday(spec: MomentSpec, spoken: Spoken, weekday: int, today: date) -> date:
    """A weekday beside a span from now.

    In so many weeks, it may be that weekday of the week, or so many weeks after the next such day.
    """
    day, occurrence = spoken.day(today), spec.occurrence or 0
    if not spoken.is_weeks:
        _check_weekday(day, weekday)
        if occurrence and (told := _weekday(today, weekday, occurrence)) != day:
            raise DateError(Reason.DIFFERENT_DAYS, first=str(told), second=str(day))
        return day
    of_week = _shifted(day, 0, weekday - day.weekday())
    from_weekday = spoken.day(_weekday(today, weekday, occurrence))
    if of_week != from_weekday:
        choices = tuple(sorted((str(of_week), str(from_weekday))))
        raise DateError(Reason.AMBIGUOUS_DATE, date=WEEKDAYS[weekday], choices=choices)
    return of_week


def _check_weekday(day: date, weekday: int) -> None:
    if day.weekday() != weekday:
        raise DateError(Reason.WRONG_WEEKDAY, date=str(day), weekday=WEEKDAYS[day.weekday()])


def checked_date(year: int, month: int, day: int) -> date:
    """The date of these numbers.

    :raises DateError: when it does not exist.
    """
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=f"{year:04}-{month:02}-{day:02}") from None


def _shifted(day: date, months: int, days: int) -> date:
    try:
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        return day.replace(year=year, month=month + 1, day=min(day.day, last)) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise DateError(Reason.OUT_OF_RANGE) from None


def _seconds_on_day(start: datetime, day: date) -> int:
    """Seconds since 1970 at the same time of day on another day.

    As in GNU date, an hour of summer time stays in summer time: noon in August is 11 in December. Its offset
    is that of the nearest summer time, searched for like gnulib's mktime does.
    """
    local = start.replace(year=day.year, month=day.month, day=day.day)
    wanted = bool(start.dst())
    for fold in (0, 1):
        if bool(local.replace(fold=fold).dst()) == wanted:
            return _seconds(local.replace(fold=fold))
    for steps in range(1, _STEPS + 1):
        for direction in (-1, 1):
            try:
                near = local + direction * steps * _STEP
            except OverflowError:
                continue
            if bool(near.dst()) == wanted:
                return _seconds(local) + _offset(local) - _offset(near)
    return _seconds(local) - (3600 if wanted else -3600)


def _at(day: date, clock: time | None, zone: tzinfo) -> tuple[int, bool]:
    """Seconds since 1970 at this time of a day, by default its first moment, and whether it occurs twice.

    :raises DateError: when the zone skips the time, or the whole day.
    """
    local = datetime.combine(day, clock or time())
    try:
        return _seconds_in_zone(local, zone)
    except DateError:
        unix = _seconds(local.replace(tzinfo=zone))  # the first moment after the gap
        if clock is not None or Moment(unix * NANOSECONDS, zone).local.date() != day:
            raise
        return unix, False


def _seconds_in_zone(local: datetime, zone: tzinfo) -> tuple[int, bool]:
    """Seconds since 1970 at a local time, and whether it occurs twice.

    :raises DateError: when the zone skips the time.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = (moment.utcoffset() or timedelta() for moment in (first, second))
    if before < after:  # a gap, by PEP 495
        raise _skipped(local, zone, before, after)
    return _seconds(first), before != after


def _skipped(local: datetime, zone: tzinfo, before: timedelta, after: timedelta) -> DateError:
    """The error for a local time in the gap between two offsets."""
    low, high = (_seconds(local.replace(tzinfo=timezone(offset))) for offset in (after, before))
    while low < high:  # the first second with the later offset
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            high = middle
        else:
            low = middle + 1
    change = datetime.fromtimestamp(high, timezone.utc).replace(tzinfo=None)
    begin, end = (str(change + offset) for offset in (before, after))
    return DateError(Reason.SKIPPED_TIME, time=str(local), begin=begin, end=end)


def _seconds(local: datetime) -> int:
    """Seconds since 1970; datetime's own conversion would overflow at the ends of the years 1 to 9999."""
    since = local.replace(tzinfo=None) - datetime(1970, 1, 1)
    return since.days * 86400 + since.seconds - _offset(local)


def _offset(local: datetime) -> int:
    """The offset from UTC in seconds; east is positive."""
    return int((local.utcoffset() or timedelta()).total_seconds())
