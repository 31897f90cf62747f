"""Finds the names of places among the words of a line."""

import re
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from . import places, zones
from .context import Context
from .errors import DateError, Reason
from .lexer import Line
from .vocabulary import LANGUAGES
from .when import GRAMMAR

PREPOSITIONS = {word for language in LANGUAGES for word in language.places}
HERE = {word for language in LANGUAGES for word in language.here}
# Words of moments are no places, but for those that are more often other things, where a preposition leads
_OF_MOMENTS = {"am", "pm"} | {word for words in GRAMMAR.vocabulary.values() for word in words}
_NEVER_PLACES = {"am", "pm"} | {
    word
    for language in LANGUAGES
    for words in (*language.months, *language.weekdays, language.numbers)
    for word in words
}
_BARE_NUMBER = re.compile(r"(?:[-+−] ?)?[0-9]{1,2}")  # with a sign: a span without a unit, not an offset
_YEAR = re.compile(r"[0-9]{4}")


class Named(NamedTuple):
    """A place that was named.

    :param name: as it was typed.
    :param zone: its zone.
    :param end: the number of the word behind its name.
    """

    name: str
    zone: tzinfo
    end: int


def known(name: str, context: Context) -> tzinfo | None:
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


class NameFinder:
    """Finds the names of places in a line.

    :param context: what the names depend on; its home is what ``here`` means.
    """

    __slots__ = ("_context", "_line")

    def __init__(self, line: Line, context: Context) -> None:
        self._line = line
        self._context = context

    def at(self, start: int, is_led: bool, is_behind_time: bool) -> Named | None:
        """The place with the longest known name at this position.

        :raises DateError: when it is ambiguous, or an impossible offset.
        """
        context = _context_of_name(self._context, is_led, is_behind_time)
        words, normalized = self._line.words, self._line.normalized
        if start < len(words) and normalized[start] in HERE:
            return Named(words[start], self._context.home, start + 1)
        for end in range(self._longest_end(start), start, -1):
            if normalized[end - 1] in PREPOSITIONS and not self._may_be_code(start, end, is_behind_time):
                continue
            if end == start + 1 and not self._may_be_place(start, context):
                continue
            name = " ".join(words[start:end])
            zone = self._known_zone(name, start, end, context)
            if zone is not None:
                return Named(name.rstrip(","), zone, end)
        return None

    def _known_zone(self, name: str, start: int, end: int, context: Context) -> tzinfo | None:
        """The zone of a name, or None when it is unknown.

        What date(1) writes between a time and its year is what the clocks of the conversation are called.
        """
        is_before_year = context.is_behind_time and _YEAR.fullmatch("".join(self._line.words[end : end + 1]))
        if is_before_year and places.is_own_name(name, context):
            return context.home
        if is_before_year and name[0] in "+-":
            return zones.offset(name)
        return None if _BARE_NUMBER.fullmatch(name) else known(name, context)

    def _may_be_place(self, position: int, context: Context) -> bool:
        """Whether this one word can be a place, and not only the part of a moment."""
        # "et" is a code behind a time where nothing follows that it could join
        is_last = position == len(self._line.words) - 1
        is_code = self._line.words[position].isupper() or (context.is_behind_time and is_last)
        others = _NEVER_PLACES if context.is_led or is_code else _OF_MOMENTS
        return self._line.normalized[position] not in others

    def _may_be_code(self, start: int, end: int, is_behind_time: bool) -> bool:
        """Whether a preposition at the end of a name can be a code, and not the start of the next place.

        A code such as IN or AT stands at the end of the line behind its town; or behind a time of day.
        """
        next_words = self._line.normalized[end : end + 1]
        if end > start + 1:
            return not next_words
        is_code = is_behind_time and self._line.words[start].isupper()
        return is_code and (not next_words or next_words[0] in PREPOSITIONS)

    def _longest_end(self, start: int) -> int:
        """The last possible end of a place name: before the next words of a moment.

        The names of some islands have such words.
        """
        line = self._line
        most = min(start + places.MAX_WORDS, len(line.words))
        end = next((end for end in range(start + 1, most) if GRAMMAR.fits(line, line.starts[end])), most)
        is_longer = end < most and places.is_zone_or_city(" ".join(line.words[start : end + 1]))
        return end + 1 if is_longer else end

    def is_place(self, position: int) -> bool:
        """Whether this word may be a place, or one of several, without a preposition."""
        try:
            return (
                known(self._line.words[position], _context_of_name(self._context, False, False)) is not None
            )
        except DateError:
            return True
