"""Requests about dates, answered."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from ..i18n.sentences import ENGLISH
from . import calendar, formats, reading, request, zones
from .errors import DateError, Reason
from .moment import NANOSECONDS, Moment


@dataclass(frozen=True, slots=True)
class Answer:
    """A moment, as it was asked for.

    :param text: the moment in the format that was asked for.
    :param repeats: whether it is the same until the second is over.
    :param twice: whether the local time that was asked for comes twice; the first is meant.
    """

    moment: Moment
    text: str
    repeats: bool = True
    twice: bool = False


def answer(argument: str, now_ns: int, home: tzinfo, language: str = ENGLISH) -> Answer:
    """What ``/date`` says.

    :param argument: what follows the command.
    :param now_ns: nanoseconds since 1970-01-01T00:00:00Z.
    :param home: the zone where none is named.
    :param language: of a format that has one; CLDR's identifier.
    :raises DateError: it cannot be told; why, and which word is wrong.
    """
    asked = request.read(argument, language)
    style = asked.style or formats.rfc3339
    repeats = not formats.tells_fractions(style)
    if asked.words:
        read = reading.read(asked.words, home)
        found = _find(read, asked.utc, now_ns, home)
        repeats = repeats and read.described.later_ns % NANOSECONDS == 0
    else:  # most ask for now: the short way
        found = calendar.Found(Moment(now_ns, zones.UTC if asked.utc else home), False)
    return Answer(found.moment, style(found.moment), repeats, found.twice)


def seconds_until(argument: str, now_ns: int, home: tzinfo) -> int:
    """Seconds from now until a moment; negative since then.

    :raises DateError: as for :func:`answer`; also where a format was asked for, or no moment.
    """
    asked = request.read(argument, ENGLISH)
    if asked.style is not None:
        raise DateError(Reason.FORMAT_OF_SPAN)
    read = reading.read(asked.words, home)
    if not read.has_moment:
        raise DateError(Reason.MISSING_MOMENT)
    then = _find(read, asked.utc, now_ns, home).moment
    _ = then.local  # raises where it is out of range
    return then.unix - Moment(now_ns, home).unix


def _find(read: reading.Reading, utc: bool, now_ns: int, home: tzinfo) -> calendar.Found:
    if utc and read.places:
        raise DateError(Reason.UTC_AND_PLACE)
    places = read.places or (zones.UTC if utc else home,)
    found = calendar.find(read.described, now_ns, read.described.zone or places[0])
    return replace(found, moment=replace(found.moment, zone=places[-1]))
