"""Points in time and times of day."""

import re
from datetime import time

from .. import zones
from ..errors import DateError, Reason
from ..grammar import Match
from ..moment import NANOSECONDS
from ..spec import MomentSpec
from .common import nanoseconds, split_decimal, with_parts, without_lead
from .numbers import number_of
from .words import QUARTERS, TIMES

DEFINITIONS = {
    "offset": '"z" / sign.dd / sign.hhmm / sign.hh-mm',
    "hour-and-minute": "hour-colon-minute / nn~heures[~dd!(~unit)] / nn~half",
}

_OFFSET = re.compile("(?:0?[0-9]|1[0-3]):[0-5][0-9]|14:00")
_CLOCK = re.compile(r"([0-9]{1,2})[:.]?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?")


def unix(match: Match, spec: MomentSpec) -> MomentSpec:
    """Seconds since 1970, rounded down to nanoseconds as GNU date does."""
    seconds, fraction = split_decimal(match["seconds"])
    size = int(seconds) * NANOSECONDS + nanoseconds(fraction)
    if match.get("sign") == "-":
        size = -size - bool(fraction[9:].strip("0"))
    return with_parts(match, spec, unix_ns=size)


def time_range(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: 10:00-12:00 is two times to people, and a time with an offset to GNU date."""
    first, second = match["first"], match["second"]
    choices = (first, f"{first} UTC-{second}" if _OFFSET.fullmatch(second) else second)
    raise DateError(Reason.TIME_RANGE, time=match.typed, choices=choices)


def time_of_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """A time of day: 19:00, 19:00:30.5, 7pm, 15h30, deux heures et demie."""
    if text := match.get("clock"):
        hours, minutes, seconds, fraction = _CLOCK.findall(text)[0]
    else:
        hours, minutes, seconds, fraction = match["hour"].strip(), match.get("minute"), "", ""
    hour = number_of(hours)
    if half := match.get("half"):
        hour = hour % 12 + (12 if half.startswith("p") else 0) if 1 <= hour <= 12 else -1
    minute = int(minutes or 0)
    if match.get("quarters"):
        minute = 15 * QUARTERS[match["quarters"]] * number_of(match.get("parts") or "1")
    try:
        clock = time(hour, minute, int(seconds or 0))
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=without_lead(match)) from None
    spec = with_parts(match, spec, clock=clock, half_said=bool(half) or not hour)
    if offset := match.get("offset"):
        spec = with_parts(match, spec, zone=zones.offset(offset.upper()))
    return spec._replace(nanosecond=nanoseconds(fraction))


def unix_or_time(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: ``@ 2100`` may be a time of day, or seconds since 1970."""
    text = match["clock"]
    raise DateError(Reason.AMBIGUOUS_TIME, time=match.typed, choices=(f"at {text}", f"@{text}"))


def hours_and_minutes_of_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """``à 1 h 30 min``: a time with a day or a preposition, and otherwise a time or a span."""
    return time_of_day(match, spec) if match.get("lead") else _or_span(match, spec, "à", "dans")


def military_time(match: Match, spec: MomentSpec) -> MomentSpec:
    """``0600 hours``; without a preposition, a zero in front, or a day, it may be a span of so many hours."""
    if match.get("lead") or match["clock"].startswith("0"):
        return time_of_day(match, spec)
    return _or_span(match, spec, "at", "in")


def _or_span(match: Match, spec: MomentSpec, at: str, after: str) -> MomentSpec:
    """Add a time that may be a span, unless its day is told."""
    text = match.typed
    doubt = DateError(Reason.AMBIGUOUS_SPAN, span=text, choices=(f"{at} {text}", f"{after} {text}"))
    if spec.clock is not None:
        raise doubt
    return time_of_day(match, spec)._replace(undated=doubt)


def decimal_hours(match: Match, spec: MomentSpec) -> MomentSpec:
    """Refused: 15.30h may be a time of day, or hours and a part of one."""
    clock = match["clock"]
    choices = (clock.replace(".", ":"), f"in {clock} hours")
    raise DateError(Reason.AMBIGUOUS_TIME, time=match.typed, choices=choices)


def same_time(match: Match, spec: MomentSpec) -> MomentSpec:
    """The time of day that it is now: tomorrow at the same time."""
    if spec.clock is not None or spec.same_time:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return spec._replace(same_time=True)


def on_the_dot(match: Match, spec: MomentSpec) -> MomentSpec:
    """What may stand behind a time: sharp, pile."""
    if spec.clock is None:
        raise DateError(Reason.MISSING_HOUR, part=match.typed, choice=f"19:00 {match.typed}")
    return spec


def named_time(match: Match, spec: MomentSpec) -> MomentSpec:
    """A time with a name: noon, minuit."""
    hour = TIMES[match["time"]]
    at_midnight = "" if hour else without_lead(match)
    midnight = f"{spec.hours_from} {at_midnight}" if spec.hours_from and at_midnight else ""
    clock = {"clock": time(hour), "half_said": True}
    return with_parts(match, spec, at_midnight=at_midnight, midnight=midnight, **clock)
