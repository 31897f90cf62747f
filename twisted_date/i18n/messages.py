"""The catalogue: the sentences of replies, and of the client and the options, each under a name of its own.

The name is what the code uses; the words can be in any language. Help on a command stands with the
command, in :mod:`.commands`. ``{braces}`` are filled in once, so a peer's words in a value are never read
as a placeholder.
"""

from dataclasses import dataclass


class Sentence(str):
    """Words for a person, with ``{placeholders}``; the type marks what has to be translated."""

    __slots__ = ()


class SentenceError(Exception):
    """An exception whose text is a sentence.

    :param sentence: one of the catalogue, or somebody else's words, which stay as they are.
    :param values: what its placeholders stand for; another such exception is its sentence.
    """

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence.format(**values) if values else sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True, slots=True)
class Plural:
    """Words for a ``{number}`` of things.

    :param one: for one.
    :param several: for others; a catalog may have more forms than these two.
    """

    one: str
    several: str


ENGLISH = "en"  # CLDR's identifier of the language that is told where nobody asks for another
