"""The changes of a zone's offset: when its clocks go forward or back."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import islice

from . import zone_data
from .zone_data import cached

_WEEK = 7 * 86400
_WEEKS = 60  # of rules that repeat every year: a little more than that
_CACHED = 256  # zones
_HEADER = struct.Struct(">4s c 15x 6L")  # of RFC 9636


@dataclass(frozen=True, slots=True)
class Change:
    """A change of offset.

    :param unix: the first second with the new offset.
    :param before: the local time of that second by the old offset.
    :param after: the same by the new one.
    """

    unix: int
    before: datetime
    after: datetime

    @property
    def is_forward(self) -> bool:
        """Whether clocks go forward."""
        return self.before.replace(tzinfo=None) < self.after.replace(tzinfo=None)


def next_changes(zone: tzinfo, unix: int, most: int = 2) -> tuple[Change, ...]:
    """The next changes of offset after a moment, not of the name alone; fewer where no more are known."""
    return tuple(islice(_changes(zone, unix), most))


def _changes(zone: tzinfo, unix: int) -> Iterator[Change]:
    for second in (*_listed(zone, unix), *_by_rule(zone, unix)):
        before, after = _offset(zone, second - 1), _offset(zone, second)
        if before != after and before is not None and after is not None:
            local = datetime.fromtimestamp(second, timezone.utc).replace(tzinfo=None)
            yield Change(second, *(_local(local, offset) for offset in (before, after)))


def _local(utc: datetime, offset: timedelta) -> datetime:
    return (utc + offset).replace(tzinfo=timezone(offset))


def _listed(zone: tzinfo, unix: int) -> Iterator[int]:
    """The changes that the zone data lists, of any kind."""
    return (second for second in _transitions(getattr(zone, "key", None)) if second > unix)


def _by_rule(zone: tzinfo, unix: int) -> Iterator[int]:
    """The changes by the rule that holds behind the last one that is listed, as far as a year."""
    listed = _transitions(getattr(zone, "key", None))
    start = max(unix, listed[-1]) if listed else unix
    for week in range(_WEEKS):
        low, high = start + week * _WEEK, start + (week + 1) * _WEEK
        if _offset(zone, low) != _offset(zone, high):
            yield _first_with(zone, low, high)


def _first_with(zone: tzinfo, low: int, high: int) -> int:
    """The first second with the offset of the later of two."""
    offset = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, middle) == offset else (middle, high)
    return high


def _offset(zone: tzinfo, unix: int) -> timedelta | None:
    """The offset at a second; None outside the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(unix, zone).utcoffset()
    except (ValueError, OverflowError, OSError):
        return None


@cached(_CACHED)
def _transitions(key: str | None) -> tuple[int, ...]:
    """The seconds at which something changes in a zone, as its file lists them, in order (RFC 9636)."""
    data = b"" if key is None else zone_data.read(key)
    if not data:
        return ()
    _, version, *counts = _HEADER.unpack_from(data)
    if version < b"2":  # without the second block, which has the years before 1901 and after 2038
        return struct.unpack_from(f">{counts[3]}l", data, _HEADER.size)
    is_utc, is_standard, leaps, times, types, letters = counts
    second = _HEADER.size + 5 * times + 6 * types + letters + 8 * leaps + is_standard + is_utc
    times = _HEADER.unpack_from(data, second)[5]
    return struct.unpack_from(f">{times}q", data, second + _HEADER.size)
