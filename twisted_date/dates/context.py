"""What the meaning of words depends on, beside the words."""

from datetime import tzinfo
from typing import NamedTuple

from . import zones

_YEAR_NS = 31_556_952 * 10**9  # of 365.2425 days


class Preferences(NamedTuple):
    """What is usual where people speak the language that was asked for.

    :param country: the code of the country whose towns are preferred; None for no preference.
    :param day_first: whether dates in digits have the day in front of the month; None where both are usual.
    """

    country: str | None = None
    day_first: bool | None = None


NO_PREFERENCES = Preferences()


class Context(NamedTuple):
    """Where and when words are said, and how a place is named.

    :param year: the current year: places count as one where their clocks agree through this year, half a
        year before it, and half a year after it.
    :param home: the zone of the conversation.
    :param preferences: those of the conversation.
    :param is_led: whether a preposition or a command said that a place follows: then words may be places
        that are ordinary words otherwise.
    :param is_behind_time: whether a time of day stands right in front of the name: then it may be a zone.
    """

    year: int
    home: tzinfo = zones.UTC
    preferences: Preferences = NO_PREFERENCES
    is_led: bool = True
    is_behind_time: bool = False


def year_of(unix_ns: int) -> int:
    """The year of a moment in nanoseconds since 1970-01-01T00:00:00Z, a day off at most."""
    return 1970 + unix_ns // _YEAR_NS
