"""Answers requests for dates and spans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import NamedTuple

from ..i18n.messages import ENGLISH
from . import formats, reading, request, resolve, strftime, upcoming, zones
from .context import NO_PREFERENCES, Context, Preferences, year_of
from .errors import DateError, Reason
from .moment import NANOSECONDS, Moment
from .roles import Target
from .spec import MomentSpec

__all__ = ["Answer", "answer", "seconds_until"]


class Shown(NamedTuple):
    """A moment in one of several places.

    :param place: the place, as it was typed.
    :param moment: the moment, in the zone of the place.
    :param text: the moment in the requested format.
    """

    place: str
    moment: Moment
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request for a date.

    :param moment: the moment, in the zone in which it is shown: of several, the first.
    :param text: the moment in the requested format; of several places, each behind its name.
    :param shown: the moment in each of several places; empty for one.
    :param cacheable: whether the same request has the same answer until the end of the second.
    :param ambiguous: whether the requested local time occurs twice (PEP 495); the first is taken.
    :param abbreviations: names of zones that are those of RFC 5322, and elsewhere those of others.
    """

    moment: Moment
    text: str
    cacheable: bool = True
    ambiguous: bool = False
    abbreviations: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()


def answer(
    argument: str,
    now_ns: int,
    home: tzinfo,
    language: str = ENGLISH,
    preferences: Preferences = NO_PREFERENCES,
) -> Answer:
    """The answer to ``/date``.

    :param argument: the words after the command.
    :param now_ns: the current time in nanoseconds since 1970-01-01T00:00:00Z.
    :param home: the zone of requests that name no zone.
    :param language: CLDR's identifier of the language of localized formats.
    :param preferences: those of the conversation.
    :raises DateError: when the request cannot be answered; its reason and values say why.
    """
    parsed = request.parse(argument, language)
    style = parsed.style or formats.rfc3339
    cacheable = not formats.has_fractions(style)
    abbreviations: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    if parsed.words:
        phrase = reading.parse(parsed.words, Context(year_of(now_ns), home, preferences), language)
        resolution = resolve_phrase(phrase, parsed.utc, now_ns, home)
        cacheable = cacheable and phrase.spec.add_ns % NANOSECONDS == 0
        abbreviations, targets = phrase.abbreviations, phrase.targets
    else:  # the current time, the most frequent request: nothing to resolve
        resolution = resolve.Resolution(Moment(now_ns, zones.UTC if parsed.utc else home), False)
    moment, ambiguous = resolution.moment, resolution.ambiguous
    shown = _shown(moment, targets, style) if len(targets) > 1 else ()
    text = ", ".join(f"{place} {text}" for place, _, text in shown) if shown else style(moment)
    if len(text) > strftime.MAX_LENGTH:
        raise DateError(Reason.FORMAT_TOO_LONG, limit=strftime.MAX_LENGTH)
    return Answer(moment, text, cacheable, ambiguous, abbreviations, shown)


def _shown(moment: Moment, targets: Sequence[Target], style: formats.Style) -> tuple[Shown, ...]:
    moments = [replace(moment, zone=target.zone) for target in targets]
    return tuple(
        Shown(target.name, moment, style(moment)) for target, moment in zip(targets, moments, strict=True)
    )


def seconds_until(
    argument: str,
    now_ns: int,
    home: tzinfo,
    language: str = ENGLISH,
    preferences: Preferences = NO_PREFERENCES,
) -> int:
    """The seconds from now until a moment; negative for a moment in the past.

    Where the words may mean one of several moments, as ``friday``, it is the next one.

    :param language: CLDR's identifier of the language of the conversation.
    :param preferences: those of the conversation.
    :raises DateError: as for :func:`answer`; also for a request with a format, or without a moment.
    """
    parsed = request.parse(argument, language)
    if parsed.style is not None:
        raise DateError(Reason.FORMAT_OF_SPAN)
    phrase = reading.parse(parsed.words, Context(year_of(now_ns), home, preferences), language)
    if not phrase.has_moment:
        raise DateError(Reason.MISSING_MOMENT)
    then = resolve_phrase(phrase, parsed.utc, now_ns, home, upcoming.next_from).moment
    _ = then.local  # raises outside the years 1 to 9999
    return then.unix - Moment(now_ns, home).unix


def resolve_phrase(
    phrase: reading.Phrase,
    utc: bool,
    now_ns: int,
    home: tzinfo,
    resolved: Callable[[MomentSpec, int, tzinfo], resolve.Resolution] = resolve.resolve,
) -> resolve.Resolution:
    """Resolve what was parsed to a point in time, in the zone in which it is shown.

    :param utc: whether UTC takes the place of the home.
    :param resolved: which of several moments is meant.
    :raises DateError: as for :func:`.resolve`; also when a place was named beside UTC.
    """
    named = [*filter(None, [phrase.source]), *(target.zone for target in phrase.targets)]
    if utc and any(zones.display_name(zone) not in zones.UTC_NAMES for zone in named):
        raise DateError(Reason.UTC_AND_PLACE)
    source = phrase.source or (zones.UTC if utc else home)
    resolution = resolved(phrase.spec, now_ns, phrase.spec.zone or source)
    shown = phrase.targets[0].zone if phrase.targets else source
    return resolve.Resolution(Moment(resolution.moment.unix_ns, shown), resolution.ambiguous)
