"""Connections that are told one thing, and closed."""

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ..network.closing import Closing, lingering
from ..network.connection import Connection
from ..network.scheduler import Turns
from .limits import Visitors


class TellingFactory(Factory):
    """Tells everyone who connects one thing, and closes.

    :param tell: what to tell, when it is told.
    :param clock: for the time that closing may take.
    :param turns: shares the time with others.
    """

    noisy = False

    def __init__(self, tell: Callable[[], bytes], clock: IReactorTime, turns: Turns) -> None:
        self.tell = tell
        self.clock = clock
        self.turns = turns
        self.lingering = lingering(clock)
        self.visitors = Visitors()

    def buildProtocol(self, addr: IAddress | None) -> "TellingProtocol":
        protocol = self.new_protocol()
        self.visitors.enter(protocol)
        return protocol

    def new_protocol(self) -> "TellingProtocol":
        """One for the next connection."""
        return TellingProtocol(self)


@implementer(IHalfCloseableProtocol)
class TellingProtocol(Protocol):
    """One connection that is told one thing. What it says is thrown away."""

    transport: Any

    def __init__(self, server: TellingFactory) -> None:
        self._server = server
        self._half_closed = False
        self._closing: Closing | None = None

    def connectionMade(self) -> None:
        self._connection = Connection(self.transport, self, self._server.clock, self._server.turns)
        self.begin()

    def begin(self) -> None:
        """The connection is there: tell."""
        self.tell(self._server.tell())

    def tell(self, data: bytes) -> None:
        """Tell this, and close."""
        self._connection.write(data)
        self._closing = Closing(self._connection, self._server.lingering)
        self._closing.begin(self._half_closed)

    def pauseProducing(self) -> None:
        """There is no more to come."""

    def resumeProducing(self) -> None:
        """There is no more to come."""

    def stopProducing(self) -> None:
        """The connection is gone."""

    def readConnectionLost(self) -> None:
        if self._closing is None:
            self.cut_off()
        else:
            self._closing.peer_has_closed()

    def writeConnectionLost(self) -> None:
        """It has left; the peer closes its side, or is cut off."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._closing is not None:
            self._closing.over()
        self._connection.over()
        self._server.visitors.leave(self)

    def cut_off(self) -> None:
        """End the connection now. What the kernel has taken can still reach the peer."""
        self._connection.cut_off()
