"""Dates in digits: 2026-12-25, 25/12/2026, 25.12., and those that machines write."""

from calendar import isleap
from datetime import date, timedelta

from ..calendar_days import checked_date
from ..errors import DateError, Reason
from ..grammar import Match
from ..moment import MONTHS as MONTH_NAMES
from ..spec import MomentSpec
from .common import with_parts, without_lead
from .times import time_of_day
from .words import MONTHS


def iso_date(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date of ISO 8601, with or without a time: 2026-12-25, 20261225T1900."""
    text = match["date"]
    year, month, day = text.split("-") if "-" in text else (text[:4], text[4:6], text[6:])
    spec = with_date(match, spec, int(year), int(month), int(day))
    return spec if match.get("clock") is None else time_of_day(match, spec)


def numbers(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date in numbers with slashes or hyphens: exactly one of the usual orders must give a date.

    Where several do, the conversation's language decides, if its country has one order.
    """
    text = match["date"]
    parts = text.replace("-", "/").split("/")
    dates = {_date_text(*order): order for order in _interpretations(parts) if _is_date(*order)}
    if not dates:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=text)
    if len(dates) > 1 and spec.day_first is None:
        raise DateError(Reason.AMBIGUOUS_DATE, date=text, choices=tuple(sorted(dates)))
    usual = _in_order(parts, bool(spec.day_first))
    return with_date(match, spec, *(usual if usual in dates.values() else next(iter(dates.values()))))


def _in_order(parts: list[str], day_first: bool) -> tuple[int | None, int, int]:
    """Day and month in the usual order of a country, and the year behind them."""
    first, second, *year = map(int, parts)
    day, month = (first, second) if day_first else (second, first)
    return (expand_year(year[0]) if len(parts[-1]) == 2 else year[0]) if year else None, month, day


def dots(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with full stops, day first: 25.12.2026, 25.12.; or year first: 2026.12.25."""
    parts = [part for part in match["date"].split(".") if part]
    if len(parts[0]) == 4:
        year, month, day = map(int, parts)
        return with_date(match, spec, year, month, day)
    return with_date(match, spec, *_in_order(parts, day_first=True))


def day_or_time(match: Match, spec: MomentSpec) -> MomentSpec:
    """Two numbers with a full stop: 25.12 is a day, and 8.30 a time; what may be both is refused."""
    first, second = match["clock"].split(".")
    is_day, is_time = _is_date(None, int(second), int(first)), int(first) < 24
    if is_day and is_time:
        choices = (f"{first}:{second}", _date_text(None, int(second), int(first)))
        raise DateError(Reason.AMBIGUOUS_TIME, time=match.typed, choices=choices)
    return with_date(match, spec, None, int(second), int(first)) if is_day else time_of_day(match, spec)


def week_date(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day of a week of ISO 8601: 2026-W48-3, 2026W483."""
    digits = match["week"] + (match.get("weekday") or "")
    try:
        day = date.fromisocalendar(int(match["year"]), int(digits[:-1]), int(digits[-1]))
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=without_lead(match)) from None
    spec = with_date(match, spec, day.year, day.month, day.day)
    return time_of_day(match, spec) if match.get("clock") else spec


def day_of_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """An ordinal date of ISO 8601: 2026-330."""
    year, number = map(int, match["date"].split("-"))
    if not 1 <= number <= (366 if isleap(year) else 365) or not year:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=without_lead(match))
    day = date(year, 1, 1) + timedelta(days=number - 1)
    return with_date(match, spec, day.year, day.month, day.day)


def logged(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date between whose slashes the month has its name, as in logs: 25/Dec/2026:19:00:00."""
    spec = with_date(match, spec, int(match["year"]), MONTHS[match["month"]], int(match["day"]))
    return time_of_day(match, spec) if match.get("clock") else spec


def short_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date between whose hyphens the month has its name, as in RFC 850: 25-Dec-26."""
    year = expand_year(int(match["year"]))
    return with_date(match, spec, year, MONTHS[match["month"]], int(match["day"]))


def month_and_year_first(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with its year in front: 2018 March 18."""
    return with_date(match, spec, int(match["year"]), MONTHS[match["month"]], int(match["day"]))


def month_and_joined_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """A month with its day and year in one word: Jan 1,2010."""
    day, year = map(int, match["date"].split(","))
    return with_date(match, spec, year, MONTHS[match["month"]], day)


def _interpretations(numbers: list[str]) -> list[tuple[int | None, int, int]]:
    """The possible orders of the numbers, as year, month, day."""
    if len(numbers) == 2:
        first, second = map(int, numbers)
        return [(None, first, second), (None, second, first)]
    first, second, third = map(int, numbers)
    if len(numbers[0]) > 2:
        return [(first, second, third)]
    if len(numbers[2]) > 2:
        return [(third, first, second), (third, second, first)]
    return [
        (expand_year(first), second, third),
        (expand_year(third), first, second),
        (expand_year(third), second, first),
    ]


def expand_year(year: int) -> int:
    """Expand a two-digit year by the rule of POSIX: 1969 to 2068."""
    return year + (1900 if year > 68 else 2000)


def _is_date(year: int | None, month: int, day: int) -> bool:
    try:
        return bool(checked_date(2000 if year is None else year, month, day))  # 2000 is a leap year
    except DateError:
        return False


def _date_text(year: int | None, month: int, day: int) -> str:
    return f"{day} {MONTH_NAMES[month - 1]}" if year is None else f"{year:04}-{month:02}-{day:02}"


def with_date(match: Match, spec: MomentSpec, year: int | None, month: int, day: int) -> MomentSpec:
    """Add a date.

    :raises DateError: when it does not exist, or comes on top of another.
    """
    if not _is_date(year, month, day):
        raise DateError(Reason.IMPOSSIBLE_DATE, date=without_lead(match))
    if (spec.week, spec.nth, spec.holiday) != (None,) * 3:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return with_parts(match, spec, year=year, month=month, day=day)
