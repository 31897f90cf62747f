"""The date to whoever connects, without a word: Daytime (RFC 867) and Time (RFC 868).

Over TCP only. Over UDP anyone can have the answers sent to somebody else.
"""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ..dates import formats
from ..dates.moment import NANOSECONDS, Moment
from .closing import Closing
from .limits import Visitors
from .transports import Connection
from .turns import Turns

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


class TellingFactory(Factory):
    """Tells everyone who connects one thing, and closes.

    :param tell: what to tell, when it is told.
    :param clock: for the time that closing may take.
    """

    noisy = False

    def __init__(self, tell: Callable[[], bytes], clock: IReactorTime) -> None:
        self.tell = tell
        self.clock = clock
        self.turns = Turns(clock)
        self.visitors = Visitors()

    def buildProtocol(self, addr: IAddress | None) -> "TellingProtocol":
        protocol = TellingProtocol(self)
        self.visitors.enter(protocol)
        return protocol


@implementer(IHalfCloseableProtocol)
class TellingProtocol(Protocol):
    """One connection that is told one thing. What it says is thrown away."""

    transport: Any

    def __init__(self, server: TellingFactory) -> None:
        self._server = server

    def connectionMade(self) -> None:
        self._connection = Connection(self.transport, self, self._server.clock, self._server.turns)
        self._connection.write(self._server.tell())
        self._connection.flush()  # now: when many come, the first are soon cut off
        self._closing = Closing(self._connection, self._server.clock)
        self._closing.begin(peer_has_closed=False)

    def pauseProducing(self) -> None:
        """There is no more to come."""

    def resumeProducing(self) -> None:
        """There is no more to come."""

    def readConnectionLost(self) -> None:
        self._closing.peer_has_closed()

    def writeConnectionLost(self) -> None:
        """It has left; the peer closes its side, or is cut off."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._closing.over()
        self._connection.over()
        self._server.visitors.leave(self)

    def cut_off(self) -> None:
        """End the connection now. What the kernel has taken can still reach the peer."""
        self._connection.cut_off()
