"""The span between two moments: ``now and christmas``, ``2026-01-01 and 2026-12-25``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from . import reading, request
from .answer import resolve_phrase
from .context import Context, Preferences, year_of
from .errors import DateError, Reason
from .moment import Moment
from .resolve import resolve
from .spec import MomentSpec

_AND = re.compile(r"\s+(?:and|et)\s+", re.IGNORECASE)
_MOST_WORDS = 4  # "and", one of which stands between the moments: each costs the reading of both


@dataclass(frozen=True, slots=True)
class Between:
    """The span from one moment to another; all numbers are negative where the second one is earlier.

    :param seconds: the seconds.
    :param days: whole days, towards zero: of the calendar between two dates, else of 24 hours.
    :param working_days: days from Monday to Friday, from the first date on and before the second.
    :param are_dates: whether both are dates without a time of day.
    """

    seconds: int
    days: int
    working_days: int
    are_dates: bool

    @property
    def weeks(self) -> int:
        """Whole weeks, towards zero."""
        return abs(self.days) // 7 * (1 if self.days >= 0 else -1)


def between(argument: str, now_ns: int, home: tzinfo, language: str, preferences: Preferences) -> Between:
    """The span between the two moments of ``/between A and B``.

    :param argument: the words after the command.
    :param now_ns: the current time in nanoseconds since 1970-01-01T00:00:00Z.
    :param home: the zone of moments that name no zone.
    :param language: CLDR's identifier of the language of the conversation.
    :param preferences: those of the conversation.
    :raises DateError: when no "and" stands between two moments, or several do; or as for :func:`.answer`.
    """
    context = Context(year_of(now_ns), home, preferences)
    parsed = request.parse(argument, language)
    if parsed.style is not None:
        raise DateError(Reason.FORMAT_OF_SPAN)
    first, second = _moments(parsed.words, context, language)
    start, end = (resolve_phrase(phrase, parsed.utc, now_ns, home).moment for phrase in (first, second))
    are_dates = first.spec.is_date and second.spec.is_date
    if are_dates:
        start, end = _begin(start), _begin(end)
    days = (start.local.date(), end.local.date())
    seconds = end.unix - start.unix
    whole = (days[1] - days[0]).days if are_dates else abs(seconds) // 86400 * (1 if seconds >= 0 else -1)
    return Between(seconds, whole, working_days(*days), are_dates)


def working_days(first: date, second: date) -> int:
    """The days from Monday to Friday, from one date on and before another; negative where that is earlier."""
    if second < first:
        return -working_days(second, first)
    weeks, rest = divmod((second - first).days, 7)
    return 5 * weeks + sum((first + timedelta(days=day)).weekday() < 5 for day in range(rest))


def _begin(moment: Moment) -> Moment:
    """The beginning of the day of a moment."""
    day = moment.local
    return resolve(
        MomentSpec(year=day.year, month=day.month, day=day.day), moment.unix_ns, moment.zone
    ).moment


def _moments(words: str, context: Context, language: str) -> tuple[reading.Phrase, reading.Phrase]:
    found = list(_halves(words, context, language))
    if len(found) != 1:
        raise DateError(Reason.AMBIGUOUS_MOMENTS if found else Reason.MISSING_MOMENTS)
    return found[0]


def _halves(words: str, context: Context, language: str) -> Iterator[tuple[reading.Phrase, reading.Phrase]]:
    """The moments around each "and" where both halves are moments.

    :raises DateError: when there is one "and" only, and a half is no moment.
    """
    places = list(_AND.finditer(words))[:_MOST_WORDS]
    for place in places:
        try:
            texts = (words[: place.start()], words[place.end() :])
            halves = [reading.parse(text, context, language) for text in texts]
        except DateError:
            if len(places) == 1:
                raise
            continue
        if all(half.has_moment for half in halves):
            yield halves[0], halves[1]
