"""Parses words into a moment and its places: ``19:00 New York in Berlin and Tokyo``.

Words of a moment win over towns of the same name. All other words must be places, after a preposition, an
arrow, or ``from``; one place may stand without one, and another right behind it.
"""

import re
from dataclasses import replace
from datetime import tzinfo

from ..i18n.messages import ENGLISH
from . import places
from .context import Context
from .errors import DateError, Reason
from .lexer import NO_ALIASES, normalize
from .near_names import nearest
from .place_names import HERE, PREPOSITIONS, ROLES, Named, NameFinder, context_of_name, known
from .reading import Phrase
from .roles import Group, Role, Target, decide
from .rules.words import IN_ITS_LANGUAGE, MONTHS
from .spec import MomentSpec
from .vocabulary import LANGUAGES
from .when import GRAMMAR, check
from .wrapping import unwrap
from .zone_data import cached

_LONGEST_PART = 12  # words of a part of a moment in which the wrong word is looked for
_LEADING = PREPOSITIONS | {
    word for language in LANGUAGES for word in (*language.on, *language.at, *language.occurrence)
}
_TZ = re.compile(r'TZ="([^"]*)"\s*')
# As machines write it, also in a French conversation, where "mar" is Tuesday
_MARCH = re.compile(r"[0-9][ -]mar[ -][0-9]{4}|\bmar {1,2}[0-9]{1,2} [0-9]{2}:", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,8}")
_SECONDS = re.compile(r"([0-9]{9,10})([0-9]{3})?")  # since 1970, from 1973 on; with three more, milliseconds


@cached(256)  # programs repeat their requests, and parsing does not depend on the time
def parse(text: str, context: Context, language: str = ENGLISH) -> Phrase:
    """Parse these words.

    :param context: what the names of places depend on; its home is what ``here`` means.
    :param language: CLDR's identifier of the language of the conversation, in which some words mean others.
    :raises DateError: when the words are not a moment and places; the error names the first wrong word.
    """
    if match := _TZ.match(text):
        return _in_zone(match[1], text[match.end() :], context, language)
    return _Parser(text, context, language).parse()


def _in_zone(name: str, text: str, context: Context, language: str) -> Phrase:
    """Parse words behind ``TZ="ZONE"``: they are read there, and shown at the place they name, or here."""
    zone = _named(name, context, is_alone=False)
    phrase = _Parser(text, context, language, is_zone_told=True).parse()
    return replace(phrase, source=zone, targets=phrase.targets or (Target(name, context.home),))


def place(text: str, context: Context) -> tzinfo:
    """The zone of a place, which may follow a preposition.

    :param context: what the name depends on; its home is what ``here`` means.
    :raises DateError: when the place is unknown or ambiguous, or is an impossible offset.
    """
    first, *rest = text.split(maxsplit=1)
    if normalize(first) in PREPOSITIONS and rest and known(text, context) is None:
        text = rest[0]
    return context.home if normalize(text) in HERE else _named(text, context, is_alone=True)


def _named(name: str, context: Context, is_alone: bool) -> tzinfo:
    """The zone of a place; the error for an unknown name has those that are nearly the same.

    :param is_alone: whether nothing but a place can stand there.
    """
    try:
        return places.zone_alone(name, context) if is_alone else places.zone_of(name, context)
    except DateError as error:
        if error.reason is Reason.UNKNOWN_PLACE:
            raise _unknown_place(name, context) from None
        raise


def _unknown_place(name: str, context: Context) -> DateError:
    if hints := nearest(name, context):
        return DateError(Reason.UNKNOWN_PLACE_NEAR, place=name, choices=hints)
    return DateError(Reason.UNKNOWN_PLACE, place=name)


