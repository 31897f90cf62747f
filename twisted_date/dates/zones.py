"""Time zones by their names."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from .errors import DateError, Reason

UTC = ZoneInfo("UTC")


def find(name: str) -> ZoneInfo:
    """The zone of this IANA name, in any case.

    :raises DateError: there is none.
    """
    known = _names().get(name.lower())
    if known is None:
        raise DateError(Reason.UNKNOWN_PLACE, place=name)
    return ZoneInfo(known)


@lru_cache(1)
def _names() -> dict[str, str]:
    """Only names that the zone data lists are ever opened."""
    return {name.lower(): name for name in available_timezones()}
