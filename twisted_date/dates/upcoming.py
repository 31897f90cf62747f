"""The next of several moments that the same words may mean: friday, 11:00, christmas, 25 december."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from .errors import DateError, Reason
from .moment import NANOSECONDS, Moment
from .resolve import Resolution, resolve
from .spec import MomentSpec


def next_from(spec: MomentSpec, now_ns: int, zone: tzinfo) -> Resolution:
    """Resolve the parts of a moment to the first one that is later than now, where they may mean several.

    :raises DateError: as for :func:`resolve`.
    """
    first = None
    for start_ns in (now_ns, *_later_starts(now_ns, zone)):
        try:
            found = resolve(spec, start_ns, zone)
        except DateError as error:
            if error.reason is Reason.IMPOSSIBLE_DATE and not spec.is_pinned:  # February 29
                continue
            raise
        first = first or found
        if found.moment.unix_ns > now_ns or spec.is_pinned:
            return found
    return first or resolve(spec, now_ns, zone)


def _later_starts(now_ns: int, zone: tzinfo) -> Iterator[int]:
    """The beginnings of tomorrow and of the next eight years, in nanoseconds since 1970."""
    today = Moment(now_ns, zone).local.date()
    if today.year >= date.max.year:
        return
    yield _begin(today + timedelta(days=1), zone)
    for year in range(today.year + 1, min(today.year + 9, date.max.year)):
        yield _begin(date(year, 1, 1), zone)


def _begin(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp()) * NANOSECONDS
