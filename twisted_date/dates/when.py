"""Moments in words."""

import re

from .moment import NANOSECONDS

_UNIX = re.compile(r"@([-+]?)([0-9]+)(?:[.,]([0-9]+))?")


def unix_ns(word: str) -> int | None:
    """Nanoseconds since 1970 in ``@SECONDS[.FRACTION]``, rounded down; None for another word."""
    known = _UNIX.fullmatch(word)
    if known is None:
        return None
    sign, seconds, fraction = known.groups(default="")
    size = int(seconds) * NANOSECONDS + int(f"{fraction[:9]:0<9}")
    if sign != "-":
        return size
    return -size - bool(fraction[9:].strip("0"))
