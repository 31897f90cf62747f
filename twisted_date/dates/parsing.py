"""Parses words into a moment and its places: ``19:00 New York in Berlin``.

Words of a moment win over towns of the same name. All other words must be places, after a preposition;
one place may stand without a preposition.
"""

import re
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache

from ..i18n.messages import ENGLISH
from . import places, zones
from .context import Context
from .errors import DateError, Reason
from .lexer import NO_ALIASES, normalize
from .place_names import HERE, PREPOSITIONS, Named, NameFinder, known
from .rules.words import IN_ITS_LANGUAGE, MONTHS
from .spec import MomentSpec
from .vocabulary import LANGUAGES
from .when import GRAMMAR, check
from .wrapping import unwrap

_LONGEST_PART = 12  # words of a part of a moment in which the wrong word is looked for
MAX_PLACES = 2  # the place in which the words are read, and the place in which the moment is shown

_LEADING = PREPOSITIONS | {
    word for language in LANGUAGES for word in (*language.on, *language.at, *language.occurrence)
}
_TZ = re.compile(r'TZ="([^"]*)"\s*')
# As machines write it, also in a French conversation, where "mar" is Tuesday
_MARCH = re.compile(r"[0-9][ -]mar[ -][0-9]{4}|\bmar {1,2}[0-9]{1,2} [0-9]{2}:", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,8}")
_SECONDS = re.compile(r"([0-9]{9,10})([0-9]{3})?")  # since 1970, from 1973 on; with three more, milliseconds


@dataclass(frozen=True, slots=True)
class Phrase:
    """The result of parsing.

    :param spec: the moment.
    :param places: the zones of the places, in order.
    :param has_moment: whether the words hold more than places.
    :param abbreviations: those of the places that are called so elsewhere with another offset.
    """

    spec: MomentSpec
    places: tuple[tzinfo, ...]
    has_moment: bool
    abbreviations: tuple[str, ...] = ()


@lru_cache(256)  # programs repeat their requests, and parsing does not depend on the time
def parse(text: str, context: Context, language: str = ENGLISH) -> Phrase:
    """Parse these words.

    :param context: what the names of places depend on; its home is what ``here`` means.
    :param language: CLDR's identifier of the language of the conversation, in which some words mean others.
    :raises DateError: when the words are not a moment with at most two places; the error names the first
        wrong word.
    """
    if match := _TZ.match(text):
        return _in_zone(match[1], text[match.end() :], context, language)
    return _Parser(text, context, language).parse()


def _in_zone(name: str, text: str, context: Context, language: str) -> Phrase:
    """Parse words behind ``TZ="ZONE"``: they are read there, and shown at the place they name, or here."""
    zone, phrase = places.zone_of(name, context), _Parser(text, context, language).parse()
    if len(phrase.places) == MAX_PLACES:
        raise DateError(Reason.TOO_MANY_PLACES, place=name)
    return replace(phrase, places=(zone, *(phrase.places or (context.home,))))


def place(text: str, context: Context) -> tzinfo:
    """The zone of a place, which may follow a preposition.

    :param context: what the name depends on; its home is what ``here`` means.
    :raises DateError: when the place is unknown or ambiguous, or is an impossible offset.
    """
    first, *rest = text.split(maxsplit=1)
    if normalize(first) in PREPOSITIONS and rest and known(text, context) is None:
        text = rest[0]
    return context.home if normalize(text) in HERE else places.zone_alone(text, context)


