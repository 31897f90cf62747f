"""Time zones, by IANA name and by offset."""

import re
import zoneinfo
from bisect import bisect_left
from datetime import timedelta, timezone, tzinfo
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from .errors import DateError, Reason
from .zone_data import cached

UTC = ZoneInfo("UTC")

UTC_NAMES = frozenset(("UTC", "GMT", "Etc/UTC", "Etc/GMT", "Zulu", "UCT", "Universal", "Greenwich"))

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([-+−])\s*([0-9]{1,2})(?::?([0-5][0-9]))?", re.IGNORECASE)
_NOT_ZONES = {"localtime", "posixrules"}  # other files that Linux keeps beside the zones

_LARGEST_OFFSET = timedelta(hours=14)  # the largest in use: Kiritimati


def by_name(name: str) -> ZoneInfo | None:
    """The zone with this IANA name, in any case and with spaces for underscores; None when unknown."""
    known = _names().get(_normalize(name))
    return None if known is None else ZoneInfo(known)


def names_starting_with(text: str) -> list[str]:
    """The IANA names with this beginning, in order; the text is spelled as for :func:`by_name`."""
    start = _normalize(text)
    names = _sorted_names()
    found = islice(names, bisect_left(names, start), None) if start else ()
    return sorted(_names()[name] for name in takewhile(lambda name: name.startswith(start), found))


def _normalize(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def offset(text: str) -> tzinfo | None:
    """The zone of ``UTC+2``, ``GMT-3:30``, ``+05:30``, where east is plus, or a capital ``Z``; or else None.

    :raises DateError: when the offset exceeds 14 hours.
    """
    if text.strip() == "Z":
        return UTC
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if size > _LARGEST_OFFSET:
        raise DateError(Reason.IMPOSSIBLE_OFFSET, offset=text.strip())
    return fixed(size if match[1] == "+" else -size)


def fixed(east: timedelta) -> tzinfo:
    """The zone with this constant offset, from IANA's database where possible."""
    minutes = int(east.total_seconds()) // 60
    if minutes == 0:
        return UTC
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    if rest or hours > (14 if minutes > 0 else 12):
        return timezone(east, f"{sign}{hours:02}{rest:02}" if rest else f"{sign}{hours:02}")
    return ZoneInfo(f"Etc/GMT{'-' if minutes > 0 else '+'}{hours}")  # POSIX's signs: west is plus


def iana_name(zone: tzinfo) -> str | None:
    """The zone's name in IANA's database; None for a zone without one, or one from a separate file."""
    return _known(getattr(zone, "key", None))


def display_name(zone: tzinfo) -> str:
    """The name for people: the IANA name, or the offset with east as plus, unlike in ``Etc/GMT-2``."""
    name = iana_name(zone)
    if name is None or name.startswith("Etc/GMT"):
        return zone.tzname(None) or str(zone)
    return name


@cached(1024)  # more than the number of zones
def _known(key: str | None) -> str | None:
    try:
        return ZoneInfo(key).key if key is not None else None
    except (KeyError, ValueError, OSError):
        return None


@cached(1)
def _names() -> dict[str, str]:
    """The IANA names by their normalized forms; no other names are ever opened as files."""
    return {name.lower(): name for name in zoneinfo.available_timezones() - _NOT_ZONES}


@cached(1)
def _sorted_names() -> list[str]:
    """The normalized forms of the IANA names, in order."""
    return sorted(_names())
