"""The client's side of the wire: a connected server that can be asked.

::

    client = await connect(TCP4ClientEndpoint(reactor, "127.0.0.1", 50000), reactor)
    reply = await client.ask("/date")
    await client.close()
"""

import re
from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from ..client.errors import SPEAKS_OTHERWISE
from ..conversation.replies import INTERNAL, MAX_REPLY, Reply, parse_json, parse_text
from ..conversation.text import split_command
from ..i18n.messages import Sentence
from .errors import ConnectionClosed, ReplyTimeout, ServerBusy, ServerError, WrongServer

OTHER_CERTIFICATE = Sentence(
    "the certificate of what answers there is another host's; --host names the host it is for"
)
NOT_TRUSTED = Sentence(
    "its certificate is not trusted; SSL_CERT_FILE can name a file of certificates that are"
)
NO_TLS_THERE = Sentence(
    "no TLS with what answers there ({reason}); leave out --tls where the server speaks plain"
)
CLOSED_AT_ONCE = Sentence(
    "what answers there closes the connection at once; --tls is for a server that speaks TLS"
)
CLOSED_BY_SERVER = Sentence("the server closed the connection")

DEFAULT_TIMEOUT = 10.0  # seconds for a reply: a thousand times what one takes, short for a person
CLOSING_GRACE = 1.0  # seconds that the last bytes may take to leave

_VERSION = re.compile(r"datechat \d+\.\d+\S*(?: |$)")

Parse = Callable[[bytes], Reply]


def json_switch(message: str) -> bool | None:
    """Whether a message asks the server for JSON (True) or for text (False); None when it asks neither."""
    name, argument = split_command(message) or ("", "")
    return {"": True, "on": True, "off": False}.get(argument.lower()) if name.lower() == "/json" else None


