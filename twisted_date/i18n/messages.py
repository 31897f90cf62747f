"""Marks texts for people, so that they can be translated.

A sentence is written where it is used. Its ``{placeholders}`` are filled in only once, so braces in a value
that comes from a peer have no effect.
"""

from dataclasses import dataclass
from enum import Enum

ENGLISH = "en"  # CLDR identifier of the language in which sentences are written


class Sentence(str):
    """A text for people, with ``{placeholders}``; :mod:`tools.catalogs` extracts it for translation."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Plural:
    """A text for people that depends on a ``{number}``.

    :param one: the form for 1.
    :param several: the form for other numbers; a catalog may have more than these two forms.
    """

    one: str
    several: str


class ErrorCode(Enum):
    """Base class of error codes. Each has a code for programs, the same in every version, and a sentence."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        self.code = code
        self.sentence = sentence


class SentenceError(Exception):
    """An error whose text is a sentence.

    :param sentence: the problem and its solution; without values, it is not formatted.
    :param values: the values of its placeholders; another SentenceError stands for its own text.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        Exception.__init__(self, sentence)  # not super(): subclasses have other bases, too
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return self.sentence.format(**self.values) if self.values else str(self.sentence)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        # Subclasses take other arguments: copies and other processes get the attributes.
        return _restore, (type(self), self.__dict__)


def _restore(kind: type[SentenceError], attributes: dict[str, object]) -> SentenceError:
    error = kind.__new__(kind)
    error.__dict__.update(attributes)
    return error
