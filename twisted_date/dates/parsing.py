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
from .rules.words import IN_ITS_LANGUAGE, MONTHS
from .spec import MomentSpec
from .vocabulary import LANGUAGES
from .when import GRAMMAR, check
from .wrapping import unwrap

_LONGEST_PART = 12  # words of a part of a moment in which the wrong word is looked for
MAX_PLACES = 2  # the place in which the words are read, and the place in which the moment is shown

PREPOSITIONS = {word for language in LANGUAGES for word in language.places}
# Words of moments are no places, but for those that are more often other things, where a preposition leads
_OF_MOMENTS = {"am", "pm"} | {word for words in GRAMMAR.vocabulary.values() for word in words}
_NEVER_PLACES = {"am", "pm"} | {
    word
    for language in LANGUAGES
    for words in (*language.months, *language.weekdays, language.numbers)
    for word in words
}
_LEADING = PREPOSITIONS | {
    word for language in LANGUAGES for word in (*language.on, *language.at, *language.occurrence)
}
HERE = {word for language in LANGUAGES for word in language.here}
_TZ = re.compile(r'TZ="([^"]*)"\s*')
# As machines write it, also in a French conversation, where "mar" is Tuesday
_MARCH = re.compile(r"[0-9][ -]mar[ -][0-9]{4}|\bmar {1,2}[0-9]{1,2} [0-9]{2}:", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,8}")
_SECONDS = re.compile(r"([0-9]{9,10})([0-9]{3})?")  # since 1970, from 1973 on; with three more, milliseconds
_YEAR = re.compile(r"[0-9]{4}")
_BARE_NUMBER = re.compile(r"(?:[-+−] ?)?[0-9]{1,2}")  # with a sign: a span without a unit, not an offset


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
    if normalize(first) in PREPOSITIONS and rest and _known(text, context) is None:
        text = rest[0]
    return context.home if normalize(text) in HERE else places.zone_alone(text, context)


def _known(name: str, context: Context) -> tzinfo | None:
    """The zone of a place, or None when it is unknown.

    :raises DateError: when the place is ambiguous, or is an impossible offset.
    """
    try:
        return places.zone_of(name, context)
    except DateError as error:
        if error.reason is Reason.UNKNOWN_PLACE:
            return None
        raise


@lru_cache(256)
def _context_of_name(context: Context, is_led: bool, is_behind_time: bool) -> Context:
    """The context of a name in the line."""
    return context._replace(is_led=is_led, is_behind_time=is_behind_time)


class _Parser:
    """Parses the words in a single pass."""

    __slots__ = (
        "_abbreviations",
        "_context",
        "_has_moment",
        "_language",
        "_line",
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
                is_led, is_behind_time = start > position, start == self._time_end
                end = self._named(start, _context_of_name(self._context, is_led, is_behind_time))
                if end is not None and len(self._places) > MAX_PLACES:
                    raise DateError(Reason.TOO_MANY_PLACES, place=" ".join(self._line.words[start:end]))
                if end is not None:
                    return end
        raise self._unknown(position, has_preposition)

    def _named(self, start: int, context: Context) -> int | None:
        """Add the place with the longest known name at this position, and return its end, or None."""
        words, normalized = self._line.words, self._line.normalized
        if start < len(words) and normalized[start] in HERE:
            self._places.append(self._context.home)
            return start + 1
        for end in range(self._longest_end(start), start, -1):
            if normalized[end - 1] in PREPOSITIONS and not self._may_be_code(start, end):
                continue
            if end == start + 1 and not self._may_be_place(start, context.is_led):
                continue
            name = " ".join(words[start:end])
            zone = self._known_zone(name, start, end, context)
            if zone is not None:
                self._places.append(zone)
                if places.other_meanings(name):
                    self._abbreviations.append(name)
                return end
        return None

    def _known_zone(self, name: str, start: int, end: int, context: Context) -> tzinfo | None:
        """The zone of a name, or None when it is unknown.

        What date(1) writes between a time and its year is what the clocks of the conversation are called.
        """
        is_before_year = start == self._time_end and _YEAR.fullmatch("".join(self._line.words[end : end + 1]))
        if is_before_year and places.is_own_name(name, context):
            return context.home
        if is_before_year and name[0] in "+-":
            return zones.offset(name)
        return None if _BARE_NUMBER.fullmatch(name) else _known(name, context)

    def _may_be_place(self, position: int, is_led: bool) -> bool:
        """Whether this one word can be a place, and not only the part of a moment."""
        # "et" is a code behind a time where nothing follows that it could join
        is_code = self._line.words[position].isupper() or position == self._time_end == self._last
        return self._line.normalized[position] not in (_NEVER_PLACES if is_led or is_code else _OF_MOMENTS)

    def _may_be_code(self, start: int, end: int) -> bool:
        """Whether a preposition at the end of a name can be a code, and not the start of the next place.

        A code such as IN or AT stands at the end of the line behind its town; or behind a time of day.
        """
        next_words = self._line.normalized[end : end + 1]
        if end > start + 1:
            return not next_words
        is_code = start == self._time_end and self._line.words[start].isupper()
        return is_code and (not next_words or next_words[0] in PREPOSITIONS)

    @property
    def _last(self) -> int:
        return len(self._line.words) - 1

    def _longest_end(self, start: int) -> int:
        """The last possible end of a place name: before the next words of a moment.

        The names of some islands have such words.
        """
        line = self._line
        most = min(start + places.MAX_WORDS, len(line.words))
        end = next((end for end in range(start + 1, most) if GRAMMAR.fits(line, line.starts[end])), most)
        is_longer = end < most and places.is_zone_or_city(" ".join(line.words[start : end + 1]))
        return end + 1 if is_longer else end

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
        if unknown <= last or self._is_place(unknown):
            return None
        beginnings = {word for word in (self._part_start, position) if unknown - word <= _LONGEST_PART}
        reached = max((GRAMMAR.furthest(line, line.starts[word]) for word in beginnings), default=0)
        return unknown if line.word_around(reached) == unknown else None

    def _is_place(self, position: int) -> bool:
        """Whether this word may be a place, or one of several, without a preposition."""
        try:
            return (
                _known(self._line.words[position], _context_of_name(self._context, False, False)) is not None
            )
        except DateError:
            return True

    def _place_name(self, start: int) -> str:
        """This word and the following ones that are in no vocabulary."""
        line = self._line
        following = range(start + 1, len(line.words))
        end = next((end for end in following if line.is_known(end)), len(line.words))
        return " ".join(line.words[start:end])
