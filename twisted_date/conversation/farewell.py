"""The phrase that ends a conversation, however it is written."""

import unicodedata
from functools import lru_cache

from ..i18n.messages import Sentence, SentenceError
from .text import is_clean

DEFAULT_FAREWELL = "au revoir"
MAX_FAREWELL = 100  # characters: more than anyone says, and it fits every line


class WrongFarewell(SentenceError):
    """What a server cannot be started with."""


@lru_cache(1)  # each conversation of a server begins with the same one
def normalise(phrase: str) -> str:
    """The phrase without what does not matter: case, spaces around and doubled, final punctuation."""
    return _fold(_trim(phrase))


def is_farewell(text: str, normal: str) -> bool:
    """Whether somebody says goodbye; in time that is linear in the text, whatever it is.

    :param normal: the normalised phrase.
    """
    words = _trim(text)
    # One letter of the phrase can be four characters at the most, decomposed; the rest need not be looked at.
    return len(words) <= 4 * len(normal) and _fold(words) == normal


def check(phrase: str) -> str:
    """The phrase, if it can be said.

    :raises WrongFarewell: it is empty, too long, looks like a command, or holds a control character.
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
