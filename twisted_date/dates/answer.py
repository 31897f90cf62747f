"""Requests about dates, answered."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from ..i18n.messages import ENGLISH
from . import formats, parsing, request, resolve, zones
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
    cacheable: bool = True
    ambiguous: bool = False


def answer(argument: str, now_ns: int, home: tzinfo, language: str = ENGLISH) -> Answer:
    """What ``/date`` says.

    :param argument: what follows the command.
    :param now_ns: nanoseconds since 1970-01-01T00:00:00Z.
    :param home: the zone where none is named.
    :param language: of a format that has one; CLDR's identifier.
    :raises DateError: it cannot be told; why, and which word is wrong.
    """
    asked = request.parse(argument, language)
    style = asked.style or formats.rfc3339
    cacheable = not formats.tells_fractions(style)
    if asked.words:
        phrase = parsing.parse(asked.words, home)
        resolution = _find(phrase, asked.utc, now_ns, home)
        cacheable = cacheable and phrase.spec.add_ns % NANOSECONDS == 0
    else:  # most ask for now: the short way
        resolution = resolve.Resolution(Moment(now_ns, zones.UTC if asked.utc else home), False)
    return Answer(resolution.moment, style(resolution.moment), cacheable, resolution.ambiguous)


def seconds_until(argument: str, now_ns: int, home: tzinfo) -> int:
    """Seconds from now until a moment; negative since then.

    :raises DateError: as for :func:`answer`; also where a format was asked for, or no moment.
    """
    asked = request.parse(argument, ENGLISH)
    if asked.style is not None:
        raise DateError(Reason.FORMAT_OF_SPAN)
    phrase = parsing.parse(asked.words, home)
    if not phrase.has_moment:
        raise DateError(Reason.MISSING_MOMENT)
    then = _find(phrase, asked.utc, now_ns, home).moment
    _ = then.local  # raises where it is out of range
    return then.unix - Moment(now_ns, home).unix


def _find(phrase: parsing.Phrase, utc: bool, now_ns: int, home: tzinfo) -> resolve.Resolution:
    if utc and phrase.places:
        raise DateError(Reason.UTC_AND_PLACE)
    places = phrase.places or (zones.UTC if utc else home,)
    resolution = resolve.resolve(phrase.spec, now_ns, phrase.spec.zone or places[0])
    return replace(resolution, moment=replace(resolution.moment, zone=places[-1]))
