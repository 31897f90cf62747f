"""A request for a date, answered."""

import re
from dataclasses import dataclass
from datetime import tzinfo

from . import formats, places, request, when, zones
from .errors import DateError, Reason
from .moment import Moment

_WORDS = re.compile(r"(?P<when>@\S*)?\s*(?:(?:in|to)\s+)?(?P<place>.*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """A moment, and the text that was asked for."""

    moment: Moment
    text: str


def answer(argument: str, now_ns: int, home: tzinfo) -> Answer:
    """What ``/date`` says.

    :param argument: what follows the command.
    :param now_ns: nanoseconds since 1970-01-01T00:00:00Z.
    :param home: the zone where none is named.
    :raises DateError: it cannot be told; why, and which word is wrong.
    """
    asked = request.read(argument)
    moment = _moment(asked.words, asked.utc, now_ns, home)
    return Answer(moment, (asked.style or formats.rfc3339)(moment))


def _moment(words: str, utc: bool, now_ns: int, home: tzinfo) -> Moment:
    named = _WORDS.fullmatch(words)
    assert named is not None  # the place matches the rest, whatever it is
    unix_ns = now_ns if named["when"] is None else when.unix_ns(named["when"])
    if unix_ns is None:
        raise DateError(Reason.NOT_UNDERSTOOD, word=named["when"])
    if not named["place"]:
        return Moment(unix_ns, zones.UTC if utc else home)
    if utc:
        raise DateError(Reason.UTC_AND_PLACE)
    return Moment(unix_ns, places.find(named["place"]))
