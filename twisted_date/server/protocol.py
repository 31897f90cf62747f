"""One connection of the server: lines from a peer to its session, replies back in order."""

from collections.abc import Iterable
from typing import Any, Protocol as Interface

from twisted.internet.interfaces import IHalfCloseableProtocol, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from ..conversation import errors
from ..conversation.errors import ErrorKind
from ..conversation.session import Session
from ..conversation.text import MAX_LINE
from ..network.closing import Closing
from ..network.connection import Connection
from ..network.failures import in_one_line
from ..network.lines import LineBuffer
from ..network.scheduler import SLICE, Turns
from ..network.timeouts import Deadlines

FLUSH_SIZE = 65536  # bytes of replies that are gathered before they are written: what the transport buffers


class Server(Interface):
    """What a connection needs of the server it belongs to."""

    clock: IReactorTime
    turns: Turns
    lingering: Deadlines[Closing]
    received: int
    sent: int

    def heard(self, protocol: "DateProtocol") -> object:
        """It answered lines."""

    def gone(self, protocol: "DateProtocol") -> object:
        """Its connection is gone."""


@implementer(IHalfCloseableProtocol)
class DateProtocol(LineReceiver):
    """One connection: each line gets one reply line, in order, however the bytes are cut up.

    Half-closing is how ``nc -N`` says that it has asked everything: what came before is answered first. A
    peer that asks and does not read is not read from either, nor one that has used up its slice of time.

    :param session: answers the lines.
    :param server: is told what happens.
    :param refusal: why there is no conversation; said at once, and the connection closed.
    """

    transport: Any  # an ITCPTransport that is an IConsumer too: what TCP and TLS give

    def __init__(self, session: Session, server: Server, refusal: ErrorKind | None = None) -> None:
        self._session = session
        self._server = server
        self._refusal = refusal
        self._lines = LineBuffer(MAX_LINE)
        self._waits = False  # for its turn
        self._half_closed = False
        self._heard = False
        self._ends = False  # nothing is answered any more
        self._closing: Closing | None = None

    def connectionMade(self) -> None:
        self._connection = Connection(self.transport, self, self._server.clock, self._server.turns)
        if self._refusal is not None:
            self.dismiss(self._refusal)

    def dataReceived(self, data: bytes) -> None:
        self._server.received += len(data)
        if self._ends:
            return
        self._heard = True
        self._lines.receive(data)
        if self._waits:
            return
        turns = self._server.turns
        if turns.used_up:
            self._wait_for_turn()
            return
        seconds = self._answer(self._lines)
        if not self._connection.is_gated:  # else it is counted there, with what TLS takes
            turns.spend(seconds)

    def lineReceived(self, line: bytes) -> None:
        """Answer one line; those that come together are answered together."""
        self._answer([line])

    def pauseProducing(self) -> None:
        self.paused = True
        self._connection.pause()

    def resumeProducing(self) -> None:
        self.paused = False
        if not self._waits:
            self._go_on()

    def readConnectionLost(self) -> None:
        self._half_closed = True
        if self._closing is not None:
            self._closing.peer_has_closed()
        elif not (self._waits or self.paused):
            self._answer_last_line()

    def writeConnectionLost(self) -> None:
        """All replies have left; the peer closes its side, or is cut off."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._ends = True
        self._connection.over()
        if self._closing is not None:
            self._closing.over()
        self._server.gone(self)

    def dismiss(self, kind: ErrorKind, **values: object) -> None:
        """Tell the peer why the server closes the connection, and close it."""
        if not self._ends:
            self._write([self._session.encode(self._session.dismiss(kind, **values))])
            self._close()

    def cut_off(self) -> None:
        """End the connection now. What the kernel has taken can still reach the peer."""
        self._connection.cut_off()

    def is_quiet(self) -> bool:
        """Whether nothing was received since this was last asked, and nothing waits for an answer."""
        heard, self._heard = self._heard, False
        return not (heard or self._waits or self.paused or self._connection.waits())

    def _answer(self, lines: Iterable[bytes]) -> float:
        """Answer lines, for one slice of time; return how long it took."""
        if self._ends or self.paused:
            return 0.0
        seconds = self._server.clock.seconds
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
                if now - began >= SLICE:
                    self._wait_for_turn()
                    break
        except Exception:
            _log.error("A conversation failed and is closed: {what}", what=in_one_line(Failure()))
            self._write(replies)
            self.dismiss(errors.INTERNAL)
        self._write(replies)
        if self._session.ended:
            self._close()
        elif reply is not None and not self._ends:
            self._server.heard(self)
        return now - began

    def _wait_for_turn(self) -> None:
        if not self._ends:
            self._waits = True
            self._connection.pause()
            self._server.turns.wait(self._take_turn)

    def _take_turn(self) -> None:
        self._waits = False
        if not self.paused:
            self._go_on()

    def _go_on(self) -> None:
        """Answer what waits, then read on."""
        self._answer(self._lines)
        if self._ends or self._waits or self.paused:
            return
        if self._half_closed:
            self._answer_last_line()
        else:
            self._connection.resume()

    def _answer_last_line(self) -> None:
        line = self._lines.last()
        if line is not None:
            self.lineReceived(line)
        self._close()

    def _write(self, replies: list[bytes]) -> None:
        """Write all replies of a list, and empty it."""
        if replies:
            replies.append(b"")
            data = b"\r\n".join(replies)
            replies.clear()
            self._server.sent += len(data)
            self._connection.write(data)

    def _close(self) -> None:
        if not self._ends:
            self._ends = True
            self._lines.clear()
            self._closing = Closing(self._connection, self._server.lingering)
            self._closing.begin(self._half_closed)


_log = Logger()
