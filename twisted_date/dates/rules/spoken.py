"""Times of day as people say them: half past three, seven thirty pm, dix heures moins le quart."""

from datetime import time

from ..errors import DateError, Reason
from ..grammar import Match
from ..spec import MomentSpec
from .common import with_parts, without_lead
from .numbers import number_of
from .words import MINUTES, QUARTERS, TIMES

DEFINITIONS = {
    "minutes-said": '(tens / "five")[ minutes] / (hour-word / nn) minutes',
    "full-hour": "hour-word / nn / time-word",
    "o-clock": '"oclock" / "o" "clock"',
    "oh-five": '("oh" / "o") ones-word',
}
_CENTURIES = ("nineteen", "twenty")  # nineteen forty is also a year
# What does not stand behind an hour: it would be a day, a span, or part of a longer time
HOUR_ENDS = '!(~unit)!(~heures)!(~half)!(ordinal)!(hyphen)!( month)!( "of" month)'


def minutes_past(match: Match, spec: MomentSpec) -> MomentSpec:
    """Minutes past an hour, or to it: half past three, ten to six pm, a quarter past noon."""
    return _at(match, spec, -_minutes(match) if match.get("until") else _minutes(match))


def half_hour(match: Match, spec: MomentSpec) -> MomentSpec:
    """``half five``: half past it, in the morning or in the afternoon."""
    return _at(match, spec, 30)


def hour_and_minutes(match: Match, spec: MomentSpec) -> MomentSpec:
    """An hour and its minutes in words: seven thirty pm, huit heures moins le quart, midi et demi."""
    if match["hour"].strip() in _CENTURIES and not (match.get("lead") or match.get("less")):
        raise DateError(Reason.AMBIGUOUS_NUMBER, number=match.typed)
    return _at(match, spec, -_minutes(match) if match.get("less") else _minutes(match))


def oclock(match: Match, spec: MomentSpec) -> MomentSpec:
    """A full hour: 3 o'clock pm, at five."""
    return _at(match, spec, 0)


def hundred_hours(match: Match, spec: MomentSpec) -> MomentSpec:
    """``at twenty hundred hours``; without a preposition it may be a span of so many hours."""
    if match.get("lead"):
        return with_parts(match, spec, clock=_full_hour(match))
    choices = (f"{_full_hour(match):%H:%M}", f"in {match.typed}")
    raise DateError(Reason.AMBIGUOUS_SPAN, span=match.typed, choices=choices)


def _full_hour(match: Match) -> time:
    hour = number_of(match["hour"])
    if hour > 23:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=without_lead(match))
    return time(hour)


def twelve(match: Match, spec: MomentSpec) -> MomentSpec:
    """12 noon and 12 midnight."""
    if number_of(match["twelve"].strip().removesuffix(":00")) != 12:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=without_lead(match))
    hour = TIMES[match["time"]]
    at_midnight = "" if hour else without_lead(match)
    return with_parts(match, spec, clock=time(hour), half_said=True, at_midnight=at_midnight)


def _at(match: Match, spec: MomentSpec, minutes: int) -> MomentSpec:
    """Add a time: so many minutes after an hour.

    An English hour up to 12 may be before noon or after it, unless that is said; a French one is of 24.
    """
    word = match["hour"].strip()
    half, is_named, is_french = match.get("half"), word in TIMES, match.get("french")
    hour = TIMES[word] if is_named else number_of(word)
    if half and not (1 <= hour <= 12 and not is_named):
        raise DateError(Reason.IMPOSSIBLE_TIME, time=without_lead(match))
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    total = hour * 60 + minutes
    if hour > 23 or abs(minutes) > 59:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=without_lead(match))
    clock = time(total // 60 % 24, total % 60)
    is_sure = half or is_named or is_french or not 1 <= hour <= 12
    spec = with_parts(match, spec, clock=clock, half_said=bool(half or is_named))
    return spec if is_sure else spec._replace(unsure=word if match.get("said") else without_lead(match))


def _minutes(match: Match) -> int:
    if word := match.get("quarters"):
        return 15 * QUARTERS[word]
    words = match["minute"].split()
    return number_of(" ".join(word for word in words if word not in MINUTES))
