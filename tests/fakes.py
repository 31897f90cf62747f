"""Fakes for Twisted's parts: recording transports, and ports and endpoints without sockets."""

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectError, ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol, IListeningPort
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.python.failure import Failure
from zope.interface import implementer

from tests.helpers import make_defaults
from twisted_date.client.protocol import DateClient
from twisted_date.server.factory import DateFactory
from twisted_date.server.limits import Limits


class Transport(StringTransportWithDisconnection):
    """A recording transport that closes at :meth:`finish`; set ``dataBuffer`` to pretend unsent bytes."""

    aborted = False
    dataBuffer = b""  # written bytes that a real transport still buffers
    half_closed = False

    def loseWriteConnection(self):
        self.half_closed = True

    def loseConnection(self):
        self.disconnecting = True

    def abortConnection(self):
        self.aborted = True
        self.finish()

    def finish(self):
        """Close the connection, as a socket does at the end of an iteration."""
        if self.connected:
            self.connected = False
            self.protocol.connectionLost(Failure(ConnectionDone()))

    def lines(self):
        """The lines written so far, without their CRLF."""
        written = self.value()
        assert not written or written.endswith(b"\r\n"), written
        return written.decode().split("\r\n")[:-1]


def connect_protocol(protocol):
    transport = Transport(
        hostAddress=IPv4Address("TCP", "127.0.0.1", 50000),
        peerAddress=IPv4Address("TCP", "127.0.0.1", 40000),
    )
    transport.protocol = protocol
    protocol.makeConnection(transport)
    return transport


class ServerSide:
    """A server's protocol on a fake transport, with its factory and clock."""

    def __init__(self, new_session=None, **limits):
        self.clock = Clock()
        self.factory = DateFactory(make_defaults(), self.clock, Limits(**limits))
        if new_session is not None:
            self.factory.new_session = new_session
        self.protocol, self.transport = self.connect()

    def connect(self, address=None):
        """Open another connection; return its protocol and its transport."""
        protocol = self.factory.buildProtocol(address)
        return protocol, connect_protocol(protocol)

    def receive(self, data):
        """Pass bytes to the server; return the lines that it writes in reply."""
        self.transport.clear()
        self.protocol.dataReceived(data)
        return self.transport.lines()

    def half_close(self):
        IHalfCloseableProtocol(self.protocol).readConnectionLost()


class WebSide:
    """A connection of a browser on a fake transport, with the server and its clock.

    :param site: makes the site for a server; by default that of ``--web``.
    """

    def __init__(self, site=None, policy=None, **limits):
        # here, because wsproto is an extra
        from twisted_date.server.web.date_site import DateSite
        from twisted_date.server.web.factory import WebFactory
        from twisted_date.server.web.policy import Policy

        self.clock = Clock()
        self.server = DateFactory(make_defaults(), self.clock, Limits(**limits))
        self.site = site(self.server) if site else DateSite(self.server, policy or Policy())
        self.factory = WebFactory(self.server, self.site)
        self.transport = self.connect()

    def connect(self, host="127.0.0.1"):
        """Open another connection; return its transport."""
        return connect_protocol(self.factory.buildProtocol(IPv4Address("TCP", host, 40000)))

    def send(self, data):
        """Pass bytes to the server, let it answer, and return what it writes."""
        self.transport.clear()
        self.transport.protocol.dataReceived(data)
        self.clock.advance(0)
        return self.transport.value()

    def request(self, target="/", method="GET", version="HTTP/1.1", **fields):
        """Send a request; return the status, the header fields and the body of the response."""
        given = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in fields.items()}}
        lines = [f"{method} {target} {version}", *(f"{name}: {value}" for name, value in given.items())]
        return parse_response(self.send("\r\n".join([*lines, "", ""]).encode()))

    def get(self, target, **fields):
        """Send a request; return the status and the body of the response as text."""
        status, _, body = self.request(target, **fields)
        return status, body.decode().removesuffix("\n")

    def upgrade(self, target="/chat", **fields):
        """Open a WebSocket; return the status and the header fields."""
        handshake = {
            "Connection": "keep-alive, Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        return self.request(target, **handshake | fields)[:2]


def parse_response(data):
    """The status, the header fields and the body of an HTTP response."""
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


class ClientSide:
    """A client's protocol on a fake transport, with its clock."""

    def __init__(self, timeout=10.0):
        self.clock = Clock()
        self.client = DateClient(self.clock, timeout)
        self.transport = connect_protocol(self.client)

    def receive(self, *lines):
        self.client.dataReceived(b"".join(line.encode() + b"\r\n" for line in lines))

    def sent(self):
        """The lines sent since the last call."""
        lines = self.transport.lines()
        self.transport.clear()
        return lines


@implementer(IListeningPort)
class FakePort:
    """A port that listens on an address until it is stopped."""

    def __init__(self, address, port):
        self.listening = True
        kind = IPv6Address if ":" in address else IPv4Address
        self.host = kind("TCP", address, port)

    def startListening(self):
        self.listening = True

    def stopListening(self):
        self.listening = False
        return succeed(None)

    def getHost(self):
        return self.host


class FakeServerEndpoint:
    """An endpoint that counts how often it listens, and returns a fixed result."""

    def __init__(self, result):
        self.result = result
        self.listened = 0

    def listen(self, factory):
        self.listened += 1
        return self.result


class FakeClientEndpoint:
    """A client endpoint of a port that accepts, refuses, or is silent."""

    def __init__(self):
        self.connection = None
        self.transport = None
        self.tried = False

    def connect(self, factory):
        self.tried = True
        self.factory = factory
        self.connection = Deferred()
        return self.connection

    def refuse(self, error=None):
        self.connection.errback(error or ConnectError(111, "refused"))

    def accept(self, to_itself=False):
        here, there = IPv4Address("TCP", "127.0.0.1", 1), IPv4Address("TCP", "127.0.0.1", 2)
        self.protocol = self.factory.buildProtocol(None)
        self.transport = Transport(hostAddress=here, peerAddress=here if to_itself else there)
        self.transport.protocol = self.protocol
        self.protocol.makeConnection(self.transport)
        self.connection.callback(self.protocol)

    @property
    def aborted(self):
        return self.transport.aborted
