"""HTTP and WebSocket over real sockets."""

import contextlib
import gc
import http.client
import struct
import weakref

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from tests.helpers import NOW, make_defaults
from tests.loopback import are_gone, connect_to, serving
from tests.websocket import CLOSE, TEXT, frame, frames
from twisted_date.endpoints.ports import addresses_of
from twisted_date.server.factory import DateFactory
from twisted_date.server.web.date_site import DateSite
from twisted_date.server.web.factory import WebFactory
from twisted_date.server.web.policy import Policy

HEAD = b"GET /date HTTP/1.1\r\nHost: localhost\r\n"
HANDSHAKE = (
    b"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PROXY_HEADER = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"
ENDPOINTS = {
    "plain": ("tcp:0:interface=127.0.0.1", False, b""),
    "tls": ("ssl:0:interface=127.0.0.1:privateKey={path}", True, b""),
    "proxy": ("proxy:tcp:0:interface=127.0.0.1", False, PROXY_HEADER),
    "proxy-tls": ("proxy:ssl:0:interface=127.0.0.1:privateKey={path}", True, PROXY_HEADER),
}


def web_factory():
    server = DateFactory(make_defaults(), reactor)
    return WebFactory(server, DateSite(server, Policy()))


def receive(connection, end):
    """Receive until the data ends so, or the connection is closed."""
    data = b""
    while not data.endswith(end):
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    return data


def converse(connection):
    """Ask by GET and by WebSocket on one connection; return the frames of the replies."""
    connection.sendall(HEAD + b"\r\n")
    assert receive(connection, f"{NOW}\n".encode()).startswith(b"HTTP/1.1 200 OK")
    connection.sendall(HANDSHAKE)
    assert receive(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
    connection.sendall(frame(b"/date") + frame(b"au revoir") + frame(b"/date"))
    return frames(receive(connection, struct.pack("!H", 1000)))


@pytest.mark.parametrize("kind", ENDPOINTS)
@ensureDeferred
async def test_conversation_after_a_request_on_one_connection(certificate, kind):
    description, tls, header = ENDPOINTS[kind]
    factory = web_factory()
    endpoint = serverFromString(reactor, description.format(path=certificate))
    async with serving(endpoint, factory) as port:
        (address,) = addresses_of(port)
        connection = await deferToThread(connect_to, address, tls, header)
        with contextlib.closing(connection):
            replies = await deferToThread(converse, connection)
        assert replies == [
            (TEXT, NOW.encode()),
            (TEXT, b"Goodbye. The connection is closed."),
            (CLOSE, struct.pack("!H", 1000)),
        ]


@ensureDeferred
async def test_twisted_client_converses():
    websocket = pytest.importorskip("twisted.web.websocket", reason="Twisted before 25.5 has no WebSocket")
    replies: Deferred[list[str]] = Deferred()

    class Client:
        def buildProtocol(self, url):
            return self

        def negotiationStarted(self, transport):
            self.transport = transport
            self.received = []

        def negotiationFinished(self):
            for line in ("/date", "/zone Tokyo", "/quit"):
                self.transport.sendTextMessage(line)

        def textMessageReceived(self, message):
            self.received.append(message)

        def bytesMessageReceived(self, data):
            raise AssertionError("replies are text")

        def pongReceived(self, payload):
            raise AssertionError("nobody pinged")

        def connectionLost(self, reason):
            replies.callback(self.received)

    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), web_factory()) as port:
        (address,) = addresses_of(port)
        url = f"ws://127.0.0.1:{address.port}/chat"
        await Deferred.fromCoroutine(websocket.WebSocketClientEndpoint.new(reactor, url).connect(Client()))
        assert await replies == [
            NOW,
            "The zone is Asia/Tokyo from now on.",
            "Goodbye. The connection is closed.",
        ]


@ensureDeferred
async def test_large_body_is_refused_and_the_response_arrives():
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), web_factory()) as port:
        (address,) = addresses_of(port)

        def post():
            connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
            with contextlib.closing(connection):
                connection.request("POST", "/date", b"x" * 3_000_000)
                return connection.getresponse().read()

        assert await deferToThread(post) == b"error: a request needs no body here; send none\n"


LEAVING = {
    "silent": b"",
    "part of a head": b"GET /da",
    "part of a body": HEAD + b"Content-Length: 10\r\n\r\nabc",
    "part of a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "request": HEAD + b"\r\n",
    "refused request": b"GET\r\n",
    "closed request": HEAD + b"Connection: close\r\n\r\n",
    "many requests": (HEAD + b"\r\n") * 50,
    "websocket": HANDSHAKE,
    "message": HANDSHAKE + frame(b"/date"),
    "part of a message": HANDSHAKE + frame(b"/date", fin=False),
    "farewell": HANDSHAKE + frame(b"/quit"),
    "broken rules": HANDSHAKE + frame(b"", 3),
}


@pytest.mark.parametrize("kind", ["plain", "proxy-tls"])  # the least and the most that can leak
@pytest.mark.parametrize("sent", LEAVING.values(), ids=LEAVING)
@ensureDeferred
async def test_old_connection_is_freed(certificate, kind, sent):
    """Without a full garbage collection, which the server disables."""
    description, tls, header = ENDPOINTS[kind]
    factory = web_factory()
    made = []
    build = factory.buildProtocol
    factory.buildProtocol = lambda address: made.append(build(address)) or made[-1]
    endpoint = serverFromString(reactor, description.format(path=certificate))
    async with serving(endpoint, factory) as port:
        (address,) = addresses_of(port)
        connection = await deferToThread(connect_to, address, tls, header)
        while not made:
            await deferLater(reactor, 0.01)
        references = [weakref.ref(made[0]), weakref.ref(made[0]._channel)]
        made.clear()
        gc.collect(1)  # moves the connection to the oldest generation
        await deferToThread(connection.sendall, sent)
        await deferLater(reactor, 0.05)
        connection.close()
        assert await are_gone(*references)
        assert (len(factory._open), len(factory._waiting), factory.server.open_sessions) == (0, 0, 0)
