"""The day that the parts of a moment tell, however they do it; two that differ are refused."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from . import holidays, month_days
from .calendar_days import checked_date, shifted
from .errors import DateError, Reason
from .moment import WEEKDAYS
from .month_days import Nth
from .spec import MomentSpec, Spoken

_YEARS = 10  # within which there is a February 29


def day_told(spec: MomentSpec, today: date) -> date:
    """The day that is told, before anything is added.

    :raises DateError: when it is told in two ways that differ.
    """
    day = _day(spec, today)
    if spec.from_day is None:
        return day
    found = month_days.nth_from(spec.from_day, day)
    if found is None:
        raise DateError(Reason.OUT_OF_RANGE)
    return found


def _day(spec: MomentSpec, today: date) -> date:
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
        monday = shifted(today, 0, 7 * spec.week - today.weekday())
        return shifted(monday, 0, today.weekday() if spec.weekday is None else spec.weekday)
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
    if spec.which is not None:
        day = _yearly(spec.which, today, lambda year: holidays.holiday(name, year))
    else:
        day = _holiday_of(name, year, today)
    if year is None:
        _check_spoken(spec, day, today)
    if spec.weekday is not None:
        _check_weekday(day, spec.weekday)
    return day


def _holiday_of(name: str, year: int | None, today: date) -> date:
    try:
        return holidays.next_holiday(name, today) if year is None else holidays.holiday(name, year)
    except ValueError:
        raise DateError(Reason.OUT_OF_RANGE) from None


def _yearly(which: int, today: date, day_in: Callable[[int], date]) -> date:
    """Which of a day that comes each year: see :class:`.MomentSpec`.

    :param day_in: gives the day in a year; it may raise errors for years that have none.
    """
    if not which:
        return day_in(today.year)
    for distance in range(_YEARS):
        with suppress(ValueError, DateError):
            day = day_in(today.year + which * distance)
            if (day - today).days * which > 0:
                return day
    raise DateError(Reason.OUT_OF_RANGE)


def _nth_day(spec: MomentSpec, nth: Nth, today: date) -> date:
    """A day by its place in a month: in this one, unless another is told."""
    first = spec.spoken.day(today) if spec.spoken is not None and spec.spoken.is_months else today
    if spec.month is not None:
        first = checked_date(first.year if spec.year is None else spec.year, spec.month, 1)
    year = first.year if spec.year is None else spec.year
    in_year = month_days.nth_of_year(nth, year) if spec.of_year else None
    day = in_year if spec.of_year else month_days.nth_of_month(nth, first.year, first.month)
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
    if spec.which is not None:
        found = _yearly(spec.which, today, lambda year: checked_date(year, month, day))
    else:
        found = checked_date(today.year if spec.year is None else spec.year, month, day)
    _check_spoken(spec, found, today)
    return found


def _weekday(today: date, weekday: int, occurrence: int) -> date:
    ahead = (weekday - today.weekday()) % 7
    weeks = occurrence - (1 if occurrence > 0 and ahead else 0)
    return shifted(today, 0, ahead + 7 * weeks)


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
    of_week = shifted(day, 0, weekday - day.weekday())
    from_weekday = spoken.day(_weekday(today, weekday, occurrence))
    if of_week != from_weekday:
        choices = tuple(sorted((str(of_week), str(from_weekday))))
        raise DateError(Reason.AMBIGUOUS_DATE, date=WEEKDAYS[weekday], choices=choices)
    return of_week


def _check_weekday(day: date, weekday: int) -> None:
    if day.weekday() != weekday:
        raise DateError(Reason.WRONG_WEEKDAY, date=str(day), weekday=WEEKDAYS[day.weekday()])
