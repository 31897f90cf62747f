"""Days by their place: the 15th, friday the 4th, the last monday of may, the first one after easter."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple


class Nth(NamedTuple):
    """The place of a day in its month or year, or after another day.

    :param number: 1 for the first, -1 for the last.
    :param weekday: which weekday is counted, 0 for Monday; None for all days.
    """

    number: int
    weekday: int | None = None


def nth_of_month(nth: Nth, year: int, month: int) -> date | None:
    """The day at a place of a month; None when it has no such day."""
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return _nth_between(nth, first.toordinal(), last.toordinal())


def nth_of_year(nth: Nth, year: int) -> date | None:
    """The day at a place of a year; None when it has no such day."""
    return _nth_between(nth, date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())


def nth_from(nth: Nth, day: date) -> date | None:
    """The day at a place after another day, or before it where the number is negative."""
    if nth.number > 0:
        return _nth_between(nth, day.toordinal() + 1, date.max.toordinal())
    return _nth_between(nth, date.min.toordinal(), day.toordinal() - 1)


def _nth_between(nth: Nth, first: int, last: int) -> date | None:
    """The day at a place between two days, which count, by their numbers; None when there is no such day."""
    step = 1 if nth.weekday is None else 7
    begin, rest = (first, nth.number - 1) if nth.number > 0 else (last, nth.number + 1)
    if nth.weekday is not None:  # Monday, January 1 of year 1 has number 1
        distance = nth.weekday + 1 - begin
        begin += distance % 7 if nth.number > 0 else -(-distance % 7)
    number = begin + step * rest
    return date.fromordinal(number) if first <= number <= last else None


def next_day(number: int, today: date) -> date | None:
    """The first day with this number in its month from today on; None when no month has it."""
    return next((day for day in _days(number, today) if day >= today), None)


def on_weekday(number: int, weekday: int, today: date) -> tuple[date, ...]:
    """The days with this number in this month or in the next one that are this weekday, and may be meant.

    :return: one day; this month's, which is past, and the next one; or none.
    """
    days = [day for day in _days(number, today) if day.weekday() == weekday]
    this_month = [day for day in days[:1] if (day.year, day.month) == (today.year, today.month)]
    if this_month and this_month[0] < today:
        return tuple(days[:2])
    first = next(iter(days), None)
    months = 0 if first is None else (first.year - today.year) * 12 + first.month - today.month
    return () if first is None or months > 1 else (first,)


def _days(number: int, today: date) -> Iterator[date]:
    """The days with this number, from this month on, for eight years: then there was any weekday."""
    for months in range(96):
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        if 1 <= number <= 31 and year <= date.max.year and number <= monthrange(year, month + 1)[1]:
            yield date(year, month + 1, number)