class _Parser:
    """Parses the words in a single pass."""

    __slots__ = (
        "_abbreviations",
        "_context",
        "_groups",
        "_has_moment",
        "_is_zone_told",
        "_language",
        "_line",
        "_list",
        "_names",
        "_part_start",
        "_places_end",
        "_spec",
        "_text",
        "_time_end",
    )

    def __init__(self, text: str, context: Context, language: str, is_zone_told: bool = False) -> None:
        self._context = context
        self._language = language
        self._text = text
        text = unwrap(text)
        aliases = NO_ALIASES if _MARCH.search(text) else IN_ITS_LANGUAGE.get(language[:2], NO_ALIASES)
        self._line = GRAMMAR.line(text, aliases)
        self._names = NameFinder(self._line, context)
        self._spec = MomentSpec(day_first=context.preferences.day_first)
        self._is_zone_told = is_zone_told
        self._groups: list[Group] = []
        self._abbreviations: list[str] = []
        self._has_moment = False
        self._part_start = 0  # where the last part of the moment began
        self._time_end = -1  # the position behind the time of day
        self._places_end = -1  # the position behind the last place
        self._list = (0, 0)  # the words of the last list of places

    def parse(self) -> Phrase:
        position = 0
        if self._text and not self._line.words:
            raise DateError(Reason.NOT_UNDERSTOOD, word=self._text)
        while position < len(self._line.words):
            position = self._moment(position) or self._place(position)
        spec = self._checked()
        source, targets = decide(self._groups, self._is_zone_told or spec.zone is not None)
        if source is None and len(self._groups) == 1 and not (self._is_zone_told or spec.is_same_everywhere):
            self._check_source(self._groups[0])
        return Phrase(spec, source, targets, self._has_moment, tuple(self._abbreviations))

    def _check_source(self, group: Group) -> None:
        """Check that a list is not all that says where the words are read.

        :raises DateError: when it is.
        """
        if group.role is not Role.PLACE or len(group.places) == 1:
            return
        words, (start, end) = self._line.words, self._list
        moment, listed = " ".join([*words[: start - 1], *words[end:]]), " ".join(words[start - 1 : end])
        choices = tuple(f"{moment} {name} {listed}" for name in (group.places[0].name, self._here))
        raise DateError(Reason.AMBIGUOUS_SOURCE, place=group.places[0].name, choices=choices)

    @property
    def _here(self) -> str:
        """The word for the place of the conversation, in its language."""
        return "ici" if self._language.startswith("fr") else "here"

    def _checked(self) -> MomentSpec:
        """The whole moment; where its hour is missing, the error has all words again, with an hour."""
        try:
            return check(self._spec)
        except DateError as error:
            if error.reason is Reason.MISSING_HOUR:
                part, choice = self._spec.part_text, str(error.values["choice"])
                whole = re.sub(rf"(?<!\S){re.escape(part)}(?!\w)", lambda _: choice, self._text, count=1)
                raise DateError(error.reason, part=part, choice=whole) from None
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
        """Add the places at this position, and return their end."""
        role = ROLES.get(self._line.normalized[position])
        for start in self._names.starts(position):
            is_led = start > position
            if not (is_led or self._may_stand_alone(position)):
                continue
            found = self._names.at(start, is_led, start == self._time_end) if is_led else self._bare(start)
            if found is not None:
                listed = self._names.list_from(found) if is_led else [found]
                return self._add(role or Role.PLACE, start, listed)
        raise self._unknown(position, role is not None)

    def _may_stand_alone(self, position: int) -> bool:
        """Whether a place may stand here without a preposition: the first one, or one right behind it."""
        behind_one = self._has_moment and len(self._groups) == 1 and position == self._places_end
        return not self._groups or (behind_one and len(self._groups[0].places) == 1)

    def _bare(self, start: int) -> Named | None:
        """The place without a preposition that starts here; a second one is no country, state or code."""
        if not self._groups:
            return self._names.at(start, False, start == self._time_end)
        try:
            found = self._names.at(start, False, False)
        except DateError:
            return None
        return None if found is None or places.is_area(found.name) else found

    def _add(self, role: Role, start: int, listed: list[Named]) -> int:
        """Add places in one role, and return the end of the last name."""
        self._groups.append(Group(role, tuple(Target(found.name, found.zone) for found in listed)))
        self._abbreviations += [found.name for found in listed if places.other_meanings(found.name)]
        self._places_end = listed[-1].end
        if len(listed) > 1:
            self._list = start, self._places_end
        return self._places_end

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
            return _unknown_place(self._place_name(word), self._context)
        if not self._groups and words[word][0].isupper() and places.is_word_and_town(words[word]):
            return DateError(Reason.ORDINARY_WORD, word=words[word])
        if not self._line.is_known(word) and (error := self._nearly(word)):
            return error
        return DateError(Reason.NOT_UNDERSTOOD, word=words[word])

    def _nearly(self, word: int) -> DateError | None:
        """The error for an unknown word that is nearly a place, or makes a place with the one before it."""
        name = self._place_name(word)
        is_behind_place = word == self._places_end
        if is_behind_place:
            name = f"{self._groups[-1].places[-1].name} {name}"
        hints = nearest(name, context_of_name(self._context, is_behind_place, False))
        return DateError(Reason.NOT_UNDERSTOOD_NEAR, word=name, choices=hints) if hints else None

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
