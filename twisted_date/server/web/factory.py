"""All connections of a web endpoint: bounds them, answers their requests, and shuts down gracefully."""

from collections import Counter
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from ...network.failures import FailureLog
from ...network.timeouts import Timeouts
from ..factory import DateFactory
from ..limits import host_of
from .channel import WebRequest
from .connection import REQUEST_TIME, WebConnection
from .errors import RequestRefused, WebError
from .exchange import Head, Site, Upgrade
from .responses import METHODS, Response, refusal
from .target import parse_target

if TYPE_CHECKING:
    from .chat import ChatProtocol

PING_INTERVAL = 30.0  # seconds: proxies close connections that are silent for a minute
MAX_WAITING = 128  # connections without a complete request; one more closes one of the host with the most
# Of what another page asks first, the browser wants to know whether it may.
_PREFLIGHT = (
    ("Allow", METHODS),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "*"),
)


class WebFactory(Factory):
    """Builds the protocol of each connection of a browser or another HTTP client.

    :param server: its sessions and limits are those of the conversations over TCP.
    :param site: answers the requests.
    """

    noisy = False

    def __init__(self, server: DateFactory, site: Site) -> None:
        self.server = server
        self.responses: Counter[int] = Counter()  #: Responses by their status.
        self.stopping = False
        self._site = site
        clock = server.scheduler.clock
        self._failures = FailureLog(clock, "A request failed; closing the connection")
        self._timeouts: Timeouts[WebConnection] = Timeouts(clock, REQUEST_TIME, WebConnection.timed_out)
        self._pings: Timeouts[ChatProtocol] = Timeouts(clock, PING_INTERVAL, self._ping)
        self._waiting: dict[WebConnection, bytes | None] = {}  # the host of each, oldest first
        self._open: set[WebConnection] = set()
        self._closed: Deferred[None] | None = None
        self._timer: IDelayedCall | None = None

    def doStart(self) -> None:
        super().doStart()
        self.stopping = False

    def buildProtocol(self, addr: IAddress | None) -> WebConnection:  # type: ignore[override]  # narrower than in Twisted
        connection = WebConnection(addr)
        connection.factory = self
        self._open.add(connection)
        return connection

    def waiting(self, connection: WebConnection) -> None:
        """Start the time for a request; close another connection when too many have none."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = host_of(connection.address)
        self._timeouts.reset(connection)
        if len(self._waiting) > MAX_WAITING:
            ((most, _),) = Counter(self._waiting.values()).most_common(1)
            oldest = next(other for other, host in self._waiting.items() if host == most)
            self.not_waiting(oldest)
            oldest.abort()

    def not_waiting(self, connection: WebConnection) -> None:
        """Stop the time for a request: it is complete, or the connection is being closed."""
        self._waiting.pop(connection, None)
        self._timeouts.cancel(connection)

    def disconnected(self, connection: WebConnection) -> None:
        """Forget a connection that is gone, or has become a WebSocket."""
        self.not_waiting(connection)
        self._open.discard(connection)
        if not self._open and self._closed is not None:
            closed, self._closed = self._closed, None
            if self._timer is not None and self._timer.active():
                self._timer.cancel()
            closed.callback(None)

    def serve(self, connection: WebConnection, request: WebRequest) -> None:
        """Answer a request."""
        try:
            response = self._respond(connection, request)
        except Exception:
            self._failures.log(Failure())
            response = self._closing_refusal(RequestRefused(WebError.INTERNAL))
        if isinstance(response, Upgrade):
            self._upgrade(connection, response)
        else:
            self.responses[response.status] += 1
            request.respond(response)

    def early_refusal(self, error: RequestRefused) -> Response:
        """The response to a request that is refused before it is complete; the connection is closed."""
        self.responses[error.kind.status] += 1
        return self._closing_refusal(error)

    def shut_down(self, drain: float) -> Deferred[None]:
        """Close the connections that have no request under way, and the others after their response.

        WebSockets are sessions of the server, which shuts them down.

        :param drain: seconds until the connections that are left are aborted.
        """
        self.stopping = True
        closed: Deferred[None] = Deferred()
        for connection in [connection for connection in self._open if connection.is_idle]:
            connection.loseConnection()
        if self._open:
            self._closed = closed
            self._timer = self.server.scheduler.clock.callLater(drain, self.abort_all)
        else:
            closed.callback(None)
        return closed

    def abort_all(self) -> None:
        """Abort every connection but the WebSockets."""
        for connection in list(self._open):
            connection.abort()

    def _closing_refusal(self, error: RequestRefused) -> Response:
        return refusal(error, self.server.defaults.language, as_json=False, closing=True)

    def _respond(self, connection: WebConnection, request: WebRequest) -> Response | Upgrade:
        """The response to a request, an error included."""
        language, as_json = self.server.defaults.language, False
        try:
            _check_version_and_host(request)
            method = request.method.decode("latin-1")
            if method == "OPTIONS":
                return Response(b"", fields=_PREFLIGHT)
            target = parse_target(request.uri)
            head = Head(method, target, request.field, connection.address)
            language, as_json = head.known_language or language, head.wants_json
            if method not in ("GET", "HEAD"):
                raise RequestRefused(WebError.METHOD_NOT_ALLOWED)
            return self._site.respond(head)
        except UnicodeDecodeError:
            return refusal(RequestRefused(WebError.NOT_UTF8), language, as_json)
        except RequestRefused as error:
            return refusal(error, language, as_json)

    def _upgrade(self, connection: WebConnection, upgrade: Upgrade) -> None:
        chat = upgrade.protocol(connection.connection)
        chat.factory = self.server
        self.server.opened(chat, connection.address)
        self.disconnected(connection)
        self.responses[101] += 1
        connection.upgrade(chat, upgrade.handshake)
        self._pings.reset(chat)

    def _ping(self, chat: "ChatProtocol") -> None:
        if chat.ping():
            self._pings.reset(chat)


def _check_version_and_host(request: WebRequest) -> None:
    """Refuse what HTTP/1.1 forbids, and Twisted lets pass (RFC 9112, section 3.2).

    :raises RequestRefused: when the request has another version, or not one host.
    """
    if request.clientproto not in (b"HTTP/1.0", b"HTTP/1.1"):
        raise RequestRefused(WebError.BAD_REQUEST)
    hosts = request.requestHeaders.getRawHeaders(b"Host", [])
    if len(hosts) > 1 or (not hosts and request.clientproto == b"HTTP/1.1"):
        raise RequestRefused(WebError.BAD_HOST)
