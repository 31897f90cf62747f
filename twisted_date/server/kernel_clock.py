"""Whether this machine's clock can be trusted: what its kernel knows, by adjtimex(2)."""

import ctypes
import sys

from ..conversation.health import Health

# A kernel that hears from no time server lets the largest error grow to this; it bounds nothing then.
MOST_US = 16_000_000

_STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``, and room for its rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),  # 0: read only, which needs no privilege
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def health(zone_data: str | None) -> Health:
    """What is known now; elsewhere than on Linux nothing of the clock.

    :param zone_data: the version of the zone data.
    """
    timex = _Timex()
    if not sys.platform.startswith("linux") or ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
        return Health(None, None, zone_data)
    return judged(timex.maxerror, timex.status, zone_data)


def judged(largest_us: int, status: int, zone_data: str | None) -> Health:
    """What the kernel's numbers mean. The error counts: some never take back that they are unsynchronised.

    :param largest_us: microseconds.
    :param status: the kernel's bits.
    """
    unknown = status & _STA_UNSYNC and largest_us == 0
    return Health(not unknown and largest_us < MOST_US, largest_us / 1000, zone_data)
