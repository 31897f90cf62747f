"""Days by their place in a month: the 15th, friday the 4th, the last monday of may, 20th of next month."""

from ..errors import DateError, Reason
from ..grammar import Match
from ..month_days import Nth
from ..resolve import MomentSpec, Spoken
from .common import with_parts, without_lead
from .words import LAST, MONTHS, NUMBERS, OCCURRENCES, ORDINALS, WEEKDAYS

DEFINITIONS = {
    "ordinal-said": "tens-word.dash.ordinal-word / ordinal-word",  # twenty-first
    "cardinal-said": "tens / ones-word",
    "nth": "nn.ordinal / ordinal-word / last",
}


def day_number(text: str) -> int:
    """The number of a day in its month: 15, 15th, fifteenth, twenty-first, quinze."""
    words = text.replace("-", " ").split()
    if words[0][0].isdigit():
        return int(words[0].rstrip("abcdefghijklmnopqrstuvwxyz"))
    return sum(ORDINALS.get(word) or NUMBERS[word] for word in words)


def day_of_month(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day without its month: the 15th, le 16; with a weekday, friday the 4th, vendredi 4."""
    spec = _with_day(match, spec, day=day_number(match["day"]))
    return with_parts(match, spec, weekday=WEEKDAYS[match["weekday"]]) if match.get("weekday") else spec


def day_of_a_month(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day of this month or another: 20th of next month, le 20 du mois prochain."""
    return _in_a_month(match, _with_day(match, spec, day=day_number(match["day"])))


def nth_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """The place of a day in a month: first monday of may 2027, dernier jour du mois prochain."""
    text = match["nth"]
    number = -1 if text in LAST else day_number(text)
    weekday = WEEKDAYS[match["weekday"]] if match.get("weekday") else None
    spec = _with_day(match, spec, nth=Nth(number, weekday))
    if month := match.get("month"):
        year = int(match["year"]) if match.get("year") else None
        return with_parts(match, spec, month=MONTHS[month], year=year)
    return _in_a_month(match, spec)


def end_of_month(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: the end of a month may be its last day, or the moment at which it ends."""
    choices = ("last day of this month", "first day of next month")
    raise DateError(Reason.AMBIGUOUS_DATE, date=match.typed, choices=choices)


def _with_day(match: Match, spec: MomentSpec, **parts: int | Nth) -> MomentSpec:
    if (spec.month, spec.day, spec.nth, spec.week) != (None,) * 4:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return with_parts(match, spec, **parts)._replace(day_text=without_lead(match))


def _in_a_month(match: Match, spec: MomentSpec) -> MomentSpec:
    if spec.spoken is not None:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    occurrence = match.get("occurrence")
    return spec._replace(spoken=Spoken(months=OCCURRENCES[occurrence] if occurrence else 0))
