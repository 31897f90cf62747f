"""A moment and the zone it is read in."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from .errors import DateError, Reason

NANOSECONDS = 1_000_000_000


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
            raise DateError(Reason.OUT_OF_RANGE) from None
