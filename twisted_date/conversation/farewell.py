"""The phrase that ends a conversation, however it is written."""

import unicodedata

from .text import is_clean

DEFAULT_FAREWELL = "au revoir"


def normalise(phrase: str) -> str:
    """The phrase without what does not matter: case, spaces around and doubled, final punctuation."""
    phrase = unicodedata.normalize("NFC", phrase).casefold()
    while phrase and _is_trailing(phrase[-1]):
        phrase = phrase[:-1]
    return " ".join(phrase.split())


def _is_trailing(character: str) -> bool:
    return character.isspace() or unicodedata.category(character).startswith("P")


def check(phrase: str) -> str:
    """The phrase, if it can be said.

    :raises ValueError: it is empty, looks like a command, or holds a control character; the message is a
        sentence for the operator.
    """
    if not normalise(phrase):
        raise ValueError("the farewell phrase has no letters; give one or more words")
    if phrase.lstrip().startswith("/"):
        raise ValueError("the farewell phrase begins with /, as commands do; give plain words")
    if not is_clean(phrase):
        raise ValueError("the farewell phrase holds a control character; give plain words")
    return phrase
