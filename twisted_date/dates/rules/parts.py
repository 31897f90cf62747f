"""Parts of the day: in the morning, tonight, ce soir, demain matin."""

from ..errors import DateError, Reason
from ..grammar import Match
from ..spec import MomentSpec, Spoken
from . import spoken
from .days import day_word
from .words import DAYS, OCCURRENCES, PARTS

# An hour in each part, for the errors that ask for one
_EXAMPLES = {"morning": "9:00", "afternoon": "15:00", "evening": "19:00", "night": "22:00", "dark": "22:00"}


def part_of_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """A part of the day: in the morning, tonight, ce soir, last night."""
    word, said = match.get("part"), match.typed_of("said")
    if spec.part:
        raise DateError(Reason.SAID_TWICE, word=said)
    if occurrence := match.get("occurrence"):
        spec = _of_a_day(said, spec, OCCURRENCES[occurrence])
    elif word is None:
        spec = _of_a_day(said, spec, DAYS["today"])
    return spec._replace(part=PARTS[word] if word else "night", part_text=said, anchor="")


def part_and_hour(match: Match, spec: MomentSpec) -> MomentSpec:
    """A part of the day with its hour behind it: tonight 8, demain matin 9."""
    return spoken.oclock(match, part_of_day(match, spec))


def hour_and_part(match: Match, spec: MomentSpec) -> MomentSpec:
    """An hour with its part of the day: 8 in the evening."""
    return spoken.oclock(match, part_of_day(match, spec))


def hour_and_part_of_a_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """An hour, its day, and the part of that: 9 tomorrow morning."""
    return spoken.oclock(match, part_of_day(match, day_word(match, spec)))


def _of_a_day(said: str, spec: MomentSpec, days: int) -> MomentSpec:
    """The part of today, or that of yesterday, which is the last one; the next one may be today's, too.

    :raises DateError: when the next one was said, or another day.
    """
    if days > 0 or spec.spoken is not None or spec.week is not None or spec.weekday is not None:
        raise DateError(Reason.SAID_TWICE, word=said)
    return spec._replace(spoken=Spoken(days=days))


def check_hour(spec: MomentSpec) -> None:
    """Check that the hour of a part of the day is told, and the half of the day of an hour that needs it.

    :raises DateError: when one is missing.
    """
    if spec.part and spec.same_time:
        raise DateError(Reason.SAID_TWICE, word=spec.part_text)
    if spec.part and spec.clock is None:
        choice = f"{spec.part_text} {_EXAMPLES[spec.part]}"
        raise DateError(Reason.MISSING_HOUR, part=spec.part_text, choice=choice)
    if spec.unsure and spec.clock is not None and not spec.part:
        hour, minute = spec.clock.hour % 12, spec.clock.minute
        choices = tuple(f"{hour + more}:{minute:02}" for more in (0, 12))
        raise DateError(Reason.AMBIGUOUS_TIME, time=spec.unsure, choices=choices)
