"""Marks what is said to a person, so that it can be translated.

A sentence stands where it is said. ``{braces}`` are filled in once, so a peer's words in a value are
never read as a placeholder.
"""

from dataclasses import dataclass
from enum import Enum

ENGLISH = "en"  # CLDR's identifier of the language in which the sentences are written


class Sentence(str):
    """Words for a person, with ``{placeholders}``; :mod:`tools.catalogs` collects them for translation."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Plural:
    """Words for a ``{number}`` of things.

    :param one: for one.
    :param several: for others; a catalog may have more forms than these two.
    """

    one: str
    several: str


class ErrorCode(Enum):
    """Kinds of errors. Each member is a code for programs, the same in every version, and its sentence."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        self.code = code
        self.sentence = sentence


class SentenceError(Exception):
    """An error whose text is a sentence.

    :param sentence: what was wrong and what would be right; somebody else's words stay as they are.
    :param values: what its placeholders stand for; another such error is its sentence.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        Exception.__init__(self, sentence, values)  # not super(): its subclasses have other bases, too
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence.format(**self.values) if self.values else self.sentence