class _Parser:
    """Parses the words in a single pass."""

    __slots__ = (
        "_abbreviations",
        "_context",
        "_has_moment",
        "_language",
        "_line",
        "_names",
        "_part_start",
        "_places",
        "_spec",
        "_text",
        "_time_end",
    )

    def __init__(self, text: str, context: Context, language: str) -> None:
        self._context = context
        self._language = language
        self._text = text
        text = unwrap(text)
        aliases = NO_ALIASES if _MARCH.search(text) else IN_ITS_LANGUAGE.get(language[:2], NO_ALIASES)
        self._line = GRAMMAR.line(text, aliases)
        self._names = NameFinder(self._line, context)
        self._spec = MomentSpec(day_first=context.preferences.day_first)
        self._places: list[tzinfo] = []
        self._abbreviations: list[str] = []
        self._has_moment = False
        self._part_start = 0  # where the last part of the moment began
        self._time_end = -1  # the position behind the time of day

    def parse(self) -> Phrase:
        position = 0
        if self._text and not self._line.words:
            raise DateError(Reason.NOT_UNDERSTOOD, word=self._text)
        while position < len(self._line.words):
            position = self._moment(position) or self._place(position)
        if self._spec.zone is not None and len(self._places) == MAX_PLACES:
            raise DateError(Reason.TOO_MANY_PLACES, place=zones.display_name(self._places[0]))
        spec = self._checked()
        return Phrase(spec, tuple(self._places), self._has_moment, tuple(self._abbreviations))

    def _checked(self) -> MomentSpec:
        """The whole moment; where its hour is missing, the error has all words again, with an hour."""
        try:
            return check(self._spec)
        except DateError as error:
            if error.reason is Reason.MISSING_HOUR and (part := self._spec.part_text) in self._text:
                choice = self._text.replace(part, str(error.values["choice"]), 1)
                raise DateError(error.reason, part=part, choice=choice) from None
            raise

    def _moment(self, position: int) -> int | None:
        before = self._spec.clock
        read = GRAMMAR.read(self._line, self._line.starts[position], self._spec)
        if read is None:
            return None
        end, self._spec = read
        self._part_start = position
        self._has_moment = True
        position = self._line.word_at(end + 1)
        if self._spec.clock is not before:
            self._time_end = position
        return position

    def _place(self, position: int) -> int:
        """Add the place at this position, and return its end."""
        has_preposition = self._line.normalized[position] in PREPOSITIONS
        if has_preposition or not self._places:
            for start in (position + 1, position) if has_preposition else (position,):
                if found := self._names.at(start, start > position, start == self._time_end):
                    return self._add(found)
        raise self._unknown(position, has_preposition)

    def _add(self, found: Named) -> int:
        """Add a place, and return the end of its name."""
        if len(self._places) == MAX_PLACES:
            raise DateError(Reason.TOO_MANY_PLACES, place=found.name)
        self._places.append(found.zone)
        if places.other_meanings(found.name):
            self._abbreviations.append(found.name)
        return found.end

    def _unknown(self, position: int, has_preposition: bool) -> DateError:
        words, normalized = self._line.words, self._line.normalized
        if word := self._reached(position, position + has_preposition):
            return DateError(Reason.NOT_UNDERSTOOD, word=words[word])
        if has_preposition and self._has_moment and self._fits(position + 1):  # monday to friday
            return DateError(Reason.SAID_TWICE, word=" ".join(words[position + 1 :]))
        word = position
        while normalized[word] in _LEADING and word + 1 < len(words):
            word += 1
        if word > position and self._fits(word):  # next next monday
            word -= 1
        if normalized[word] in MONTHS:
            return DateError(Reason.MISSING_DAY, month=words[word])
        if seconds := _SECONDS.fullmatch(normalized[word]):
            choice = "@" + ".".join(filter(None, seconds.groups()))
            return DateError(Reason.BARE_SECONDS, number=words[word], choice=choice)
        if _NUMBER.fullmatch(normalized[word]):
            return DateError(Reason.AMBIGUOUS_NUMBER, number=words[word])
        is_article = words[position] == "a" and self._language == ENGLISH  # and not à
        if has_preposition and word == position + 1 and not is_article:
            return DateError(Reason.UNKNOWN_PLACE, place=self._place_name(word))
        if not self._places and words[word][0].isupper() and places.is_word_and_town(words[word]):
            return DateError(Reason.ORDINARY_WORD, word=words[word])
        return DateError(Reason.NOT_UNDERSTOOD, word=words[word])

    def _fits(self, position: int) -> bool:
        """Whether a part of a moment begins at this word."""
        return position < len(self._line.words) and GRAMMAR.fits(self._line, self._line.starts[position])

    def _reached(self, position: int, last: int) -> int | None:
        """The first word that nobody knows, where it stands behind words that begin a part of a moment.

        It may be a longer part than the last one that was read, as in ``friday of next wek``.

        :param last: the last word that is named otherwise.
        :return: None where there is no such word.
        """
        line = self._line
        unknown = next((word for word in range(position, len(line.words)) if not line.is_known(word)), last)
        if unknown <= last or self._names.is_place(unknown):
            return None
        beginnings = {word for word in (self._part_start, position) if unknown - word <= _LONGEST_PART}
        reached = max((GRAMMAR.furthest(line, line.starts[word]) for word in beginnings), default=0)
        return unknown if line.word_around(reached) == unknown else None

    def _place_name(self, start: int) -> str:
        """This word and the following ones that are in no vocabulary."""
        line = self._line
        following = range(start + 1, len(line.words))
        end = next((end for end in following if line.is_known(end)), len(line.words))
        return " ".join(line.words[start:end])
