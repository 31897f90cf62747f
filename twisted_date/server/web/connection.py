"""One connection of a browser or another HTTP client."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ...network.closing import GracefulClose
from ...network.connection import Connection
from ...network.scheduler import Allowance
from .channel import WebChannel, WebRequest
from .errors import WebError

if TYPE_CHECKING:
    from .chat import ChatProtocol
    from .factory import WebFactory

REQUEST_TIME = 10.0  # seconds until a request must be complete, from its first byte or the last response
MAX_UNREAD = 16384  # bytes that a peer may send ahead of the response to a request


@implementer(IHalfCloseableProtocol)
class WebConnection(Protocol):
    """One connection: HTTP requests, one at a time, and perhaps a WebSocket after the last of them.

    It is the transport of a :class:`.WebChannel`, and the producer of the real transport. Each request waits
    for its turn in the scheduler, however many arrive at once, and longer after those that took long. After
    an upgrade, everything is passed on to a :class:`.ChatProtocol`.

    :param address: the peer's.
    """

    factory: "WebFactory"
    transport: Any

    def __init__(self, address: IAddress | None) -> None:
        self.address = address
        self.disconnecting = False  #: whether the connection is being closed; input is discarded then
        self._chat: ChatProtocol | None = None
        self._request: WebRequest | None = None  # the one that waits for its response
        self._receiving = False  # whether a part of a request has arrived
        self._paused = False
        self._half_closed = False
        self._output: list[bytes] = []
        self._unpaid = 0  # bytes of requests since the last response
        self._started = 0.0  # when the latest turn began
        self._delay = 0.0  # seconds until the next turn, for a peer whose requests take long
        self._closing: GracefulClose | None = None

    def connectionMade(self) -> None:
        self.connection = Connection(self.transport, self, self.factory.server.scheduler)
        self._channel: Any = WebChannel(self.factory.early_refusal)
        self._channel.makeConnection(self)
        self._allowance = Allowance(self.factory.server.scheduler.clock.seconds())
        self.factory.waiting(self)

    def dataReceived(self, data: bytes) -> None:
        if self._chat is not None:
            self._chat.dataReceived(data)
            return
        self.factory.server.bytes_received += len(data)
        if self.disconnecting:
            return
        self._unpaid += len(data)
        if not self._receiving and self._request is None:
            self._receiving = True
            self.factory.waiting(self)
        self._channel.dataReceived(data)
        self._flush()
        if len(self._channel.unread) > MAX_UNREAD:
            self.connection.pause()

    def readConnectionLost(self) -> None:
        self._half_closed = True
        if self._chat is not None:
            self._chat.readConnectionLost()
        elif self._closing is not None:
            self._closing.peer_has_closed()
        elif self._request is None:
            self.loseConnection()

    def writeConnectionLost(self) -> None:
        """The last response is sent; the peer closes its side, or is aborted."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.disconnecting = True
        self._request = None
        if self._chat is not None:
            self._chat.connectionLost(reason)
        else:
            self._channel.connectionLost(reason)
            self.connection.connection_lost()
            if self._closing is not None:
                self._closing.connection_lost()
        vars(self._channel).clear()  # it refers to its decoder, which refers to it
        self.factory.disconnected(self)

    # The producer of the real transport

    def pauseProducing(self) -> None:
        if self._chat is not None:
            self._chat.pauseProducing()
        else:
            self._paused = True
            self.connection.pause()
            self.factory.waiting(self)  # until it reads: its requests wait, but not for ever

    def resumeProducing(self) -> None:
        if self._chat is not None:
            self._chat.resumeProducing()
            return
        self._paused = False
        self.connection.resume()
        if self._request is not None:
            self._enqueue()

    def stopProducing(self) -> None:
        """The connection is gone."""

    # The transport of the channel

    def getPeer(self) -> IAddress | None:
        return self.address

    def getHost(self) -> Any:
        return self.transport.getHost()

    def write(self, data: bytes) -> None:
        """Write once everything that belongs together is there."""
        self._output.append(data)

    def writeSequence(self, data: Iterable[bytes]) -> None:
        self._output.extend(data)

    def loseConnection(self) -> None:
        """Close gracefully."""
        if not self.disconnecting:
            self._flush()
            self.disconnecting = True
            self.factory.not_waiting(self)
            self._closing = GracefulClose(self.connection, self.factory.server.close_timeouts)
            self._closing.begin(self._half_closed)

    # What the channel and the factory call

    def request_received(self, request: WebRequest) -> None:
        """A request is complete: answer it when its turn comes."""
        self._request = request
        self._receiving = False
        if not self._paused:
            self._enqueue()

    def response_sent(self) -> None:
        """A response is written: charge the peer for it, then the next request may come."""
        scheduler = self.factory.server.scheduler
        now = scheduler.clock.seconds()
        size = self._unpaid * scheduler.slowness
        self._delay = self._allowance.charge(now - self._started, size, now)
        self._unpaid = 0
        if self.factory.stopping:
            self.loseConnection()
        elif not self.disconnecting:
            self.factory.waiting(self)
            if not self._paused:
                self.connection.resume()

    def upgrade(self, chat: "ChatProtocol", handshake: bytes) -> None:
        """Send the response of a handshake; the rest of the connection is a WebSocket."""
        self.connection.write(handshake)
        self._chat = chat
        chat.makeConnection(self.transport)
        if self._channel.unread:
            self.connection.resume()
            chat.dataReceived(self._channel.unread)
        if self._half_closed:
            chat.readConnectionLost()
        vars(self._channel).clear()

    def timed_out(self) -> None:
        """No complete request came in time."""
        if self._receiving:
            self._channel.refuse(WebError.TIMEOUT, seconds=REQUEST_TIME)
        self.loseConnection()

    def abort(self) -> None:
        """Drop the connection now. Data that the kernel has accepted can still reach the peer."""
        self.connection.abort()

    @property
    def is_idle(self) -> bool:
        """Whether no request is under way, and no part of one has arrived."""
        return self._request is None and not self._receiving

    def _enqueue(self) -> None:
        self.factory.not_waiting(self)
        self.factory.server.scheduler.enqueue(self._serve, self._delay)

    def _serve(self) -> None:
        request = self._request
        if request is None or self._paused:
            return
        self._request = None
        self._started = self.factory.server.scheduler.clock.seconds()
        self.factory.serve(self, request)
        self._flush()
        if self._half_closed and self._request is None and self._chat is None:
            self.loseConnection()

    def _flush(self) -> None:
        if self._output:
            data = b"".join(self._output)
            self._output.clear()
            self.factory.server.bytes_sent += len(data)
            self.connection.write(data)
