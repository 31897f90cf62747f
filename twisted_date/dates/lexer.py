"""Splits a line into pieces, and knows the kinds of each.

A word is one piece when it is in the vocabulary, as ``dix-sept``; otherwise it is split where letters,
numbers and signs meet: ``8h30`` is three pieces. A word with a piece that is in no way known is one piece, of
no kind: perhaps it is a place.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_APOSTROPHES = re.compile("['’‘ʼ]")
_SPECIAL = re.compile("[^0-9a-z:/+-]")  # what is not in its normal form already, or may not be
_SHORT_YEAR = re.compile("['’‘ʼ]([0-9]{2})[.,]*")
_FULL_STOPS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_DAY_AND_MONTH = re.compile(r"[0-9]{1,2}\.(?:0?[1-9]|1[0-2])")  # with another full stop, a date
_PIECES = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?![0-9:])"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])"
    r"|[0-9]{4}-[0-9]{3}(?![0-9])"
    r"|[0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{4}|[0-9]{2})(?![0-9])"
    r"|(?:[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2})(?![.0-9])"
    r"|[0-9]{1,2}\.[0-9]{1,2}\.$"
    r"|[0-9]{1,4}/[0-9]{1,2}(?:/[0-9]{1,4})?(?![0-9/])"
    r"|[0-9]+(?:[.,][0-9]+)?|'[0-9]{2}|[-+]|[a-z]+(?:-[a-z]+)*|."
)
NO_ALIASES: Mapping[str, str] = {}
_OTHER = "?"  # the character of a word of no kind
_FIRST = 0x100  # the first of the other characters: none has a meaning in regular expressions
_CACHED = 4096  # words
_FRACTIONS = {
    "count": "[0-9]{1,9}(?:[.,][0-9]{1,9})?",
    "decimal": "[0-9]+(?:[.,][0-9]+)?",
    "hhmmss": "[0-9]{4}(?:[0-9]{2}(?:[.,][0-9]+)?)?",
}
# The kinds of numbers by the first sign in them, each with the pattern of its members
_NUMBERS_BY_SIGN = {
    "": {
        "nn": "[0-9]{1,2}",
        "dd": "[0-9]{2}",
        "mm": "[0-5][0-9]",
        "nnn": "[0-9]{1,3}",
        "yyyy": "[0-9]{4}",
        "hhmm": "[0-9]{2}[0-5][0-9]",
        "military": "(?:[01][0-9]|2[0-3])[0-5][0-9]",
        "late-year": "2[5-9]|[3-9][0-9]",
        "hmm": "[0-9]{1,2}[0-5][0-9]",
        "yyyymmdd": "[0-9]{8}",
        "weekday-digit": "[1-7]",
        **_FRACTIONS,
    },
    ":": {
        "clock": "[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?",
        "hh-mm": "[0-9]{2}:[0-5][0-9]",
        "hour-colon-minute": "[0-9]{1,2}:[0-9]{2}",
        "colon": ":",
    },
    "-": {
        "iso": "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
        "dashes": "[0-9]{1,2}-[0-9]{1,2}-(?:[0-9]{4}|[0-9]{2})",
        "year-and-day": "[0-9]{4}-[0-9]{3}",
        "sign": "-",
        "hyphen": "-",
    },
    "+": {"sign": r"\+"},
    ".": {
        "hh-dot-mm": r"[0-9]{1,2}\.[0-5][0-9]",
        "dots": r"[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}",
        "day-and-dots": r"[0-9]{1,2}\.(?:0?[1-9]|1[0-2])\.",
        **_FRACTIONS,
    },
    ",": {"day-and-year": "[0-9]{1,2},[0-9]{4}", **_FRACTIONS},
    "/": {
        "fraction": "1/[2-4]|[23]/[34]",
        "slash": "/",
        "slashes": "[0-9]{1,4}/[0-9]{1,2}(?:/[0-9]{1,4})?",
    },
    "'": {"yy": "'[0-9]{2}"},
}
_NUMBERS = {
    sign: tuple((kind, re.compile(pattern)) for kind, pattern in kinds.items())
    for sign, kinds in _NUMBERS_BY_SIGN.items()
}
_SIGN = re.compile("[^0-9]")
# One number of each different set of kinds
_SAMPLES = [
    *(digits * "1" + fraction for digits in range(1, 11) for fraction in ("", ".5", ".0123456789")),
    *(
        "31",
        "61",
        "1961",
        "2359",
        "2459",
        "100",
        "199",
        "9:00",
        "9.30",
        "09:00",
        "09:99",
        "09:00:00",
        "2026-12-25",
        "12/25",
        "1/2",
        "25-12-2026",
        "25.12.2026",
        "25.12.",
        "2026-330",
        "1,2010",
        "8",
        "/",
        ":",
        "+",
        "-",
        "'26",
    ),
]


@lru_cache(_CACHED)
def normalize(word: str) -> str:
    """The word in lower case, without accents, apostrophes and punctuation: ``fevr`` for ``Févr.,``.

    The apostrophe of a year as in ``'26`` stays.
    """
    if not _SPECIAL.search(word):
        return word
    if year := _SHORT_YEAR.fullmatch(word):
        return f"'{year[1]}"
    letters = word.casefold()
    if not letters.isascii():
        decomposed = unicodedata.normalize("NFKD", letters)
        letters = "".join(char for char in decomposed if not (unicodedata.combining(char) or char.isspace()))
    return _FULL_STOPS.sub("", _APOSTROPHES.sub("", letters)).strip(",")


class Lexer:
    """Splits words of the same vocabulary.

    :param vocabulary: the words of each kind. A kind may have phrases of several words.
    :param literals: other words that patterns name.
    """

    def __init__(self, vocabulary: Mapping[str, Iterable[str]], literals: Iterable[str]) -> None:
        self._vocabulary = vocabulary
        kinds: dict[str, set[str]] = defaultdict(set)
        for kind, words in vocabulary.items():
            for word in words:
                if " " not in word:
                    kinds[word].add(kind)
        for phrase in (*(word for words in vocabulary.values() for word in words if " " in word), *literals):
            for word in phrase.split():
                kinds[word].add(f'"{word}"')
        self._kinds = {word: frozenset(sorted(found)) for word, found in kinds.items()}
        sets = {*self._kinds.values(), *map(_kinds_of_number, _SAMPLES)}
        self._characters = {
            kinds: chr(number) for number, kinds in enumerate(sorted(sets, key=sorted), _FIRST)
        }
        self.split = lru_cache(_CACHED)(self._split)  #: cached: lines consist of the same few words

    def knows(self, word: str) -> bool:
        """Whether a word is in the vocabulary."""
        return word in self._kinds

    def class_of(self, kind: str) -> str:
        """The regular expression for pieces of a kind, or for a word in quotes."""
        sequences = [" ".join(map(self.class_of_one, words)) for words in self.sequences(kind)]
        return sequences[0] if len(sequences) == 1 else f"(?:{'|'.join(sequences)})"

    def sequences(self, kind: str) -> list[list[str]]:
        """The words of the phrases of a kind, in quotes; and then the kind, for its single words."""
        phrases = [phrase.split() for phrase in self._vocabulary.get(kind, ()) if " " in phrase]
        phrases.sort(key=len, reverse=True)  # so that none hides a longer one
        has_words = any(kind in kinds for kinds in self._characters)
        return [*([f'"{word}"' for word in phrase] for phrase in phrases), *([[kind]] if has_words else [])]

    def class_of_one(self, kind: str) -> str:
        """The regular expression for single pieces."""
        return f"[{''.join(char for kinds, char in self._characters.items() if kind in kinds)}]"

    def _split(self, word: str) -> tuple[str, tuple[str, ...]]:
        """A character for each piece of a normalized word, and the pieces."""
        if kinds := self._kinds.get(word):
            return self._characters[kinds], (word,)
        characters, pieces = "", tuple(self._pieces(word))
        for piece in pieces:
            kinds = self._kinds.get(piece) or _kinds_of_number(piece)
            if not kinds:
                return _OTHER, (word,)
            characters += self._characters[kinds]
        return characters, pieces

    def _pieces(self, word: str) -> Iterator[str]:
        for piece in _PIECES.findall(word):
            if "-" in piece[1:] and piece[0].isalpha() and piece not in self._kinds:
                yield from re.split("(-)", piece)
            else:
                yield piece


def _kinds_of_number(piece: str) -> frozenset[str]:
    sign = _SIGN.search(piece)
    patterns = _NUMBERS.get(sign[0] if sign else "", ())
    return frozenset([kind for kind, pattern in patterns if pattern.fullmatch(piece)])


class Line:
    """A line of words.

    :param aliases: words that mean other words here.
    :ivar words: as typed.
    :ivar normalized: each in its normal form.
    :ivar shape: a character for each piece, and a space between words.
    :ivar pieces: the piece of each character.
    :ivar starts: where in the shape each word starts, and where one behind the last one would.
    """

    __slots__ = ("_index", "normalized", "pieces", "shape", "starts", "words")

    def __init__(self, text: str, lexer: Lexer, aliases: Mapping[str, str] = NO_ALIASES) -> None:
        self.words = [word for word in text.split() if word != ","]
        self.normalized = [normalize(word) or word for word in self.words]
        shapes: list[str] = []
        self.pieces: list[str] = []
        self.starts = [0]
        for word, typed in zip(self.normalized, self.words, strict=True):
            if typed.endswith(".") and (lexer.knows(f"{word}.") or _DAY_AND_MONTH.fullmatch(word)):
                word += "."
            shape, pieces = lexer.split(aliases.get(word, word))
            shapes.append(shape)
            self.pieces += (*pieces, " ")
            self.starts.append(len(self.pieces))
        self.shape = " ".join(shapes)
        self._index = {start: index for index, start in enumerate(self.starts)}

    def word_at(self, start: int) -> int:
        """The number of the word that starts here in the shape."""
        return self._index[start]

    def word_around(self, position: int) -> int:
        """The number of the word at this position in the shape, or right behind it."""
        return bisect_right(self.starts, position + 1) - 1

    def is_known(self, word: int) -> bool:
        """Whether all pieces of a word are of some kind."""
        return self.shape[self.starts[word]] != _OTHER

    def text(self, start: int, end: int) -> str:
        """The normalized text of a part of the shape."""
        return "".join(self.pieces[start:end])

    def typed(self, start: int, end: int) -> str:
        """The words in a part of the shape, as they were typed."""
        words = self.words[bisect_right(self.starts, start) - 1 : bisect_left(self.starts, end)]
        return " ".join(words).strip(",")
