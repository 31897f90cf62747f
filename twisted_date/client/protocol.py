"""The client's side of the protocol: sends messages and matches replies to them.

::

    client = await open_endpoint(TCP4ClientEndpoint(reactor, "127.0.0.1", 50000), reactor)
    reply = await client.ask("/date")
    await client.close()
"""

import re
from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IHandshakeListener, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from ..conversation.replies import INTERNAL, MAX_REPLY, Reply, parse_json, parse_text
from ..conversation.text import split_command
from ..endpoints.tls_client import CLOSED_AT_ONCE, NO_HOST, handshake_error, has_hosts
from ..i18n.messages import Sentence
from ..network.connection import abort, guard_tls
from .errors import INVALID_REPLY, ConnectionClosed, ReplyTimeout, ServerBusy, ServerError, WrongServer

OTHER_CERTIFICATE = Sentence("the certificate of what answers there is another host's")
NO_REPLY = Sentence("no reply came within {seconds:g} seconds")
CLOSED_BY_SERVER = Sentence("the server closed the connection")

DEFAULT_TIMEOUT = 10.0  # seconds for a reply: a thousand times the usual, and short for a person
CLOSING_GRACE = 1.0  # seconds to send the last bytes before the connection is aborted

_VERSION = re.compile(r"datechat \d+\.\d+\S*(?: |$)")

# By name: without the tls extra, neither this library nor OpenSSL is installed.
_IDENTITY_ERRORS = (
    "service_identity.exceptions.VerificationError",
    "service_identity.exceptions.CertificateError",
)

Parse = Callable[[bytes], Reply]


def json_switch(message: str) -> bool | None:
    """Whether a message switches replies to JSON (True) or to text (False); None if it does neither."""
    name, argument = split_command(message) or ("", "")
    return {"": True, "on": True, "off": False}.get(argument.lower()) if name.lower() == "/json" else None


