"""One connection of the server: lines from a peer to its session, replies back in order."""

from collections.abc import Callable, Iterable
from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from ..conversation.errors import ErrorKind
from ..conversation.session import Session
from ..conversation.text import MAX_LINE
from ..network.closing import GracefulClose
from ..network.connection import Connection
from ..network.failures import summarize
from ..network.lines import LineBuffer
from ..network.scheduler import TIME_SLICE

FLUSH_SIZE = 65536  # bytes of replies that are gathered before they are written: what the transport buffers


@implementer(IHalfCloseableProtocol)
class DateProtocol(LineReceiver):
    """One connection: each line gets one reply line, in order.

    A connection is in one of these states, and answers in the first one only:

    =========  ==================================  =======================================================
    state      entered when                        what happens
    =========  ==================================  =======================================================
    answering  connected; the others are over      each line is answered as it comes
    queued     its time slice is used up           not read from; waits in the scheduler's queue
    paused     the peer does not read its replies  not read from until the transport has sent them
    closed     a goodbye, an error, or no more to  input is thrown away; :class:`.GracefulClose` sends the
               read from a half-closed peer        rest and ends the connection
    =========  ==================================  =======================================================

    Queued and paused can hold at once. A peer may close its side in any state (``nc -N`` does so to say that
    it has asked everything): all it sent before is answered first, a last line without an ending too.

    It splits lines itself: LineReceiver's own loop copies the rest of the chunk for every line, and cannot
    stop in the middle of one to let others have their turn. The lines of a chunk are answered together.

    :param session: answers the lines.
    :param refusal: why there is no conversation: the peer is told, and the connection closed.
    """

    factory: Any  # the DateFactory that built it, which imports this module
    transport: Any  # an ITCPTransport that is an IConsumer too: what TCP and TLS give

    def __init__(self, session: Session, refusal: ErrorKind | None = None) -> None:
        self._session = session
        self._refusal = refusal
        self._lines = LineBuffer(MAX_LINE)
        self._queued = False
        self._half_closed = False
        self._active = False  # whether it received anything since is_quiet was asked
        self._closed = False
        self._closing: GracefulClose | None = None

    def connectionMade(self) -> None:
        self._connection = Connection(self.transport, self, self.factory.scheduler)
        if self._refusal is not None:
            self.close_with_error(self._refusal)

    def dataReceived(self, data: bytes) -> None:
        self.factory.bytes_received += len(data)
        if self._closed:
            return
        self._active = True
        self._lines.feed(data)
        if self._queued:
            return
        scheduler = self.factory.scheduler
        if scheduler.exhausted:
            self._enqueue()
            return
        seconds = self._answer(self._lines)
        if not self._connection.is_tls:  # else it is counted there, with what TLS takes
            scheduler.charge(seconds)

    def lineReceived(self, line: bytes) -> None:
        """Answer one line; those that come together are answered together."""
        self._answer([line])

    def pauseProducing(self) -> None:
        self.paused = True
        self._connection.pause()

    def resumeProducing(self) -> None:
        self.paused = False
        if not self._queued:
            self._continue()

    def readConnectionLost(self) -> None:
        self._half_closed = True
        if self._closing is not None:
            self._closing.peer_has_closed()
        elif not (self._queued or self.paused):
            self._answer_last_line()

    def writeConnectionLost(self) -> None:
        """All replies have left; the peer closes its side, or is cut off."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._closed = True
        self._connection.connection_lost()
        if self._closing is not None:
            self._closing.connection_lost()
        self.factory.disconnected(self)

    def close_with_error(self, kind: ErrorKind, **values: object) -> None:
        """Tell the peer why the server closes the connection, and close it."""
        if not self._closed:
            self._write([self._session.encode(self._session.closing_error(kind, **values))])
            self._close()

    def abort(self) -> None:
        """End the connection now. What the kernel has taken can still reach the peer."""
        self._connection.abort()

    def is_quiet(self) -> bool:
        """Whether nothing was received since this was last asked, and nothing waits for an answer."""
        heard, self._active = self._active, False
        return not (heard or self._queued or self.paused or self._connection.has_pending_input())

    def _answer(self, lines: Iterable[bytes]) -> float:
        """Answer lines, for one slice of time; return how long it took."""
        if self._closed or self.paused:
            return 0.0
        seconds: Callable[[], float] = self.factory.scheduler.clock.seconds
        began = now = seconds()
        replies: list[bytes] = []
        reply, size = None, 0
        try:
            for reply in self._session.replies(lines):
                replies.append(reply)
                size += len(reply)
                now = seconds()
                if size >= FLUSH_SIZE:
                    size = 0
                    self._write(replies)
                    if self.paused:
                        break
                if now - began >= TIME_SLICE:
                    self._enqueue()
                    break
        except Exception:
            _log.error("A conversation failed and is closed: {what}", what=summarize(Failure()))
            self._write(replies)
            self.close_with_error(ErrorKind.INTERNAL)
        self._write(replies)
        if self._session.ended:
            self._close()
        elif reply is not None and not self._closed:
            self.factory.active(self)
        return now - began

    def _enqueue(self) -> None:
        if not self._closed:
            self._queued = True
            self._connection.pause()
            self.factory.scheduler.enqueue(self._resume_queued)

    def _resume_queued(self) -> None:
        self._queued = False
        if not self.paused:
            self._continue()

    def _continue(self) -> None:
        """Answer what waits, then read on."""
        self._answer(self._lines)
        if self._closed or self._queued or self.paused:
            return
        if self._half_closed:
            self._answer_last_line()
        else:
            self._connection.resume()

    def _answer_last_line(self) -> None:
        line = self._lines.flush()
        if line is not None:
            self.lineReceived(line)
        self._close()

    def _write(self, replies: list[bytes]) -> None:
        """Write all replies of a list, and empty it."""
        if replies:
            replies.append(b"")
            data = b"\r\n".join(replies)
            replies.clear()
            self.factory.bytes_sent += len(data)
            self._connection.write(data)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._lines.clear()
            self._closing = GracefulClose(self._connection, self.factory.close_timeouts)
            self._closing.begin(self._half_closed)


_log = Logger()
