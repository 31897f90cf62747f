"""Finds the names of places among the words of a line."""

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import NamedTuple

from . import places, zones
from .context import Context
from .errors import DateError, Reason
from .lexer import Line
from .roles import MAX_TARGETS, Role
from .vocabulary import LANGUAGES
from .when import GRAMMAR
from .wrapping import ARROW
from .zone_data import cached

ROLES = {
    **{word: Role.PLACE for language in LANGUAGES for word in language.places},
    **{word: Role.TARGET for language in LANGUAGES for word in (*language.toward, ARROW)},
    **{word: Role.SOURCE for language in LANGUAGES for word in language.source},
}
PREPOSITIONS = frozenset(ROLES)
HERE = {word for language in LANGUAGES for word in language.here}
_HERE: dict[str, list[list[str]]] = {}  # by their first words
for _phrase in HERE:
    _HERE.setdefault(_phrase.split()[0], []).append(_phrase.split())
_AND = {word for language in LANGUAGES for word in language.joining}
_HOUR_OF = ("heure", "lheure"), ("de", "du", "des")
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
_CODE_AT_AN_END = re.compile(r"\b([A-Z]{3,5})\.$")  # EST. at the end of a sentence


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


@cached(256)
def context_of_name(context: Context, is_led: bool, is_behind_time: bool) -> Context:
    """The context of a name in the line."""
    return context._replace(is_led=is_led, is_behind_time=is_behind_time)


def _not_within(name: str, area: str) -> DateError:
    """The error for a town that is not in a country or state."""
    return DateError(Reason.UNKNOWN_PLACE, place=f"{name}, {area}")


class NameFinder:
    """Finds the names of places in a line.

    :param context: what the names depend on; its home is what ``here`` means.
    """

    __slots__ = ("_context", "_has_and", "_line")

    def __init__(self, line: Line, context: Context) -> None:
        self._line = line
        self._context = context
        self._has_and = not _AND.isdisjoint(line.normalized)

    def at(self, start: int, is_led: bool, is_behind_time: bool) -> Named | None:
        """The place with the longest known name at this position.

        :raises DateError: when it is ambiguous, or an impossible offset.
        """
        context = context_of_name(self._context, is_led, is_behind_time)
        words, normalized = self._line.words, self._line.normalized
        for phrase in _HERE.get(normalized[start], ()) if start < len(words) else ():
            if normalized[start : (end := start + len(phrase))] == phrase:
                return Named(" ".join(words[start:end]), self._context.home, end)
        for end in range(self._longest_end(start), start, -1):
            if normalized[end - 1] in PREPOSITIONS and not self._may_be_code(start, end, is_behind_time):
                continue
            if self._has_and and self._is_list(start, end):
                continue
            if end == start + 1 and not self._may_be_place(start, context):
                continue
            name = _CODE_AT_AN_END.sub(r"\1", " ".join(words[start:end]).rstrip(","))
            zone = self._known_zone(name, start, end, context)
            if zone is not None:
                is_time = normalized[end : end + 1] == ["time"]  # London time
                return Named(name, zone, end + is_time)
        return None

    def _is_list(self, start: int, end: int) -> bool:
        """Whether these words are several names: "and" does not count in one name, unless that has it."""
        within = [word for word in range(start + 1, end) if self._line.normalized[word] in _AND]
        if not within or within[-1] == end - 1:
            return bool(within)
        return not places.is_name(" ".join(self._line.words[start:end]))

    def starts(self, position: int) -> Iterator[int]:
        """Where a name may start that is the next thing in the line: behind its preposition, or at it."""
        normalized = self._line.normalized
        start = position + (normalized[position] in PREPOSITIONS)
        yield start
        first, second = (*normalized[start : start + 2], "", "")[:2]
        if first in _HOUR_OF[0] and second in _HOUR_OF[1]:  # à l'heure de Paris
            yield start + 2
        if start > position:
            yield position

    def list_from(self, first: Named) -> list[Named]:
        """The places of a list that begins with this one: Berlin, Tokyo and Sydney.

        :raises DateError: when the only comma stands in front of a country or a state, so that it may be
            meant to say where the first place is.
        """
        found, commas = [first], 0
        words, normalized = self._line.words, self._line.normalized
        while (end := found[-1].end) < len(words) and len(found) <= MAX_TARGETS:
            is_and = normalized[end] in _AND
            if not (is_and or words[end - 1].endswith(",")):
                break
            following = self._following(found, end, is_and)
            if following is None:
                break
            found.append(following)
            commas += not is_and
        if len(found) == 2 and commas and places.is_area(found[1].name):
            raise _not_within(*(place.name for place in found))
        return found

    def _following(self, found: list[Named], end: int, is_and: bool) -> Named | None:
        """The next place of a list, behind a comma or "and"."""
        try:
            return self.at(end + is_and, True, False) if end + is_and < len(self._line.words) else None
        except DateError as error:
            name = str(error.values.get("place"))
            if not is_and and len(found) == 1 and places.is_area(name):
                raise _not_within(found[0].name, name) from None
            raise

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
            return known(self._line.words[position], context_of_name(self._context, False, False)) is not None
        except DateError:
            return True
