"""The phrase that ends a conversation, in any spelling."""

import unicodedata
from functools import lru_cache

from ..i18n.messages import Sentence, SentenceError
from .text import is_clean

DEFAULT_FAREWELL = "au revoir"
MAX_FAREWELL = 100  # characters: longer than any farewell, and it fits every line


class WrongFarewell(SentenceError):
    """Raised for a phrase that cannot serve as the farewell."""


@lru_cache(1)  # all sessions of a server start with the same phrase
def normalise(phrase: str) -> str:
    """The phrase without case, without surrounding and repeated spaces, and without final punctuation."""
    return _fold(_trim(phrase))


def is_farewell(text: str, normal: str) -> bool:
    """Whether a text is the farewell; takes time linear in the length of any text.

    :param normal: the farewell phrase, from :func:`normalise`.
    """
    if text == normal:  # as most people type it
        return True
    words = _trim(text)
    # A letter of the phrase decomposes into four characters at most: a longer text cannot match.
    return len(words) <= 4 * len(normal) and _fold(words) == normal


def check(phrase: str) -> str:
    """Check a farewell phrase, and return it unchanged.

    :raises WrongFarewell: when it has no letters, is too long, looks like a command, or holds a control
        character.
    """
    if not normalise(phrase):
        raise WrongFarewell(Sentence("the farewell phrase has no letters; give one or more words"))
    if len(phrase) > MAX_FAREWELL:
        raise WrongFarewell(
            Sentence("the farewell phrase is too long; give {limit} characters at most"), limit=MAX_FAREWELL
        )
    if phrase.lstrip().startswith("/"):
        raise WrongFarewell(Sentence("the farewell phrase begins with /, as commands do; give plain words"))
    if not is_clean(phrase):
        raise WrongFarewell(Sentence("the farewell phrase holds a control character; give plain words"))
    return phrase


def _trim(text: str) -> str:
    end = len(text)
    while end and _is_trailing(text[end - 1]):
        end -= 1
    return " ".join(text[:end].split())


def _is_trailing(character: str) -> bool:
    return character.isspace() or unicodedata.category(character).startswith("P")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
