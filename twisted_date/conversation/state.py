"""What one conversation knows."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from ..i18n import catalogs
from ..i18n.messages import ENGLISH, Plural, Sentence
from .farewell import DEFAULT_FAREWELL
from .health import Health


@dataclass(frozen=True, slots=True)
class Defaults:
    """What every new conversation starts with.

    :param now_ns: the clock: nanoseconds since 1970-01-01T00:00:00Z.
    :param zone: the zone in which dates are told.
    :param farewell: the phrase that ends a conversation.
    :param language: CLDR's identifier of the language of replies.
    :param health: what is known of the clock.
    """

    now_ns: Callable[[], int]
    zone: tzinfo
    farewell: str = DEFAULT_FAREWELL
    language: str = ENGLISH
    health: Callable[[], Health] = Health


@dataclass(slots=True)
class State:
    """What one conversation knows; commands read and change it."""

    defaults: Defaults
    zone: tzinfo
    language: str
    name: str | None = None
    json: bool = False

    @property
    def cache_key(self) -> tuple[Hashable, ...]:
        """What replies depend on, beside the line and the clock, where they name nobody."""
        return _one(self.zone, self.language, self.json)

    def translate(self, sentence: Sentence, /, **values: object) -> str:
        """A sentence in the conversation's language, its placeholders filled in."""
        return catalogs.translate(sentence, self.language, **values)

    def ngettext(self, sentence: Plural, number: int) -> str:
        """So many of something, in the conversation's language."""
        return catalogs.ngettext(sentence, number, self.language).format(number=number)


@lru_cache(64)
def _one(*cache_key: Hashable) -> tuple[Hashable, ...]:
    """The same tuple for all conversations that have the same settings."""
    return cache_key
