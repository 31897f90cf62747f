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
from ..conversation.replies import Reply
from ..conversation.session import MAX_LINE, Session

CLOSING_GRACE = 5.0  # seconds that a peer may take to read its last reply before it is cut off


@implementer(IHalfCloseableProtocol)
class DateProtocol(LineReceiver):
    """One connection: each line gets one reply line, in order, however the bytes are cut up.

    Half-closing is how ``nc -N`` says that it has asked everything: what came before is answered first.

    :param session: answers the lines.
    :param clock: for the time that a closing connection may take.
    :param lost: called with this protocol when the connection is gone.
    """

    transport: Any  # an ITCPTransport that is an IConsumer too: what TCP and TLS give
    delimiter = b"\n"
    MAX_LENGTH = MAX_LINE + 1  # LineReceiver counts the CR of a CRLF

    def __init__(
        self, session: Session, clock: IReactorTime, lost: "Callable[[DateProtocol], object]"
    ) -> None:
        self._session = session
        self._clock = clock
        self._lost = lost
        self._overlong = b""
        self._half_closed = False
        self._closing: IDelayedCall | None = None

    def connectionMade(self) -> None:
        # A peer that asks and does not read is not read from either: LineReceiver is the producer.
        self.transport.registerProducer(self, True)

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        # LineReceiver leaves its loop at a line that is too long; go on behind that line.
        while self._overlong and self._closing is None:
            rest, self._overlong = self._overlong, b""
            self.setRawMode()
            super().dataReceived(rest)

    def lineReceived(self, line: bytes) -> None:
        self._answer(line.removesuffix(b"\r"))

    def lineLengthExceeded(self, line: bytes) -> None:
        self._overlong = line
        self._answer(line[: MAX_LINE + 1])

    def rawDataReceived(self, data: bytes) -> None:
        _, newline, rest = data.partition(b"\n")
        if newline:
            self.setLineMode(rest)

    def resumeProducing(self) -> None:
        super().resumeProducing()
        if self._half_closed:
            self._answer_last_line()

    def readConnectionLost(self) -> None:
        self._half_closed = True
        self._answer_last_line()

    def writeConnectionLost(self) -> None:
        """Nothing to do: a peer that cannot be written to is lost."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._closing is not None and self._closing.active():
            self._closing.cancel()
        self._lost(self)

    def stop(self) -> None:
        """Tell the peer that the server is stopping, and close."""
        if self._closing is None:
            self._send(self._session.dismiss(errors.STOPPING))

    def abort(self) -> None:
        """Cut the connection off, sent or not."""
        self.transport.abortConnection()

    def _answer(self, line: bytes) -> None:
        try:
            reply = self._session.reply_to(line)
        except Exception:
            _log.failure("A session failed on a line and is closed.")
            reply = self._session.dismiss(errors.INTERNAL)
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.transport.write(self._session.encode(reply) + b"\r\n")
        if reply.closing:
            self._close()

    def _answer_last_line(self) -> None:
        if self.paused or self._closing is not None:
            return
        line = self.clearLineBuffer()
        if line and self.line_mode:
            self.lineReceived(line)
        self._close()

    def _close(self) -> None:
        if self._closing is None:
            # A paused transport would wait for ever for the producer to go on.
            self.transport.unregisterProducer()
            self.transport.loseConnection()
            self._closing = self._clock.callLater(CLOSING_GRACE, self.abort)


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
        self._emptied: Deferred[None] | None = None

    def buildProtocol(self, addr: IAddress | None) -> DateProtocol:
        protocol = DateProtocol(self._new_session(), self._clock, self._forget)
        protocol.factory = self
        self._open.add(protocol)
        return protocol

    def close_sessions(self, drain: float) -> Deferred[None]:
        """Tell every peer that the server is stopping, and close.

        :param drain: seconds after which a peer that has not read its reply is cut off.
        :return: fires when every session is gone.
        """
        emptied: Deferred[None] = Deferred()
        if not self._open:
            emptied.callback(None)
            return emptied
        self._emptied = emptied
        cut_off = self._clock.callLater(drain, self._abort_sessions)
        for protocol in list(self._open):
            protocol.stop()
        return emptied.addCallback(lambda _: cut_off.cancel() if cut_off.active() else None)

    def _abort_sessions(self) -> None:
        for protocol in list(self._open):
            protocol.abort()

    def _forget(self, protocol: DateProtocol) -> None:
        self._open.discard(protocol)
        if self._emptied is not None and not self._open:
            emptied, self._emptied = self._emptied, None
            emptied.callback(None)


_log = Logger()