@implementer(IHandshakeListener)
class DateClient(LineReceiver):
    """A connection to a server; :func:`.open_endpoint` makes one.

    It asks for JSON even if a person reads text: only JSON marks the reply after which the server closes
    the connection.

    :param clock: a reactor, for the timeouts.
    :param timeout: seconds for each reply.
    :param check_host: whether to close the connection, before anything is sent, when the certificate of a TLS
        peer names no host: Twisted's ``tls:`` and ``ssl:`` accept that for any host.
    :ivar server: the server's name and version, as in ``datechat 0.1.0``; empty before the handshake.
    """

    transport: Any  # an ITCPTransport
    delimiter = b"\n"
    MAX_LENGTH = MAX_REPLY + 1  # LineReceiver counts the CR of a CRLF

    def __init__(
        self, clock: IReactorTime, timeout: float = DEFAULT_TIMEOUT, check_host: bool = False
    ) -> None:
        self._check_host = check_host
        self.server = ""
        self._clock = clock
        self._timeout = timeout
        self._pending: deque[tuple[Parse, Deferred[Reply]]] = deque()
        self._close_reason: ServerError | None = None
        self._aborting: IDelayedCall | None = None
        self._on_closed: list[Deferred[None]] = []

    async def handshake(self) -> None:
        """Verify that the peer is a datechat server, and switch its replies to JSON.

        :raises ServerError: when the peer is not datechat, refuses the conversation, does not reply in time
            or closes the connection. The connection is closed then.
        """
        version_reply = self._send("/version", parse_text)
        json_reply = self._send("/json on", parse_json)
        json_reply.addErrback(lambda _: None)  # _close_reason keeps the error
        try:
            version = await version_reply
        except ConnectionClosed as error:
            if error.sentence == CLOSED_BY_SERVER:
                raise WrongServer(CLOSED_AT_ONCE) from None
            raise
        if version.error is not None and version.text.startswith("datechat "):
            raise self._fail(ServerBusy(version.text))
        if version.error is not None or not _VERSION.match(version.text):
            raise self._fail(WrongServer(Sentence("what answers there is not datechat")))
        await json_reply
        if self._close_reason is not None:
            raise self._close_reason
        self.server = version.text

    def ask(self, message: str) -> Deferred[Reply]:
        """Send a message. Replies arrive in the order of the messages.

        :param message: one line, without its ending. Lone surrogates stand for bytes that are not UTF-8, as
            with ``surrogateescape``.
        :return: fires with the reply, even if it is an error. Fails with :class:`ServerError` when no valid
            reply arrives; the connection is closed then.
        :raises ValueError: when the message contains a line feed, or cannot be encoded.
        """
        if "\n" in message:
            raise ValueError("a message is one line; ask line by line")
        if json_switch(message) is not False:
            return self._send(message, parse_json)
        reply = self._send(message, parse_text)
        self._send("/json on", parse_json).addErrback(lambda _: None)
        return reply

    async def close(self) -> None:
        """Close the connection and wait until it is closed; pending requests fail."""
        closed = self.when_closed()
        self._fail(ConnectionClosed(Sentence("the connection was closed")))
        await closed

    @property
    def close_reason(self) -> ServerError | None:
        """The error with which the conversation ended; None while it lasts."""
        return self._close_reason

    def when_closed(self) -> Deferred[None]:
        """Return a Deferred that fires when the connection is closed by either side. Can be cancelled."""
        closed: Deferred[None] = Deferred(self._on_closed.remove)
        if self.connected:
            self._on_closed.append(closed)
        else:
            closed.callback(None)
        return closed

    def connectionMade(self) -> None:
        guard_tls(self.transport)

    def handshakeCompleted(self) -> None:
        if self._check_host and not has_hosts(self.transport):
            abort(self.transport)
            self._fail(WrongServer(NO_HOST))

    def lineReceived(self, line: bytes) -> None:
        parse, request = self._pending.popleft() if self._pending else (parse_json, None)
        try:
            reply = parse(line.removesuffix(b"\r"))
        except ValueError:
            self._fail(WrongServer(INVALID_REPLY), request)
            return
        if reply.closing and (request is None or reply.error not in (None, INTERNAL)):
            self._fail(_closing_error(reply), request)
        elif request is None:
            self._fail(WrongServer(INVALID_REPLY))
        elif reply.closing:
            self._fail(ConnectionClosed(Sentence("the conversation has ended")))
        if request is not None and not request.called:
            request.callback(reply)

    def lineLengthExceeded(self, line: bytes) -> None:
        self._fail(WrongServer(Sentence("what answers there sends longer lines than datechat does")))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.connected = 0
        if self._aborting is not None and self._aborting.active():
            self._aborting.cancel()
        self._fail(connection_error(reason))
        on_closed, self._on_closed = self._on_closed, []
        for closed in on_closed:
            closed.callback(None)

    def _send(self, message: str, parse: Parse) -> Deferred[Reply]:
        line = message.encode(errors="surrogateescape") + b"\r\n"
        reply: Deferred[Reply] = Deferred()
        if self._close_reason is not None:
            reply.errback(self._close_reason)
            return reply
        self._pending.append((parse, reply))
        self.transport.write(line)
        return reply.addTimeout(self._timeout, self._clock, self._reply_timeout)

    def _reply_timeout(self, result: object, timeout: float) -> Any:
        return Failure(self._fail(ReplyTimeout(NO_REPLY, seconds=timeout)))

    def _fail(self, error: ServerError, *more: Deferred[Reply] | None) -> ServerError:
        """Keep the first error, close the connection, and fail all pending requests."""
        if self._close_reason is None:
            self._close_reason = error
        self.transport.loseConnection()
        if self.connected and self._aborting is None:  # TLS waits for a peer that may never answer
            self._aborting = self._clock.callLater(CLOSING_GRACE, abort, self.transport)
        requests = [*more, *(request for _, request in self._pending)]
        self._pending.clear()
        for request in requests:
            if request is not None and not request.called:
                request.errback(self._close_reason)
        return self._close_reason


def _closing_error(reply: Reply) -> ConnectionClosed:
    """Return the error with which the server closes the connection; it is no reply to a request."""
    closing_error = ConnectionClosed(reply.text)
    closing_error.code = reply.error
    return closing_error


def connection_error(reason: Failure) -> ServerError:
    """The error for a connection that was lost, or that TLS refused."""
    if reason.check(error.ConnectionClosed):
        return ConnectionClosed(CLOSED_BY_SERVER)
    if reason.check(*_IDENTITY_ERRORS):
        return WrongServer(OTHER_CERTIFICATE)
    if reason.check("OpenSSL.SSL.Error"):
        failed = handshake_error(reason.value)
        return WrongServer(failed.sentence, **failed.values)
    return ConnectionClosed(Sentence("the connection was lost: {reason}"), reason=reason.getErrorMessage())
