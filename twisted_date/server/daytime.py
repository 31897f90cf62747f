"""The date to whoever connects, without a word: Daytime (RFC 867) and Time (RFC 868).

Over TCP only. Over UDP anyone can have the answers sent to somebody else.
"""

from datetime import tzinfo

from ..dates import formats
from ..dates.moment import NANOSECONDS, Moment

_SECONDS_FROM_1900 = 2_208_988_800  # to 1970


def daytime(now_ns: int, zone: tzinfo) -> bytes:
    """The line of RFC 867, which leaves its form open: a date as RFC 5322 writes it.

    :param now_ns: nanoseconds since 1970-01-01T00:00:00Z.
    """
    return formats.rfc5322(Moment(now_ns, zone)).encode() + b"\r\n"


def time(now_ns: int) -> bytes:
    """The four bytes of RFC 868: seconds since 1900-01-01T00:00:00Z.

    They begin anew at 2036-02-07T06:28:16Z, and every 2^32 seconds. Of the moments that they can mean, the
    one nearest to what a client knows already is meant.

    :param now_ns: nanoseconds since 1970-01-01T00:00:00Z.
    """
    return ((now_ns // NANOSECONDS + _SECONDS_FROM_1900) % 2**32).to_bytes(4, "big")
