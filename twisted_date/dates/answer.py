"""Requests about dates, answered."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from . import calendar, formats, reading, request, zones
from .errors import DateError, Reason
from .languages import ENGLISH
from .moment import Moment


@dataclass(frozen=True, slots=True)
class Answer:
    """A moment, as it was asked for.

    :param text: the moment in the format that was asked for.
    :param twice: whether its local time comes twice, and this is the first.
    """

    moment: Moment
    text: str
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
    if asked.words:
        found = _find(reading.read(asked.words, home), asked.utc, now_ns, home)
    else:  # most ask for now: the short way
        found = calendar.Found(Moment(now_ns, zones.UTC if asked.utc else home), False)
    return Answer(found.moment, (asked.style or formats.rfc3339)(found.moment), found.twice)


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
    return then.unix - Moment(now_ns, home).unix


def _find(read: reading.Reading, utc: bool, now_ns: int, home: tzinfo) -> calendar.Found:
    described = read.described
    named = read.places if described.zone is None else (described.zone, *read.places)
    if utc and named:
        raise DateError(Reason.UTC_AND_PLACE)
    if len(named) > reading.MAX_PLACES:
        raise DateError(Reason.TOO_MANY_PLACES, place=zones.label(named[0]))
    if utc:
        named = (zones.UTC,)
    read_in = named[0] if named else home
    found = calendar.find(described, now_ns, read_in)
    show_in = home if described.zone is not None and len(named) == 1 else (named or (home,))[-1]
    return replace(found, moment=replace(found.moment, zone=show_in))
