"""Time zones: by their IANA names and by offsets."""

import re
import zoneinfo
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .errors import DateError, Reason

UTC = ZoneInfo("UTC")

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([-+−])\s*([0-9]{1,2})(?::?([0-5][0-9]))?", re.IGNORECASE)
_NOT_IANAS = {"localtime", "posixrules"}  # what Linux keeps beside the zones

_LARGEST_OFFSET = timedelta(hours=14)  # the largest in use: Kiritimati


def by_name(name: str) -> ZoneInfo | None:
    """The zone of this IANA name, in any case and with spaces for underscores; None where there is none."""
    known = _names().get(_normalize(name))
    return None if known is None else ZoneInfo(known)


def names_starting_with(text: str) -> list[str]:
    """The IANA names that begin so, spelled as for :func:`named`, in order."""
    start = _normalize(text)
    return [name for known, name in _names().items() if start and known.startswith(start)]


def _normalize(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def offset(text: str) -> tzinfo | None:
    """The zone of ``UTC+2``, ``GMT-3:30``, ``+05:30``, where east is plus, or ``Z``; None for other words.

    :raises DateError: nobody is so far from UTC.
    """
    if text.strip().upper() == "Z":
        return UTC
    told = _OFFSET.fullmatch(text.strip())
    if told is None:
        return None
    size = timedelta(hours=int(told[2]), minutes=int(told[3] or 0))
    if size > _LARGEST_OFFSET:
        raise DateError(Reason.IMPOSSIBLE_OFFSET, offset=text.strip())
    return fixed(size if told[1] == "+" else -size)


def fixed(east: timedelta) -> tzinfo:
    """The zone that is always so far from UTC; an IANA one where there is one."""
    minutes = int(east.total_seconds()) // 60
    if minutes == 0:
        return UTC
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    if rest or hours > (14 if minutes > 0 else 12):
        return timezone(east, f"{sign}{hours:02}{rest:02}" if rest else f"{sign}{hours:02}")
    return ZoneInfo(f"Etc/GMT{'-' if minutes > 0 else '+'}{hours}")  # POSIX's signs: west is plus


def iana_name(zone: tzinfo) -> str | None:
    """The zone's name in IANA's database; None for one that has none, or was read from a file of its own."""
    return _known(getattr(zone, "key", None))


def display_name(zone: tzinfo) -> str:
    """What a person calls it: its IANA name, or its offset with east as plus, which ``Etc/GMT-2`` has not."""
    name = iana_name(zone)
    if name is None or name.startswith("Etc/GMT"):
        return zone.tzname(None) or str(zone)
    return name


@lru_cache(1024)  # more zones than there are
def _known(key: str | None) -> str | None:
    try:
        return ZoneInfo(key).key if key is not None else None
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(1)
def _names() -> dict[str, str]:
    """Only names that the zone data lists are ever opened."""
    return {name.lower(): name for name in sorted(zoneinfo.available_timezones() - _NOT_IANAS)}
