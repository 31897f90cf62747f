"""Both sides of TLS, without sockets: what a hostile peer can make of the handshake."""

import tempfile
from functools import lru_cache
from pathlib import Path

from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, IOpenSSLServerConnectionCreator
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from tests.certificates import write_certificate
from twisted_date.endpoints.tls import tls_options
from twisted_date.network.connection import guard_tls
from twisted_date.network.tls_guard import TLSGuard

CLOSE_NOTIFY = 0
STAGES = range(4)  # flights that the victim has seen: the last one is past the handshake


class Victim(Protocol):
    """Keeps what it received, and why the connection was lost."""

    lost = None
    received = b""

    def connectionMade(self):
        guard_tls(self.transport)

    def dataReceived(self, data):
        self.received += data

    def connectionLost(self, reason):
        self.lost = reason


class Socket(StringTransport):
    """A socket, whose protocol is told by the test that the connection is lost."""

    def take(self):
        data = self.value()
        self.clear()
        return data


@implementer(IOpenSSLClientConnectionCreator, IOpenSSLServerConnectionCreator)
class Creator:
    """Makes OpenSSL's connections of one version."""

    def __init__(self, context):
        self.context = context

    def connection(self, layer):
        return SSL.Connection(self.context, None)

    serverConnectionForTLS = clientConnectionForTLS = connection


class Sides:
    """A client and a server, each with its TLS layer and its socket."""

    def __init__(self, server_context, version):
        self.clock = Clock()
        client_context = SSL.Context(SSL.TLS_METHOD)
        client_context.set_max_proto_version(version)
        self.client = self.start(client_context, True)
        self.server = self.start(server_context, False)

    def start(self, context, is_client):
        creator, victims = Creator(context), Factory.forProtocol(Victim)
        factory = TLSMemoryBIOFactory(creator, is_client, victims, self.clock)
        socket = Socket()
        socket.protocol = factory.buildProtocol(None)
        victim = socket.protocol.wrappedProtocol
        socket.protocol.makeConnection(socket)
        return victim, socket

    def exchange(self, flights):
        """Let the sides send some flights of the handshake, the client first."""
        for number in range(flights):
            sender, receiver = (self.client, self.server) if number % 2 == 0 else (self.server, self.client)
            receiver[1].protocol.dataReceived(sender[1].take())


@lru_cache(1)  # a key takes its time
def server_context():
    with tempfile.TemporaryDirectory() as folder:
        path = write_certificate(Path(folder) / "server.pem", "localhost")
        return tls_options(str(path)).getContext()


class TLSGuardTests(SynchronousTestCase):
    """Whatever arrives, no error passes, and the victim hears of the end."""

    def sides(self, flights, version=SSL.TLS1_3_VERSION):
        sides = Sides(server_context(), version)
        sides.exchange(flights)
        return sides

    def attack(self, victim, socket, data):
        socket.protocol.dataReceived(data)
        socket.protocol.connectionLost(Failure(ConnectionError()))
        self.assertIsNotNone(victim.lost)

    def test_handshake_is_completed_through_the_guard(self):
        sides = self.sides(4)
        for victim, socket in (sides.client, sides.server):
            self.assertIsInstance(socket.protocol, TLSGuard)
            victim.transport.write(b"words")
        sides.clock.advance(0)
        sides.exchange(1)
        self.assertEqual(sides.server[0].received, b"words")

    def test_alerts_at_every_stage_end_the_connection_only(self):
        for version in (SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION):
            for flights in STAGES:
                for description in (CLOSE_NOTIFY, *range(10, 120, 10), 255):
                    for level in (1, 2):
                        alert = bytes([21, 3, 3, 0, 2, level, description])
                        sides = self.sides(flights, version)
                        self.attack(*sides.server, alert)
                        self.attack(*sides.client, alert)

    def test_records_of_every_type_end_the_connection_only(self):
        for flights in STAGES:
            for kind in range(256):
                sides = self.sides(flights)
                record = bytes([kind, 3, 3, 0, 4, 1, 0, 0, 0])
                self.attack(*sides.server, record)
                self.attack(*sides.client, record)

    def test_truncated_flights_followed_by_an_alert_end_the_connection_only(self):
        alert = bytes([21, 3, 3, 0, 2, 1, CLOSE_NOTIFY])
        for cut in range(0, 600, 7):
            sides = self.sides(0)
            self.attack(*sides.server, sides.client[1].take()[:cut] + alert)
            sides = self.sides(1)
            self.attack(*sides.client, sides.server[1].take()[:cut] + alert)

    def test_close_in_the_middle_of_the_handshake_is_the_reason(self):
        victim, socket = self.sides(1).server
        self.attack(victim, socket, bytes([21, 3, 3, 0, 2, 1, CLOSE_NOTIFY]))
        self.assertIsInstance(victim.lost.value, SSL.ZeroReturnError)

    def test_programming_error_passes(self):
        class Layer(Protocol):
            def dataReceived(self, data):
                raise IndexError

        socket = Socket()
        socket.protocol = Layer()
        guard = TLSGuard(socket, socket.protocol)
        self.assertRaises(IndexError, guard.dataReceived, b"x")
