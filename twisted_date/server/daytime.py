"""The payloads of the Daytime (RFC 867) and Time (RFC 868) protocols.

They are served over TCP only: over UDP, a forged source address sends the replies to a victim.
"""

from ..conversation.state import Defaults
from ..dates import formats
from ..dates.moment import NANOSECONDS, Moment

_SECONDS_FROM_1900 = 2_208_988_800  # from 1900 to 1970


def daytime(defaults: Defaults) -> bytes:
    """The date as an RFC 5322 date line; RFC 867 leaves the format open.

    :param defaults: of the server's sessions: its clock and its zone.
    """
    return formats.rfc5322(Moment(defaults.now_ns(), defaults.zone)).encode() + b"\r\n"


def time(now_ns: int) -> bytes:
    """The four bytes of RFC 868: seconds since 1900-01-01T00:00:00Z, big-endian.

    The counter wraps at 2036-02-07T06:28:16Z, and every 2^32 seconds from then on. A client resolves the
    ambiguity by taking the moment nearest to its own clock.

    :param now_ns: nanoseconds since 1970-01-01T00:00:00Z.
    """
    return ((now_ns // NANOSECONDS + _SECONDS_FROM_1900) % 2**32).to_bytes(4, "big")
