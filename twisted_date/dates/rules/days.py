"""Days: dates, weekdays, and words such as tomorrow."""

from ..errors import DateError, Reason
from ..grammar import Match
from ..moment import MONTHS as MONTH_NAMES
from ..resolve import MomentSpec, Spoken, checked_date
from .common import with_parts, without_lead
from .month_days import day_number
from .times import time_of_day
from .words import BACK, DAYS, MONTHS, NUMBERS, OCCURRENCES, WEEKDAYS, WEEKS_LATER

DEFINITIONS = {"dash": "hyphen /  "}


def iso_date(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date of ISO 8601, with or without a time: 2026-12-25, 20261225T1900."""
    text = match["date"]
    year, month, day = text.split("-") if "-" in text else (text[:4], text[4:6], text[6:])
    spec = _with_date(match, spec, int(year), int(month), int(day))
    return spec if match.get("clock") is None else time_of_day(match, spec)


def slashes(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with slashes; exactly one of the usual orders of its numbers must give a date."""
    text = match["date"]
    numbers = text.split("/")
    dates = {_date_text(*parts): parts for parts in _interpretations(numbers) if _is_date(*parts)}
    if not dates:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=text)
    if len(dates) > 1:
        raise DateError(Reason.AMBIGUOUS_DATE, date=text, choices=tuple(sorted(dates)))
    (parts,) = dates.values()
    return _with_date(match, spec, *parts)


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
    return [(_expand(first), second, third), (_expand(third), first, second), (_expand(third), second, first)]


def _expand(year: int) -> int:
    """Expand a two-digit year by the rule of POSIX: 1969 to 2068."""
    return year + (1900 if year > 68 else 2000)


def _is_date(year: int | None, month: int, day: int) -> bool:
    try:
        return bool(checked_date(2000 if year is None else year, month, day))  # 2000 is a leap year
    except DateError:
        return False


def _date_text(year: int | None, month: int, day: int) -> str:
    return f"{day} {MONTH_NAMES[month - 1]}" if year is None else f"{year:04}-{month:02}-{day:02}"


def month_and_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with the name of its month: 25 december 2026, dec 25, le 1er janvier, 25 dec '26."""
    year = None
    if text := match.get("year"):
        digits = text.lstrip(" -")
        year = _expand(int(digits[1:])) if digits.startswith("'") else int(digits)
    month, day = MONTHS[match["month"]], day_number(match["day"].strip().removesuffix(" of"))
    return _with_date(match, spec, year, month, day)


def late_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """The year after a date and a time, where ``date`` writes it; elsewhere, bare digits are ambiguous."""
    if spec.month is None or spec.year is not None or spec.clock is None:
        raise DateError(Reason.AMBIGUOUS_NUMBER, number=match.typed)
    return spec._replace(year=int(match.text))


def short_mardi(match: Match, spec: MomentSpec) -> MomentSpec:
    """``mar.`` is Tuesday beside a month; otherwise it may be March."""
    day = match.get("day")
    if match.get("dated") is None and (day or spec.month is None):
        choices = ("mardi", f"{day or 1} mars")
        raise DateError(Reason.AMBIGUOUS_DATE, date=match.typed, choices=choices)
    return with_parts(match, spec, weekday=WEEKDAYS["mardi"])


def weekday(match: Match, spec: MomentSpec) -> MomentSpec:
    """A weekday: friday, next friday, vendredi prochain."""
    occurrence = match.get("occurrence")
    number = None if occurrence is None else OCCURRENCES[occurrence]
    if number is not None and spec.week is not None:
        raise DateError(Reason.SAID_TWICE, word=match.typed)
    return with_parts(match, spec, weekday=WEEKDAYS[match["weekday"]], occurrence=number)


def weekdays_from_now(match: Match, spec: MomentSpec) -> MomentSpec:
    """So many weekdays from now: three fridays from now, two mondays ago."""
    number = NUMBERS.get(match["number"]) or int(match["number"])
    back = match.get("behind") in BACK or match.get("before") in BACK
    weekday = WEEKDAYS[match["weekdays"].removesuffix("s")]
    return with_parts(match, spec, weekday=weekday, occurrence=-number if back else number)


def weekday_of_a_week(match: Match, spec: MomentSpec) -> MomentSpec:
    """A weekday of a week: monday of next week, lundi de la semaine prochaine."""
    week = OCCURRENCES[match["occurrence"]]
    return with_parts(match, spec, weekday=WEEKDAYS[match["weekday"]], week=week)


def weeks_later(match: Match, spec: MomentSpec) -> MomentSpec:
    """So many days after the next weekday, or after a day: friday week, vendredi en huit."""
    spec = spec._replace(days=spec.days + WEEKS_LATER[match["later"]])
    return weekday(match, spec) if match.get("weekday") else day_word(match, spec)


def day_word(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day that is counted from today: tomorrow, avant-hier."""
    if spec.spoken is not None or spec.week is not None:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return spec._replace(spoken=Spoken(days=DAYS[match["word"]]), anchor="")


def now(match: Match, spec: MomentSpec) -> MomentSpec:
    """A word that changes nothing."""
    return spec._replace(anchor="", hours_from="")


def _with_date(match: Match, spec: MomentSpec, year: int | None, month: int, day: int) -> MomentSpec:
    if not _is_date(year, month, day):
        raise DateError(Reason.IMPOSSIBLE_DATE, date=without_lead(match))
    if spec.week is not None:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return with_parts(match, spec, year=year, month=month, day=day)
