"""Moments: points in time, each with the zone in which its date is read."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .errors import DateError, Reason

__all__ = ["MONTHS", "NANOSECONDS", "WEEKDAYS", "Moment"]

NANOSECONDS = 1_000_000_000  # per second

# The years 1 to 9999 in UTC, less a day at each end: inside that range in every zone
_FIRST, _LAST = -62135596800 + 86400, 253402300799 - 86400


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, and the zone in which its date and time of day are read.

    :param unix_ns: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
    :param zone: the zone of the date and time of day.
    """

    unix_ns: int
    zone: tzinfo

    @property
    def unix(self) -> int:
        """Whole seconds since 1970-01-01T00:00:00Z, rounded down as ``date +%s`` does."""
        return self.unix_ns // NANOSECONDS

    @property
    def local(self) -> datetime:
        """The date and time of day in the zone, in whole seconds.

        :raises DateError: when the local year is not from 1 to 9999.
        """
        try:
            return datetime.fromtimestamp(self.unix, self.zone)
        except (ValueError, OverflowError, OSError):
            return self._at_the_edge()

    def _at_the_edge(self) -> datetime:
        """The local time when its year is from 1 to 9999 but the year in UTC, which datetime uses, is not."""
        inside = min(max(self.unix, _FIRST), _LAST)
        offset = datetime.fromtimestamp(inside, self.zone).utcoffset() or timedelta()
        try:
            local = datetime(1970, 1, 1) + (timedelta(seconds=self.unix) + offset)
        except OverflowError:
            raise DateError(Reason.OUT_OF_RANGE) from None
        return local.replace(tzinfo=self.zone)


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
