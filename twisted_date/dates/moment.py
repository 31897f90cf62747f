"""A moment and the zone it is read in."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .errors import DateError, Reason

NANOSECONDS = 1_000_000_000

# A day inside the years 1 and 9999, so that they are in every zone
_FIRST, _LAST = -62135596800 + 86400, 253402300799 - 86400


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, and the zone in which its date and hour are read.

    :param unix_ns: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
    :param zone: where the date and hour are read.
    """

    unix_ns: int
    zone: tzinfo

    @property
    def unix(self) -> int:
        """Whole seconds since 1970-01-01T00:00:00Z, rounded down as ``date +%s`` does."""
        return self.unix_ns // NANOSECONDS

    @property
    def local(self) -> datetime:
        """The date and hour in the zone, in whole seconds.

        :raises DateError: outside the years 1 to 9999.
        """
        try:
            return datetime.fromtimestamp(self.unix, self.zone)
        except (ValueError, OverflowError, OSError):
            return self._at_the_edge()

    def _at_the_edge(self) -> datetime:
        """In the zone the year can be 1 or 9999 where in UTC, which datetime goes by, it is not."""
        inside = min(max(self.unix, _FIRST), _LAST)
        offset = datetime.fromtimestamp(inside, self.zone).utcoffset() or timedelta()
        try:
            local = datetime(1970, 1, 1) + (timedelta(seconds=self.unix) + offset)
        except OverflowError:
            raise DateError(Reason.OUT_OF_RANGE) from None
        return local.replace(tzinfo=self.zone)


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
