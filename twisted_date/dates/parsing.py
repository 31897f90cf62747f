"""Parses words into a moment and its places: ``19:00 New York in Berlin``.

Words of a moment win over towns of the same name. All other words must be places, after a preposition;
one place may stand without a preposition.
"""

import re
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from ..i18n.messages import ENGLISH
from . import places, zones
from .errors import DateError, Reason
from .lexer import NO_ALIASES, normalize
from .resolve import MomentSpec
from .rules.words import IN_ITS_LANGUAGE, MONTHS
from .vocabulary import LANGUAGES
from .when import GRAMMAR, check

MAX_PLACES = 2  # the place in which the words are read, and the place in which the moment is shown

PREPOSITIONS = {word for language in LANGUAGES for word in language.places}
# Incomplete moments: alone, they are not taken for towns and islands
_UNFINISHED = {"am", "pm", "christmas", "easter"} | {
    word for language in LANGUAGES for words in (*language.months, language.numbers) for word in words
}
_LEADING = PREPOSITIONS | {
    word for language in LANGUAGES for word in (*language.on, *language.at, *language.occurrence)
}
_NO_PLACES = {word for language in LANGUAGES for word in language.no_places}
HERE = {word for language in LANGUAGES for word in language.here}
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
def parse(text: str, here: tzinfo, language: str = ENGLISH) -> Phrase:
    """Parse these words.

    :param here: the zone that ``here`` means.
    :param language: CLDR's identifier of the language of the conversation, in which some words mean others.
    :raises DateError: when the words are not a moment with at most two places; the error names the first
        wrong word.
    """
    return _Parser(text, here, language).parse()


def place(text: str, here: tzinfo) -> tzinfo:
    """The zone of a place, which may follow a preposition.

    :param here: the zone that ``here`` means.
    :raises DateError: when the place is unknown or ambiguous, or is an impossible offset.
    """
    first, *rest = text.split(maxsplit=1)
    if normalize(first) in PREPOSITIONS and rest and _known(text) is None:
        text = rest[0]
    return here if normalize(text) in HERE else places.zone_of(text)


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

    __slots__ = ("_has_moment", "_here", "_line", "_places", "_spec")

    def __init__(self, text: str, here: tzinfo, language: str) -> None:
        self._here = here
        self._line = GRAMMAR.line(text, IN_ITS_LANGUAGE.get(language[:2], NO_ALIASES))
        self._spec = MomentSpec()
        self._places: list[tzinfo] = []
        self._has_moment = False

    def parse(self) -> Phrase:
        position = 0
        while position < len(self._line.words):
            position = self._moment(position) or self._place(position)
        if self._spec.zone is not None and len(self._places) == MAX_PLACES:
            raise DateError(Reason.TOO_MANY_PLACES, place=zones.display_name(self._places[0]))
        return Phrase(check(self._spec), tuple(self._places), self._has_moment)

    def _moment(self, position: int) -> int | None:
        read = GRAMMAR.read(self._line, self._line.starts[position], self._spec)
        if read is None:
            return None
        end, self._spec = read
        self._has_moment = True
        return self._line.word_at(end + 1)

    def _place(self, position: int) -> int:
        """Add the place at this position, and return its end."""
        has_preposition = self._line.normalized[position] in PREPOSITIONS
        if has_preposition or not self._places:
            for start in (position + 1, position) if has_preposition else (position,):
                end = self._named(start, has_preposition)
                if end is not None and len(self._places) > MAX_PLACES:
                    raise DateError(Reason.TOO_MANY_PLACES, place=" ".join(self._line.words[start:end]))
                if end is not None:
                    return end
        raise self._unknown(position, has_preposition)

    def _named(self, start: int, has_preposition: bool) -> int | None:
        """Add the place with the longest known name at this position, and return its end, or None."""
        words, normalized = self._line.words, self._line.normalized
        if start < len(words) and normalized[start] in HERE:
            self._places.append(self._here)
            return start + 1
        for end in range(self._longest_end(start), start, -1):
            if normalized[end - 1] in PREPOSITIONS and (end < len(words) or end == start + 1):
                continue  # a preposition of the next place, not a code such as IN
            if end == start + 1 and not self._may_be_place(start, has_preposition):
                continue
            name = " ".join(words[start:end])
            zone = None if _BARE_NUMBER.fullmatch(name) else _known(name)
            if zone is not None:
                self._places.append(zone)
                return end
        return None

    def _may_be_place(self, position: int, has_preposition: bool) -> bool:
        """Whether this one word can be a place.

        A zone with the name of an ordinary word is meant in capitals, and behind a time of day.
        """
        word, typed = self._line.normalized[position], self._line.words[position]
        if has_preposition or word not in _NO_PLACES:
            return word not in _UNFINISHED
        return (typed.isupper() or self._spec.clock is not None) and places.is_zone_name(typed)

    def _longest_end(self, start: int) -> int:
        """The last possible end of a place name: before the next words of a moment."""
        most = min(start + places.MAX_WORDS, len(self._line.words))
        following = range(start + 1, most)
        starts = self._line.starts
        return next((end for end in following if GRAMMAR.fits(self._line, starts[end])), most)

    def _unknown(self, position: int, has_preposition: bool) -> DateError:
        words, normalized = self._line.words, self._line.normalized
        word = position
        while normalized[word] in _LEADING and word + 1 < len(words):
            word += 1
        if normalized[word] in MONTHS:
            return DateError(Reason.MISSING_DAY, month=words[word])
        if _NUMBER.fullmatch(normalized[word]):
            return DateError(Reason.AMBIGUOUS_NUMBER, number=words[word])
        if has_preposition and word == position + 1:
            return DateError(Reason.UNKNOWN_PLACE, place=words[word])
        return DateError(Reason.NOT_UNDERSTOOD, word=words[word])
