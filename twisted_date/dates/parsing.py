"""Parses words into a moment and its places: ``19:00 New York in Berlin``.

Words of a moment win over towns of the same name. All other words must be places, after a preposition;
one place may stand without a preposition.
"""

import re
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from . import places, when, zones
from .errors import DateError, Reason
from .resolve import MomentSpec
from .vocabulary import LANGUAGES

MAX_PLACES = 2  # the place in which the words are read, and the place in which the moment is shown

_PREPOSITIONS = {word for language in LANGUAGES for word in language.places}
# Incomplete moments: alone and without a preposition, they are not taken for towns and islands
_UNFINISHED = {"am", "pm", "christmas", "easter"} | {
    word for language in LANGUAGES for words in (*language.months, language.numbers) for word in words
}
_LEADING = _PREPOSITIONS | {
    word for language in LANGUAGES for word in (*language.on, *language.at, *language.occurrence)
}
_HERE = {word for language in LANGUAGES for word in language.here}
_NUMBER = re.compile(r"[0-9]{1,8}")
_BARE_NUMBER = re.compile(r"(?:[-+−] ?)?[0-9]{1,2}")  # with a sign: a span without a unit, not an offset


@dataclass(frozen=True, slots=True)
class Phrase:
    """The result of parsing.

    :param spec: the moment.
    :param places: the zones of the places, in order.
    :param has_moment: whether the words hold more than places.
    """

    spec: MomentSpec
    places: tuple[tzinfo, ...]
    has_moment: bool


@lru_cache(256)  # programs repeat their requests, and parsing does not depend on the time
def parse(text: str, here: tzinfo) -> Phrase:
    """Parse these words.

    :param here: the zone that ``here`` means.
    :raises DateError: when the words are not a moment with at most two places; the error names the first
        wrong word.
    """
    return _Parser(text, here).parse()


def place(text: str, here: tzinfo) -> tzinfo:
    """The zone of a place, which may follow a preposition.

    :param here: the zone that ``here`` means.
    :raises DateError: when the place is unknown or ambiguous, or is an impossible offset.
    """
    first, *rest = text.split(maxsplit=1)
    if when.normalize(first) in _PREPOSITIONS and rest and _known(text) is None:
        text = rest[0]
    return here if when.normalize(text) in _HERE else places.zone_of(text)


def _known(name: str) -> tzinfo | None:
    """The zone of a place, or None when it is unknown.

    :raises DateError: when the place is ambiguous, or is an impossible offset.
    """
    try:
        return places.zone_of(name)
    except DateError as error:
        if error.reason is Reason.UNKNOWN_PLACE:
            return None
        raise


class _Parser:
    """Parses the words in a single pass."""

    __slots__ = (
        "_has_moment",
        "_here",
        "_index",
        "_normalized",
        "_places",
        "_spec",
        "_starts",
        "_text",
        "_words",
    )

    def __init__(self, text: str, here: tzinfo) -> None:
        self._here = here
        self._words = [word for word in text.split() if word != ","]
        self._normalized = [when.normalize(word) or word for word in self._words]
        self._text = " ".join(self._normalized)
        self._starts: list[int] = []
        self._index: dict[int, int] = {}
        start = 0
        for index, normalized in enumerate(self._normalized):
            self._starts.append(start)
            self._index[start] = index
            start += len(normalized) + 1
        self._index[start] = len(self._normalized)
        self._spec = MomentSpec()
        self._places: list[tzinfo] = []
        self._has_moment = False

    def parse(self) -> Phrase:
        position = 0
        while position < len(self._words):
            position = self._moment(position) or self._place(position)
        if self._spec.zone is not None and len(self._places) == MAX_PLACES:
            raise DateError(Reason.TOO_MANY_PLACES, place=zones.display_name(self._places[0]))
        return Phrase(self._spec, tuple(self._places), self._has_moment)

    def _moment(self, position: int) -> int | None:
        parsed = when.parse(self._text, self._starts[position], self._spec)
        if parsed is None:
            return None
        end, self._spec = parsed
        self._has_moment = True
        return self._index[end + 1]

    def _place(self, position: int) -> int:
        """Add the place at this position, and return its end."""
        has_preposition = self._normalized[position] in _PREPOSITIONS
        if has_preposition or not self._places:
            for start in (position + 1, position) if has_preposition else (position,):
                end = self._named(start, has_preposition)
                if end is not None and len(self._places) > MAX_PLACES:
                    raise DateError(Reason.TOO_MANY_PLACES, place=" ".join(self._words[start:end]))
                if end is not None:
                    return end
        raise self._unknown(position, has_preposition)

    def _named(self, start: int, has_preposition: bool) -> int | None:
        """Add the place with the longest known name at this position, and return its end, or None."""
        if start < len(self._words) and self._normalized[start] in _HERE:
            self._places.append(self._here)
            return start + 1
        for end in range(self._longest_end(start), start, -1):
            if self._normalized[end - 1] in _PREPOSITIONS and (end < len(self._words) or end == start + 1):
                continue  # a preposition of the next place, not a code such as IN
            if end == start + 1 and not has_preposition and self._normalized[start] in _UNFINISHED:
                continue
            name = " ".join(self._words[start:end])
            zone = None if _BARE_NUMBER.fullmatch(name) else _known(name)
            if zone is not None:
                self._places.append(zone)
                return end
        return None

    def _longest_end(self, start: int) -> int:
        """The last possible end of a place name: before the next words of a moment."""
        most = min(start + places.MAX_WORDS, len(self._words))
        following = range(start + 1, most)
        return next((end for end in following if when.matches(self._text, self._starts[end])), most)

    def _unknown(self, position: int, has_preposition: bool) -> DateError:
        word = position
        while self._normalized[word] in _LEADING and word + 1 < len(self._words):
            word += 1
        if _NUMBER.fullmatch(self._normalized[word]):
            return DateError(Reason.AMBIGUOUS_NUMBER, number=self._words[word])
        if has_preposition and word == position + 1:
            return DateError(Reason.UNKNOWN_PLACE, place=self._words[word])
        return DateError(Reason.NOT_UNDERSTOOD, word=self._words[word])
