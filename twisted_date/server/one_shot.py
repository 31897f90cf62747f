"""Connections that get one payload and are closed."""

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ..network.closing import GracefulClose, close_timeouts
from ..network.connection import Connection
from ..network.scheduler import Scheduler
from .limits import ShortLivedConnections


@implementer(IHalfCloseableProtocol)
class OneShotProtocol(Protocol):
    """One connection: sends one payload and closes gracefully. Input is discarded."""

    factory: "OneShotFactory"
    transport: Any

    def __init__(self) -> None:
        self._half_closed = False
        self._closing: GracefulClose | None = None

    def connectionMade(self) -> None:
        self._connection = Connection(self.transport, self, self.factory.scheduler)
        self.start()

    def start(self) -> None:
        """The connection is made: send the payload."""
        self.send_and_close(self.factory.payload())

    def send_and_close(self, data: bytes) -> None:
        """Send the data, and close gracefully."""
        self._connection.write(data)
        self._closing = GracefulClose(self._connection, self.factory.close_timeouts)
        self._closing.begin(self._half_closed)

    def pauseProducing(self) -> None:
        """Everything is written already."""

    def resumeProducing(self) -> None:
        """Everything is written already."""

    def stopProducing(self) -> None:
        """The connection is gone."""

    def readConnectionLost(self) -> None:
        if self._closing is None:
            self.abort()
        else:
            self._closing.peer_has_closed()

    def writeConnectionLost(self) -> None:
        """The payload is sent; the peer closes its side, or is aborted."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._closing is not None:
            self._closing.connection_lost()
        self._connection.connection_lost()
        self.factory.connections.discard(self)

    def abort(self) -> None:
        """Drop the connection now. Data that the kernel has accepted can still reach the peer."""
        self._connection.abort()


class OneShotFactory(Factory):
    """Sends one payload to every peer that connects, and closes.

    :param payload: returns the bytes to send; called anew for each connection.
    :param scheduler: accounts for the time that TLS takes; its clock bounds the time to close.
    """

    noisy = False
    protocol: type[OneShotProtocol] = OneShotProtocol  # type: ignore[assignment]  # narrower than in Twisted

    def __init__(self, payload: Callable[[], bytes], scheduler: Scheduler) -> None:
        self.payload = payload
        self.scheduler = scheduler
        self.close_timeouts = close_timeouts(scheduler.clock)
        self.connections = ShortLivedConnections()

    def buildProtocol(self, addr: IAddress | None) -> OneShotProtocol:  # type: ignore[override]  # likewise
        protocol = self.protocol()
        protocol.factory = self
        self.connections.add(protocol)
        return protocol
