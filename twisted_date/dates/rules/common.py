"""What rules of several subjects need."""

from typing import Any

from ..errors import DateError, Reason
from ..grammar import Match
from ..spec import MomentSpec


def without_lead(match: Match) -> str:
    """The matched words as typed, without the leading word: ``25:00`` of ``at 25:00``."""
    return match.typed.partition(" ")[2] if match.get("lead") else match.typed


def with_parts(match: Match, spec: MomentSpec, **parts: Any) -> MomentSpec:
    """Add parts that must not exist yet; seconds since 1970 exclude all other parts.

    :raises DateError: when one exists.
    """
    if "unix_ns" in parts:
        exclusive = {"month", "weekday", "clock"}
    else:
        exclusive = parts.keys() - {"occurrence", "which", "half_said", "at_midnight", "midnight"}
    if spec.same_time and "clock" in parts:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    if any(getattr(spec, name) is not None for name in ("unix_ns", *exclusive)):
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    if "clock" in parts or "unix_ns" in parts:
        parts["hours_from"] = ""
    return spec._replace(anchor="", **parts)


def split_decimal(number: str) -> tuple[str, str]:
    """The digits in front of the point, and those behind it."""
    whole, _, fraction = number.replace(",", ".").partition(".")
    return whole, fraction


def nanoseconds(fraction: str) -> int:
    """A fraction of a second from its digits, rounded down."""
    return int(f"{fraction[:9]:0<9}")
