"""The state of a session, and its defaults."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache

from ..dates.context import NO_PREFERENCES, Context, Preferences, year_of
from ..i18n import catalogs
from ..i18n.messages import ENGLISH, Plural, Sentence
from .farewell import DEFAULT_FAREWELL
from .health import Health


@dataclass(frozen=True, slots=True)
class Defaults:
    """The settings that every new session starts with.

    :param now_ns: the clock: nanoseconds since 1970-01-01T00:00:00Z.
    :param zone: the zone of dates.
    :param farewell: the phrase that ends a conversation.
    :param language: CLDR's identifier of the language of replies.
    :param health: returns the current :class:`.Health`.
    :param urls: where browsers find the server; filled in once it listens.
    """

    now_ns: Callable[[], int]
    zone: tzinfo
    farewell: str = DEFAULT_FAREWELL
    language: str = ENGLISH
    health: Callable[[], Health] = Health
    urls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """The state of one session, which commands read and change.

    :param zone: the zone of dates.
    :param language: CLDR's identifier of the language of replies.
    :param preferences: what is usual where people speak the language that was asked for.
    :param tag: the language as it was asked for; None until then.
    :param name: the peer's first name; None until it is given.
    :param json: whether replies are in JSON form.
    """

    defaults: Defaults
    zone: tzinfo
    language: str
    preferences: Preferences = NO_PREFERENCES
    tag: str | None = None
    name: str | None = None
    json: bool = False

    @property
    def cache_key(self) -> object:
        """Stands for the settings on which cacheable replies depend, beside the line and the second."""
        return _key(self.zone, self.language, self.preferences, self.json)

    @property
    def context(self) -> Context:
        """What the names of places depend on."""
        return Context(year_of(self.defaults.now_ns()), self.zone, self.preferences)

    def translate(self, sentence: Sentence, /, **values: object) -> str:
        """A sentence in the session's language, with its placeholders filled in."""
        return catalogs.translate(sentence, self.language, **values)

    def ngettext(self, sentence: Plural, number: int) -> str:
        """A number with its noun, in the session's language."""
        return catalogs.ngettext(sentence, number, self.language).format(number=number)


def first_cache_key(defaults: Defaults) -> object:
    """The :attr:`.State.cache_key` of a session that has just begun."""
    return _key(defaults.zone, defaults.language, NO_PREFERENCES, False)


@lru_cache(64)
def _key(*settings: Hashable) -> object:
    """One object for all sessions with the same settings: it is looked up faster than they are."""
    return object()
