"""Reports whether this machine's clock can be trusted, from the kernel's adjtimex(2)."""

import ctypes
import sys

from ..conversation.health import Health

# Microseconds. Without a time server the kernel's maximum error grows to this value, which bounds nothing.
MAX_ERROR_US = 16_000_000

_STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """The first fields of ``struct timex``, and room for the others."""

    _fields_ = (
        ("modes", ctypes.c_uint),  # 0 only reads, which needs no privilege
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def health(zone_data: str | None) -> Health:
    """Report the current health; the state of the clock is known on Linux only.

    :param zone_data: the version of the zone data, for the report; None when it is unknown.
    """
    timex = _Timex()
    if not sys.platform.startswith("linux") or ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
        return Health(None, None, zone_data)
    return interpret(timex.maxerror, timex.status, zone_data)


def interpret(largest_us: int, status: int, zone_data: str | None) -> Health:
    """Interpret the kernel's numbers.

    The maximum error decides. ``STA_UNSYNC`` counts only while that is 0, since some machines never clear it.

    :param largest_us: ``maxerror``, the maximum error in microseconds.
    :param status: ``status``, the kernel's ``STA_`` bits.
    :param zone_data: as for :func:`health`.
    """
    unknown = status & _STA_UNSYNC and largest_us == 0
    return Health(not unknown and largest_us < MAX_ERROR_US, largest_us / 1000, zone_data)
