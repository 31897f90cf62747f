"""A date in words, as a person wants to know it beside its digits."""

from datetime import datetime, tzinfo

from ..dates import languages, zones
from ..dates.moment import MONTHS, WEEKDAYS, Moment
from ..i18n.messages import ENGLISH, Sentence
from . import spans
from .state import State


def words_of(state: State, moment: Moment, now: int) -> dict[str, str]:
    """The fields of a reply for people, in the session's language.

    :param now: the current time in seconds since 1970.

    ``words``: the date in words, and where that is; ``distance``: how far away it is, unless it is now;
    ``here``: the time in the session's zone, where that is another.
    """
    local, here = moment.local, Moment(moment.unix_ns, state.zone).local
    is_here = local.utcoffset() == here.utcoffset()
    words = _date(state, local)
    if not is_here:
        sentence = Sentence("{date} in {place}")
        words = state.translate(sentence, date=words, place=_city(moment.zone))
    fields = {"words": words}
    if seconds := moment.unix - now:
        fields["distance"] = spans.distance(state, seconds)
    if not is_here:
        time = f"{here:%H:%M}" if here.date() == local.date() else _date(state, here)
        fields["here"] = state.translate(Sentence("{time} here"), time=time)
    return fields


def _date(state: State, local: datetime) -> str:
    """The weekday, the date and the time to the minute."""
    if state.language != ENGLISH:
        return f"{languages.format_date(local, state.language)}, {local:%H:%M}"
    weekday, month = WEEKDAYS[local.weekday()], MONTHS[local.month - 1]
    return f"{weekday} {local.day} {month} {local.year}, {local:%H:%M}"


def _city(zone: tzinfo) -> str:
    """The city after which a zone is named, or its whole name."""
    return zones.display_name(zone).rpartition("/")[2].replace("_", " ")
