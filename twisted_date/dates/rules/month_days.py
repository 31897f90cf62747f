"""Days by their place in a month: the 15th, friday the 4th, the last monday of may, 20th of next month."""

import re

from ..errors import DateError, Reason
from ..grammar import Match
from ..month_days import Nth
from ..spec import MomentSpec, Spoken
from .common import with_parts, without_lead
from .numbers import number_of
from .words import HOLIDAYS, LAST, MONTHS, OCCURRENCES, WEEKDAYS

_DIGITS = re.compile("[0-9]+")
_ORDINAL = re.compile(r"\b([0-9]{1,2})(st|nd|rd|th|er)\b")
_MOST_WEEKDAYS = 5  # of one kind in a month

DEFINITIONS = {
    "nth": "nn.ordinal / ordinal-word / last",
}


def day_number(text: str) -> int:
    """The number of a day in its month: 15, 15th, 1er, fifteenth, twenty-first, quinze."""
    digits = _DIGITS.match(text)
    return number_of(text) if digits is None else int(digits[0])


def check_ordinal(text: str) -> None:
    """Check that a number in words of a date has its own ending: 2nd, and not 2st.

    :raises DateError: when it has another.
    """
    for digits, ending in _ORDINAL.findall(text):
        number = int(digits)
        last = 0 if number in (11, 12, 13) else number % 10
        if ending not in ({1: "st", 2: "nd", 3: "rd"}.get(last, "th"), "er" if number == 1 else ""):
            raise DateError(Reason.IMPOSSIBLE_DATE, date=digits + ending)


def day_of_month(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day without its month: the 15th, le 16; with a weekday, friday the 4th, vendredi 4."""
    spec = _with_day(match, spec, day=day_number(match["day"]))
    return with_parts(match, spec, weekday=WEEKDAYS[match["weekday"]]) if match.get("weekday") else spec


def day_of_a_month(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day of this month or another: 20th of next month, le 20 du mois prochain."""
    return _in_a_month(match, day_of_month(match, spec))


def nth_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """The place of a day in a month: first monday of may 2027, dernier jour du mois prochain."""
    text = match["nth"]
    number = -1 if text in LAST else day_number(text)
    weekday = WEEKDAYS[match["weekday"]] if match.get("weekday") else None
    spec = _with_day(match, spec, nth=Nth(number, weekday))
    year = int(match["year"]) if match.get("year") else None
    if month := match.get("month"):
        return with_parts(match, spec, month=MONTHS[month], year=year)
    return _in_a_month(match, spec) if year is None else with_parts(match, spec, year=year)


def nth_day_of_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """The place of a day in a year: first monday of 2027, last day of the year."""
    return nth_day(match, spec._replace(of_year=True))


def nth_weekday_alone(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused, where it may be the place of a weekday in its month: third thursday, the 4th friday."""
    number = day_number(match["nth"])
    if number <= _MOST_WEEKDAYS:
        choice = f"{match.typed} of this month"
        raise DateError(Reason.MISSING_MONTH, date=match.typed, choice=choice)
    return with_parts(match, _with_day(match, spec, day=number), weekday=WEEKDAYS[match["weekday"]])


def end_of_month(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: the end of a month may be its last day, or the moment at which it ends."""
    choices = ("last day of this month", "first day of next month")
    raise DateError(Reason.AMBIGUOUS_DATE, date=match.typed, choices=choices)


def holiday(match: Match, spec: MomentSpec) -> MomentSpec:
    """A holiday, with its year or without: christmas, easter monday 2027, la Toussaint."""
    year = int(match["year"]) if match.get("year") else None
    if year == 0:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=without_lead(match))
    which = OCCURRENCES[match["occurrence"]] if match.get("occurrence") else None
    return _with_day(match, spec, holiday=HOLIDAYS[match["holiday"]], year=year, which=which)


def holiday_of_a_country(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: a holiday that is on other days in other countries, as Mother's Day."""
    raise DateError(Reason.COUNTRY_HOLIDAY, holiday=without_lead(match))


def _with_day(match: Match, spec: MomentSpec, **parts: int | Nth | str | None) -> MomentSpec:
    check_ordinal(match.text)
    if (spec.month, spec.day, spec.nth, spec.holiday, spec.week) != (None,) * 5:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return with_parts(match, spec, **parts)._replace(day_text=without_lead(match))


def _in_a_month(match: Match, spec: MomentSpec) -> MomentSpec:
    if spec.spoken is not None:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    occurrence = match.get("occurrence")
    number = OCCURRENCES[occurrence] if occurrence else 0
    return spec._replace(spoken=Spoken(months=number * (12 if spec.of_year else 1)))
