"""One connection of the server: passes a peer's lines to its session and the replies back, in order."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from ..conversation.errors import ErrorKind
from ..conversation.session import Session
from ..conversation.text import MAX_LINE
from ..network.closing import GracefulClose
from ..network.connection import Connection
from ..network.lines import LineBuffer
from ..network.scheduler import TIME_SLICE, Allowance
from ..network.telnet import SPECIAL, TelnetInput, edited

CHARGED_FROM = 0.00005  # seconds that input takes before it is charged to the peer's allowance
SHORT = 2048  # bytes of a chunk that is answered at a stretch: fewer lines than a time slice has room for
KNOWN_TIME = 0.000_000_02  # seconds per byte of lines that are known, as measured
FLUSH_SIZE = 65536  # bytes of replies collected before a write: the size of a transport's buffer

_NOTHING = LineBuffer(MAX_LINE)  # what those have in common who have sent nothing, or known lines only


@implementer(IHalfCloseableProtocol)
class DateProtocol(LineReceiver):
    """One connection: each line gets one reply line, in order.

    A connection is in one of these states. It answers lines in the first one only:

    =========  ================================  =========================================================
    state      entered when                      behaviour
    =========  ================================  =========================================================
    answering  connected; neither queued nor     complete lines are answered as they arrive
               paused any more
    queued     its time slice, its allowance     nothing is read; input waits for the connection's turn in
               or the iteration budget is        the scheduler's queue
               used up
    paused     the peer does not read its        nothing is read; input waits until the transport has sent
               replies                           its buffer
    closed     refused, goodbye, error, end of   input is discarded; unless the connection is lost,
               input, or connection lost         :class:`.GracefulClose` sends the last replies and ends it
    =========  ================================  =========================================================

    A connection can be queued and paused at once. Nothing leaves the state closed.

    A peer may half-close in any state, as ``nc -N`` does after its last line. Unless the connection is
    closed already, everything the peer sent is answered first, a last line without an ending included.

    Telnet clients are understood: their commands are left out, CR NUL ends a line, and backspace edits it.
    A chunk without such bytes costs one search for them.

    Lines are split by :class:`.LineBuffer`. LineReceiver's own loop knows only one line ending, copies the
    rest of the chunk for every line, and abandons a chunk at an overlong line. Here, LF and CRLF both end a
    line, and the replies to the lines of a chunk are written together.

    :param session: answers the lines.
    :param refusal: the error of a refused connection, which gets it as its only reply and is closed; None
        for a connection that is admitted.
    """

    factory: Any  # a DateFactory, whose module imports this one
    transport: Any  # an ITCPTransport and IConsumer, as TCP and TLS provide

    def __init__(self, session: Session, refusal: ErrorKind | None = None) -> None:
        self._session = session
        self._refusal = refusal
        self._lines = _NOTHING
        self._queued = False
        self._half_closed = False
        self._at_rest = refusal is None  # whether nothing is pending, and the next byte begins a line
        self._active_until = 0.0  # when the short cut restarts the idle timeout again
        self._active = False  # whether input arrived since the last is_quiet()
        self._closed = False
        self._closing: GracefulClose | None = None
        self._allowance: Allowance | None = None  # while input takes long
        self._telnet: TelnetInput | None = None  # once a byte came that plain text does not hold

    def connectionMade(self) -> None:
        self._connection = Connection(self.transport, self, self.factory.scheduler)
        if self._refusal is not None:
            self.close_with_error(self._refusal)

    def dataReceived(self, data: bytes) -> None:
        self.factory.bytes_received += len(data)
        if self._closed:
            return
        self._active = True
        if self._at_rest and self._answer_known(data):
            return
        self._at_rest = False
        if self._telnet is not None or SPECIAL.search(data) is not None:
            data = self._text_in(data)
        if self._lines is _NOTHING:
            self._lines = LineBuffer(MAX_LINE)
        self._lines.feed(data)
        if self._queued:
            return
        scheduler = self.factory.scheduler
        if scheduler.exhausted:
            self._enqueue()
            return
        seconds = self._answer(self._lines)
        if not self._connection.is_tls:  # TLS charges it itself, with its own time
            scheduler.charge(seconds)

    def lineReceived(self, line: bytes) -> None:
        """Answer a last line without an ending. Complete lines are answered in batches, not here."""
        self._answer([line])

    def pauseProducing(self) -> None:
        self.paused = True
        self._at_rest = False
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
        """All replies are sent; the peer closes its side, or is aborted."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._closed = True
        self._connection.connection_lost()
        if self._closing is not None:
            self._closing.connection_lost()
        self.factory.disconnected(self)

    def close_with_error(self, kind: ErrorKind, **values: object) -> None:
        """Send the peer the reason, and close the connection; do nothing when it is closed already.

        :param kind: why the server closes the connection.
        :param values: the placeholders of its sentence.
        """
        if not self._closed:
            self._write([self._session.encode(self._session.closing_error(kind, **values))])
            self._close()

    def abort(self) -> None:
        """Drop the connection now. Data that the kernel has accepted can still reach the peer."""
        self._connection.abort()

    def is_quiet(self) -> bool:
        """Whether nothing arrived since the last call, and no input or reply is pending."""
        was_active, self._active = self._active, False
        return not (was_active or self._queued or self.paused or self._connection.has_queued_records())

    def _text_in(self, data: bytes) -> bytes:
        """The text in bytes from a telnet client, and from whatever sends such bytes."""
        if self._telnet is None:
            self._telnet = TelnetInput()
            if data.startswith(b"\x00") and self._lines.ends_with_cr:
                data = b"\n" + data[1:]
        return self._telnet.text(data)

    def _answer_known(self, data: bytes) -> bool:
        """Answer what was answered within this second already: a short cut for whole lines.

        :return: whether it was that, and is answered.
        """
        reply = self._session.known_reply(data) or self._known_batch(data)
        if reply is None:
            return False
        self._send(reply)
        now = self.factory.seconds()
        if now >= self._active_until:
            self._active_until = now + self.factory.idle_slack
            self.factory.active(self, self.factory.idle_slack)
        return True

    def _known_batch(self, data: bytes) -> bytes | None:
        """The replies to a short chunk of lines that were all answered within this second, or None."""
        scheduler = self.factory.scheduler
        if len(data) > SHORT or scheduler.exhausted:
            return None
        if data.count(b"\n") < 2:
            return None
        *lines, rest = data.split(b"\r\n" if data.endswith(b"\r\n") else b"\n")
        replies = None if rest else self._session.known_replies(lines)
        if replies is None:
            return None
        scheduler.charge(len(data) * KNOWN_TIME)
        return b"\r\n".join([*replies, b""])

    def _answer(self, lines: Iterable[bytes]) -> float:
        """Answer lines for at most one time slice; return the seconds that it took."""
        if self._closed or self.paused:
            return 0.0
        seconds: Callable[[], float] = self.factory.scheduler.clock.seconds
        start = now = seconds()
        replies: list[bytes] = []
        reply, size = None, 0
        unread, wait = len(self._lines), None
        cpu_start = None if self._allowance is None else self.factory.scheduler.cpu_time()
        try:
            for reply in self._replies(lines):
                replies.append(reply)
                if self._session.ended:
                    break
                size += len(reply)
                now = seconds()
                if size >= FLUSH_SIZE:
                    size = 0
                    self._write(replies)
                    if self.paused:
                        break
                if now - start >= TIME_SLICE:
                    wait = 0.0
                    break
        except Exception:
            self.factory.failures.log(Failure())
            self._write(replies)
            self.close_with_error(ErrorKind.INTERNAL)
        self._write(replies)
        if self._session.ended:
            self._close()
        elif reply is not None and not self._closed:
            self.factory.active(self)
            self._active_until = 0.0
        if cpu_start is not None or now - start > CHARGED_FROM:
            wait = self._charge(now - start, cpu_start, unread - len(self._lines), now) or wait
        if wait is not None:
            self._enqueue(wait)
        elif self._telnet is None and not (self._closed or self.paused):
            self._at_rest = self._lines.is_between_lines
        return now - start

    def _replies(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The replies to lines, lazily."""
        if self._telnet is not None:
            return map(self._session.answer, map(edited, lines))
        replies = map(self._session.answer, lines)
        return chain(self._known_windows(), replies) if len(self._lines) > SHORT else replies

    def _known_windows(self) -> Iterator[bytes]:
        """The replies to pending lines, many at once, as long as all of them are known."""
        while len(self._lines):
            lines, end = self._lines.window()
            if lines and lines[0].endswith(b"\r"):
                lines = [line.removesuffix(b"\r") for line in lines]
            known = self._session.known_replies(lines)
            if not known:
                break
            self._lines.skip(end)
            yield b"\r\n".join(known)

    def _charge(self, seconds: float, cpu_start: float | None, size: int, now: float) -> float:
        """Charge the peer for input that took long; return the seconds for which it has to wait.

        To measure processor time costs a system call. So the first time that input takes long, the time on
        the clock counts, and after that processor time, which does not grow on a busy machine.
        """
        if cpu_start is not None:
            seconds = self.factory.scheduler.cpu_time() - cpu_start
        allowance = self._allowance or Allowance(now)
        wait = allowance.charge(seconds, size * self.factory.scheduler.slowness, now)
        self._allowance = None if allowance.is_full else allowance
        return wait

    def _enqueue(self, delay: float = 0.0) -> None:
        if not self._closed:
            self._queued = True
            self._connection.pause()
            self.factory.scheduler.enqueue(self._resume_queued, delay)

    def _resume_queued(self) -> None:
        self._queued = False
        if not self.paused:
            self._continue()

    def _continue(self) -> None:
        """Answer the pending lines, then resume reading."""
        self._answer(self._lines)
        if self._closed or self._queued or self.paused:
            return
        if self._half_closed:
            self._answer_last_line()
        else:
            self._connection.resume()

    def _answer_last_line(self) -> None:
        if self._telnet is not None:
            self._lines.feed(self._telnet.rest())
        line = self._lines.flush()
        if line is not None:
            self.lineReceived(line)
        self._close()

    def _write(self, replies: list[bytes]) -> None:
        """Write all replies of a list, and clear it."""
        if replies:
            replies.append(b"")
            self._send(b"\r\n".join(replies))
            replies.clear()

    def _send(self, data: bytes) -> None:
        self.factory.bytes_sent += len(data)
        self._connection.write(data)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._at_rest = False
            self._lines.clear()
            self._closing = GracefulClose(self._connection, self.factory.close_timeouts)
            self._closing.begin(self._half_closed)
