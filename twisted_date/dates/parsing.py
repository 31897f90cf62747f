"""Words to a described moment and its places: ``19:00 New York in Berlin``.

Words that describe a moment win over towns of that name. What else there is has to be a place: after a
preposition, or once without one.
"""

import re
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from . import places, when, zones
from .errors import DateError, Reason
from .resolve import MomentSpec
from .vocabulary import LANGUAGES

MAX_PLACES = 2  # one to read the words in, one to show the moment in

_PREPOSITIONS = {word for language in LANGUAGES for word in language.places}
# Alone, and without a preposition, these mean a moment, whatever towns and islands they may be too
_UNFINISHED = {"am", "pm", "christmas", "easter"} | {
    word for language in LANGUAGES for words in (*language.months, language.numbers) for word in words
}
_LEADING = _PREPOSITIONS | {
    word for language in LANGUAGES for word in (*language.on, *language.at, *language.occurrence)
}
_HERE = {word for language in LANGUAGES for word in language.here}
_NUMBER = re.compile(r"[0-9]{1,8}")
_BARE_NUMBER = re.compile(r"(?:[-+−] ?)?[0-9]{1,2}")  # signed it is arithmetic without a unit, no offset


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the words say.

    :param described: the moment.
    :param places: the zones, in the order of the words.
    :param has_moment: whether there is more than places.
    """

    spec: MomentSpec
    places: tuple[tzinfo, ...]
    has_moment: bool


@lru_cache(256)  # programs repeat themselves, and what the words say does not depend on when
def parse(text: str, here: tzinfo) -> Phrase:
    """What these words say.

    :param here: the zone that ``here`` means.
    :raises DateError: what is wrong, and the first word that was not understood.
    """
    return _Parser(text, here).parse()


def place(text: str, here: tzinfo) -> tzinfo:
    """The zone of a place, before which a preposition may stand.

    :param here: the zone that ``here`` means.
    :raises DateError: it is not known, has several meanings, or is an offset that nobody has.
    """
    first, *rest = text.split(maxsplit=1)
    if when.normalize(first) in _PREPOSITIONS and rest and _known(text) is None:
        text = rest[0]
    return here if when.normalize(text) in _HERE else places.zone_of(text)


def _known(name: str) -> tzinfo | None:
    """The zone of a place, or None.

    :raises DateError: it has several meanings.
    """
    try:
        return places.zone_of(name)
    except DateError as error:
        if error.reason is Reason.UNKNOWN_PLACE:
            return None
        raise


class _Parser:
    """Goes through the words once."""

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
        for index, normalize in enumerate(self._normalized):
            self._starts.append(start)
            self._index[start] = index
            start += len(normalize) + 1
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
        found = when.parse(self._text, self._starts[position], self._spec)
        if found is None:
            return None
        end, self._spec = found
        self._has_moment = True
        return self._index[end + 1]

    def _place(self, position: int) -> int:
        """Enter the place at this position, and return where it ends."""
        led = self._normalized[position] in _PREPOSITIONS
        if led or not self._places:
            for start in (position + 1, position) if led else (position,):
                found = self._named(start, led)
                if found is not None and len(self._places) > MAX_PLACES:
                    raise DateError(Reason.TOO_MANY_PLACES, place=" ".join(self._words[start:found]))
                if found is not None:
                    return found
        raise self._unknown(position, led)

    def _named(self, start: int, led: bool) -> int | None:
        """Enter the place whose name is here, the longest that there is; None where there is none."""
        if start < len(self._words) and self._normalized[start] in _HERE:
            self._places.append(self._here)
            return start + 1
        for end in range(self._longest_end(start), start, -1):
            if self._normalized[end - 1] in _PREPOSITIONS and (end < len(self._words) or end == start + 1):
                continue  # it leads to what follows, and is no code such as IN
            if end == start + 1 and not led and self._normalized[start] in _UNFINISHED:
                continue
            name = " ".join(self._words[start:end])
            zone = None if _BARE_NUMBER.fullmatch(name) else _known(name)
            if zone is not None:
                self._places.append(zone)
                return end
        return None

    def _longest_end(self, start: int) -> int:
        """Where the name of a place ends at the latest: before the next words of a moment."""
        most = min(start + places.MAX_WORDS, len(self._words))
        following = range(start + 1, most)
        return next((end for end in following if when.matches(self._text, self._starts[end])), most)

    def _unknown(self, position: int, led: bool) -> DateError:
        word = position
        while self._normalized[word] in _LEADING and word + 1 < len(self._words):
            word += 1
        if _NUMBER.fullmatch(self._normalized[word]):
            return DateError(Reason.AMBIGUOUS_NUMBER, number=self._words[word])
        if led and word == position + 1:
            return DateError(Reason.UNKNOWN_PLACE, place=self._words[word])
        return DateError(Reason.NOT_UNDERSTOOD, word=self._words[word])
