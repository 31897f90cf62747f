"""What one conversation knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from .farewell import DEFAULT_FAREWELL
from .sentences import Sentence


@dataclass(frozen=True, slots=True)
class Defaults:
    """What every new conversation starts with.

    :param now_ns: the clock: nanoseconds since 1970-01-01T00:00:00Z.
    :param zone: the zone in which dates are told.
    :param farewell: the phrase that ends a conversation.
    """

    now_ns: Callable[[], int]
    zone: tzinfo
    farewell: str = DEFAULT_FAREWELL


@dataclass(slots=True)
class State:
    """What one conversation knows; commands read and change it."""

    defaults: Defaults
    zone: tzinfo
    name: str | None = None
    json: bool = False

    def say(self, sentence: Sentence, **values: object) -> str:
        """A sentence in the conversation's language, its placeholders filled in."""
        return sentence.format(**values)
