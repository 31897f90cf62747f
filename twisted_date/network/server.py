"""The server's side of the wire: lines from a peer to its session, replies back in order."""

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import Factory, connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from ..conversation import errors
from ..conversation.errors import ErrorKind
from ..conversation.session import MAX_LINE, Session
from .lines import LineBuffer
from .transports import innermost, is_tls, prepare, unsent

CLOSING_GRACE = 5.0  # seconds without progress that a closing connection is given
FLUSH_SIZE = 65536  # bytes of replies that are gathered before they are written: what the transport buffers


@implementer(IHalfCloseableProtocol)
class DateProtocol(LineReceiver):
    """One connection: each line gets one reply line, in order, however the bytes are cut up.

    Half-closing is how ``nc -N`` says that it has asked everything: what came before is answered first. A
    peer that asks and does not read is not read from either.

    :param session: answers the lines.
    :param clock: for the time that a closing connection may take.
    :param lost: called with this protocol when the connection is gone.
    """

    transport: Any  # an ITCPTransport that is an IConsumer too: what TCP and TLS give

    def __init__(
        self, session: Session, clock: IReactorTime, lost: "Callable[[DateProtocol], object]"
    ) -> None:
        self._session = session
        self._clock = clock
        self._lost = lost
        self._lines = LineBuffer(MAX_LINE)
        self._replies: list[bytes] = []
        self._size = 0
        self._half_closed = False
        self._closing: IDelayedCall | None = None
        self._unsent = 0

    def connectionMade(self) -> None:
        self._tls = is_tls(self.transport)
        self._write = prepare(self.transport)
        self.transport.registerProducer(self, True)

    def dataReceived(self, data: bytes) -> None:
        if self._closing is not None:
            return
        self._lines.receive(data)
        while self._may_answer() and (line := self._lines.next()) is not None:
            self.lineReceived(line)
        self._flush()

    def lineReceived(self, line: bytes) -> None:
        try:
            reply = self._session.reply_to(line)
            told = self._session.encode(reply)
        except Exception:
            _log.failure("A session failed on a line and is closed.")
            self._dismiss(errors.INTERNAL)
            return
        self._gather(told)
        if reply.closing:
            self._close()
        elif self._size >= FLUSH_SIZE:
            self._flush()

    def resumeProducing(self) -> None:
        if self._tls and innermost(self.transport).disconnecting:
            # The peer's close_notify came while it was slow; the transport waits for this to close.
            self.transport.unregisterProducer()
            return
        super().resumeProducing()  # goes on with the lines that wait
        if self._half_closed:
            self._answer_last_line()

    def readConnectionLost(self) -> None:
        self._half_closed = True
        if self._closing is None:
            self._answer_last_line()
        else:
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        """All replies have left; the peer closes its side, or is cut off."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._closing is not None and self._closing.active():
            self._closing.cancel()
        self._lost(self)

    def stop(self) -> None:
        """Tell the peer that the server is stopping, and close."""
        if self._closing is None:
            self._dismiss(errors.STOPPING)

    def cut_off(self) -> None:
        """End the connection now. What the kernel has taken can still reach the peer."""
        if unsent(self.transport):
            self.transport.abortConnection()
        else:
            innermost(self.transport).loseConnection()

    def _may_answer(self) -> bool:
        """Whether lines that were received can be answered now; on TLS they cannot wait for a slow reader."""
        return self._closing is None and (self._tls or not self.paused)

    def _dismiss(self, kind: ErrorKind) -> None:
        self._gather(self._session.encode(self._session.dismiss(kind)))
        self._close()

    def _gather(self, line: bytes) -> None:
        self._replies.append(line + b"\r\n")
        self._size += len(line) + 2

    def _flush(self) -> None:
        if self._replies:
            replies = b"".join(self._replies)
            self._replies.clear()
            self._size = 0
            self._write(replies)

    def _answer_last_line(self) -> None:
        if self.paused or self._closing is not None:
            return
        line = self._lines.last()
        if line is not None:
            self.lineReceived(line)
        self._close()

    def _close(self) -> None:
        """Write what is left and close, without losing it on the way.

        A socket that is closed while bytes of the peer are unread is reset, and the goodbye may be lost with
        it. So a peer that may still send is half-closed, and read from until it closes too.
        """
        if self._closing is not None:
            return
        self._flush()
        self._lines.clear()
        # With a producer that is paused the transport would wait for ever.
        self.transport.unregisterProducer()
        self._wait_for_close()
        if not self._half_closed:
            self.transport.resumeProducing()
        if self._half_closed or self._tls:
            self.transport.loseConnection()
        else:
            self.transport.loseWriteConnection()

    def _wait_for_close(self) -> None:
        self._unsent = unsent(self.transport)
        self._closing = self._clock.callLater(CLOSING_GRACE, self._grace_is_over)

    def _grace_is_over(self) -> None:
        if 0 < unsent(self.transport) < self._unsent:
            self._wait_for_close()  # the peer reads
        else:
            self.cut_off()


class DateFactory(Factory):
    """Makes a protocol with a session of its own for each connection.

    :param new_session: makes a session.
    :param clock: tells how long a closing connection takes.
    """

    noisy = False

    def __init__(self, new_session: Callable[[], Session], clock: IReactorTime) -> None:
        self._new_session = new_session
        self._clock = clock
        self._open: set[DateProtocol] = set()
        self._closing = False
        self._closed: list[Deferred[None]] = []

    def doStart(self) -> None:
        super().doStart()
        self._closing = False

    def buildProtocol(self, addr: IAddress | None) -> DateProtocol | None:
        if self._closing:
            return None
        protocol = DateProtocol(self._new_session(), self._clock, self._forget)
        protocol.factory = self
        self._open.add(protocol)
        return protocol

    def close_sessions(self, drain: float) -> Deferred[None]:
        """Tell every peer that the server is stopping, and close; no new session begins.

        :param drain: seconds after which those that are still there are cut off.
        :return: fires when every session is gone.
        """
        self._closing = True
        closed: Deferred[None] = Deferred()
        if not self._open:
            closed.callback(None)
            return closed
        self._closed.append(closed)
        cut_off = self._clock.callLater(drain, self._cut_off_sessions)
        for protocol in list(self._open):
            protocol.stop()
        return closed.addCallback(lambda _: cut_off.cancel() if cut_off.active() else None)

    def _cut_off_sessions(self) -> None:
        for protocol in list(self._open):
            protocol.cut_off()

    def _forget(self, protocol: DateProtocol) -> None:
        self._open.discard(protocol)
        if not self._open:
            closed, self._closed = self._closed, []
            for waiting in closed:
                waiting.callback(None)


_log = Logger()