class DateClient(LineReceiver):
    """A connection to a server; :func:`connect` makes one.

    It speaks JSON, whatever the person sees: that tells a goodbye from a lost connection.

    :param clock: for the time that a reply may take.
    :param timeout: seconds for each reply.
    """

    transport: Any  # an ITCPTransport
    delimiter = b"\n"
    MAX_LENGTH = MAX_REPLY + 1  # LineReceiver counts the CR of a CRLF

    def __init__(self, clock: IReactorTime, timeout: float = DEFAULT_TIMEOUT) -> None:
        self.server = ""  #: What it calls itself, as in ``datechat 0.1.0``.
        self._clock = clock
        self._timeout = timeout
        self._waiting: deque[tuple[Parse, Deferred[Reply]]] = deque()
        self._close_reason: ServerError | None = None
        self._on_closed: list[Deferred[None]] = []

    async def handshake(self) -> None:
        """Make sure that the other side is datechat, and have it reply in JSON.

        :raises ServerError: it is something else, silent, or leaves. The connection is closed.
        """
        asked = self._send("/version", parse_text)
        in_json = self._send("/json on", parse_json)
        in_json.addErrback(lambda _: None)  # why is kept in self._ended
        try:
            version = await asked
        except ConnectionClosed as error:
            if error.sentence == CLOSED_BY_SERVER:
                raise WrongServer(CLOSED_AT_ONCE) from None
            raise
        if version.error is not None and version.text.startswith("datechat "):
            raise self._end(ServerBusy(version.text))
        if version.error is not None or not _VERSION.match(version.text):
            raise self._end(WrongServer(Sentence("what answers there is not datechat")))
        await in_json
        if self._close_reason is not None:
            raise self._close_reason
        self.server = version.text

    def ask(self, message: str) -> Deferred[Reply]:
        """Send a message. Replies come in the order of the messages.

        :param message: one line, without its ending.
        :return: fires with the reply, also when that is an error; fails with :class:`ServerError` when there
            is none, and the connection is closed then.
        :raises ValueError: the message holds a line feed, or cannot be UTF-8.
        """
        if "\n" in message:
            raise ValueError("a message is one line; ask line by line")
        if json_switch(message) is not False:
            return self._send(message, parse_json)
        reply = self._send(message, parse_text)
        self._send("/json on", parse_json).addErrback(lambda _: None)
        return reply

    async def close(self) -> None:
        """Close the connection and wait until it is closed; what was not answered fails."""
        closed = self.when_closed()
        self._end(ConnectionClosed(Sentence("the connection was closed")))
        abort = self._clock.callLater(CLOSING_GRACE, self.transport.abortConnection)
        await closed
        if abort.active():
            abort.cancel()

    @property
    def close_reason(self) -> ServerError | None:
        """Why there is no conversation any more; None while there is one."""
        return self._close_reason

    def when_closed(self) -> Deferred[None]:
        """Fires when the connection is gone, whoever closed it. Can be cancelled."""
        closed: Deferred[None] = Deferred(self._on_closed.remove)
        if self.connected:
            self._on_closed.append(closed)
        else:
            closed.callback(None)
        return closed

    def lineReceived(self, line: bytes) -> None:
        parse, waiting = self._waiting.popleft() if self._waiting else (parse_json, None)
        try:
            reply = parse(line.removesuffix(b"\r"))
        except ValueError:
            self._end(WrongServer(SPEAKS_OTHERWISE), waiting)
            return
        if reply.closing and (waiting is None or reply.error not in (None, INTERNAL)):
            self._end(_dismissal(reply), waiting)
        elif waiting is None:
            self._end(WrongServer(SPEAKS_OTHERWISE))
        elif reply.closing:
            self._end(ConnectionClosed(Sentence("the conversation has ended")))
        if waiting is not None and not waiting.called:
            waiting.callback(reply)

    def lineLengthExceeded(self, line: bytes) -> None:
        self._end(WrongServer(Sentence("what answers there sends longer lines than datechat does")))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._end(_why_lost(reason))
        self.connected = 0
        on_closed, self._on_closed = self._on_closed, []
        for closed in on_closed:
            closed.callback(None)

    def _send(self, message: str, parse: Parse) -> Deferred[Reply]:
        line = message.encode(errors="surrogateescape") + b"\r\n"
        reply: Deferred[Reply] = Deferred()
        if self._close_reason is not None:
            reply.errback(self._close_reason)
            return reply
        self._waiting.append((parse, reply))
        self.transport.write(line)
        return reply.addTimeout(self._timeout, self._clock, self._too_late)

    def _too_late(self, result: object, timeout: float) -> Any:
        return Failure(
            self._end(ReplyTimeout(Sentence("no reply came within {seconds:g} seconds"), seconds=timeout))
        )

    def _end(self, error: ServerError, *more: Deferred[Reply] | None) -> ServerError:
        """Take the first reason as the reason, hang up, and fail whatever still waits."""
        if self._close_reason is None:
            self._close_reason = error
        self.transport.loseConnection()
        waiting = [*more, *(reply for _, reply in self._waiting)]
        self._waiting.clear()
        for reply in waiting:
            if reply is not None and not reply.called:
                reply.errback(self._close_reason)
        return self._close_reason


def _dismissal(reply: Reply) -> ConnectionClosed:
    """The server's own reason to close the connection, which answers nothing."""
    dismissal = ConnectionClosed(reply.text)
    dismissal.code = reply.error
    return dismissal


def _why_lost(reason: Failure) -> ServerError:
    if reason.check(error.ConnectionClosed):
        return ConnectionClosed(CLOSED_BY_SERVER)
    # By name, for neither library is there without the extra for TLS
    if reason.check("service_identity.exceptions.VerificationError"):
        return WrongServer(OTHER_CERTIFICATE)
    if reason.check("OpenSSL.SSL.Error"):
        why = _openssl_reason(reason.value)
        return WrongServer(NOT_TRUSTED if "verify" in why else NO_TLS_THERE, reason=why)
    return ConnectionClosed(Sentence("the connection was lost: {reason}"), reason=reason.getErrorMessage())


def _openssl_reason(error: Any) -> str:
    """What OpenSSL says, of the tuples of library, function and reason in its errors."""
    reasons = [str(entry[-1]) for entries in error.args if isinstance(entries, list) for entry in entries]
    return ", ".join(reasons) or str(error)
