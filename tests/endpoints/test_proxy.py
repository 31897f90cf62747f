import socket
from ipaddress import ip_network

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import EventLoggingObserver, MemoryReactor, MemoryReactorClock
from twisted.internet.threads import deferToThread
from twisted.logger import formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import FakePort, Transport
from tests.helpers import NOW, make_defaults
from tests.loopback import serving, talk
from tests.proxy_headers import HOST, PEER, TCP4, V1
from twisted_date.endpoints.proxy import HEADER_TIME, ProxyEndpoint
from twisted_date.network.refusals import LOG_INTERVAL
from twisted_date.server.factory import DateFactory
from twisted_date.server.limits import Limits


class Echo(Protocol):
    """Echoes its input; does not support half-close."""

    def connectionMade(self):
        self.factory.connections.append((self.transport.getPeer(), self.transport.getHost()))

    def dataReceived(self, data):
        self.transport.write(data)

    def connectionLost(self, reason):
        self.factory.lost += 1


class EchoFactory(Factory):
    protocol = Echo
    noisy = False

    def __init__(self):
        self.connections = []
        self.addresses = []
        self.lost = 0

    def buildProtocol(self, addr):
        self.addresses.append(addr)
        return super().buildProtocol(addr)


class FakeEndpoint:
    """A server endpoint that remembers its factory."""

    def listen(self, factory):
        self.factory = factory
        return succeed(FakePort("127.0.0.1", 50000))


class ArgumentTests(SynchronousTestCase):
    def test_invalid_arguments_raise_a_sentence(self):
        for endpoint, trusted, text in (
            ("tcp:8080", [], "endpoint is 'tcp:8080'; give a server endpoint"),
            (None, [], "endpoint is None"),
            (FakeEndpoint(), "10.0.0.0/8", "trusted is '10.0.0.0/8'; give a list of networks"),
            (FakeEndpoint(), ["10.0.0.0/8"], "trusted is ['10.0.0.0/8']"),
            (FakeEndpoint(), None, "trusted is None"),
        ):
            error = self.assertRaises(ValueError, ProxyEndpoint, endpoint, Clock(), trusted)
            self.assertIn(text, str(error))

    def test_repr_shows_the_endpoint_and_the_networks(self):
        endpoint = serverFromString(MemoryReactor(), "proxy:fallback:50000:trusted=10.0.0.1,127.0.0.0/8")
        inner = "FallbackServerEndpoint(50000, tries=100, interface='localhost')"
        self.assertEqual(repr(endpoint), f"ProxyEndpoint({inner}, trusted='10.0.0.1/32,127.0.0.0/8')")


class ProxyEndpointTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.echo = EchoFactory()
        inner = FakeEndpoint()
        ProxyEndpoint(inner, self.clock, [ip_network("127.0.0.0/8")]).listen(self.echo)
        self.factory = inner.factory
        self.factory.doStart()
        self.observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)

    def connect(self, address="127.0.0.1"):
        kind = IPv6Address if ":" in address else IPv4Address
        address = kind("TCP", address, 4) if address[0] != "/" else UNIXAddress(address.encode())
        protocol = self.factory.buildProtocol(address)
        transport = Transport(peerAddress=address, hostAddress=address)
        transport.protocol = protocol
        protocol.makeConnection(transport)
        return transport

    def logged(self):
        return [formatEvent(event) for event in self.observer]

    def test_protocol_connects_when_the_header_is_complete(self):
        transport = self.connect()
        for piece in (V1[:3], V1[3:20], V1[20:]):
            self.assertEqual(self.echo.connections, [])
            transport.protocol.dataReceived(piece)
        self.assertEqual(self.echo.connections, [(PEER, HOST)])
        self.assertEqual(self.echo.addresses, [PEER])
        transport.protocol.dataReceived(b"hello")
        self.assertEqual(transport.value(), b"hello")
        transport.finish()
        self.assertEqual(self.echo.lost, 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_data_after_the_header_is_passed_on(self):
        transport = self.connect()
        transport.protocol.dataReceived(TCP4 + b"hello")
        self.assertEqual(transport.value(), b"hello")

    def test_proxy_that_connects_for_itself_is_the_peer(self):
        transport = self.connect()
        transport.protocol.dataReceived(b"PROXY UNKNOWN\r\n")
        self.assertEqual(self.echo.addresses, [transport.getPeer()])

    def test_missing_header_is_refused_and_counted(self):
        for _ in range(3):
            transport = self.connect()
            transport.protocol.dataReceived(b"/date\n")
            self.assertTrue(transport.aborted)
        self.clock.advance(LOG_INTERVAL)
        message = "Refused connections: 3 without-proxy-header; the last one was from 127.0.0.1:4."
        self.assertEqual(self.logged(), [message])
        self.assertEqual(self.echo.addresses, [])

    def test_time_for_the_header_can_be_another(self):
        for text, expected in (("timeout=60", 60.0), ("timeout=0.5", 0.5), ("trusted=::1", HEADER_TIME)):
            text = text.replace("::", "\\:\\:")
            endpoint = serverFromString(MemoryReactorClock(), f"proxy:tcp:1:{text}")
            self.assertEqual(endpoint._timeout, expected)
        for text in ("0", "-1", "soon", "nan", "1e9"):
            error = self.assertRaises(
                ValueError, serverFromString, MemoryReactorClock(), f"proxy:tcp:1:timeout={text}"
            )
            self.assertIn(f"proxy: timeout is {text!r}; give a number of seconds", str(error))

    def test_late_header_closes_the_connection(self):
        transport = self.connect()
        self.clock.advance(HEADER_TIME - 1)
        transport.protocol.dataReceived(V1[:-1])
        self.assertFalse(transport.aborted)
        self.clock.advance(1)
        self.assertTrue(transport.aborted)
        self.factory.doStop()
        self.assertIn("1 late-proxy-header", self.logged()[0])

    def test_timeout_ends_with_the_header(self):
        transport = self.connect()
        transport.protocol.dataReceived(V1)
        self.clock.advance(HEADER_TIME * 10)
        self.assertFalse(transport.aborted)

    def test_untrusted_proxy_is_refused(self):
        for address in ("192.0.2.1", "::1", "2001:db8::1", "::ffff:192.0.2.1"):
            self.assertTrue(self.connect(address).aborted)
        for address in ("127.0.0.5", "::ffff:127.0.0.5", "/run/proxy"):
            self.assertFalse(self.connect(address).aborted)
        self.clock.advance(LOG_INTERVAL)
        self.assertIn("4 untrusted", self.logged()[0])

    def test_connection_lost_before_the_header_leaves_no_timer(self):
        transport = self.connect()
        transport.protocol.dataReceived(V1[:5])
        transport.finish()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.echo.lost, 0)

    def test_connection_that_the_factory_rejects_is_closed(self):
        self.echo.buildProtocol = lambda address: None
        transport = self.connect()
        transport.protocol.dataReceived(V1 + b"hello")
        self.assertTrue(transport.aborted)

    def test_protocol_without_half_close_is_closed(self):
        transport = self.connect()
        transport.protocol.dataReceived(V1)
        transport.protocol.readConnectionLost()
        self.assertTrue(transport.disconnecting)
        transport.protocol.writeConnectionLost()


class DescriptionTests(SynchronousTestCase):
    def error(self, description):
        return str(self.assertRaises(ValueError, serverFromString, MemoryReactor(), description))

    def test_any_endpoint_can_be_wrapped(self):
        memory_reactor = MemoryReactor()
        serverFromString(memory_reactor, r"proxy:tcp:8000:interface=\:\:1:trusted=10.0.0.0/8, \:\:1").listen(
            Factory()
        )
        ((port, _, _, interface),) = memory_reactor.tcpServers
        self.assertEqual((port, interface), (8000, "::1"))
        serverFromString(memory_reactor, "proxy:unix:/run/some.sock").listen(Factory())
        self.assertEqual(memory_reactor.unixServers[0][0], "/run/some.sock")

    def test_invalid_descriptions_raise_a_sentence(self):
        self.assertIn("proxy: has no endpoint behind it", self.error("proxy:"))
        for network in ("nowhere", "10.0.0.1/8", ""):
            self.assertIn("give addresses or networks", self.error(f"proxy:tcp:1:trusted={network}"))


@pytest.mark.parametrize("header", [V1, TCP4, b"PROXY UNKNOWN\r\n"])
@ensureDeferred
async def test_half_close_loses_nothing(header):
    async with serving(serverFromString(reactor, r"proxy:tcp:0:interface=127.0.0.1")) as port:
        for _ in range(50):
            replies = await deferToThread(talk, port.getHost(), header + b"/date\n/date", one_segment=True)
            assert replies == [NOW, NOW]


@ensureDeferred
async def test_limits_count_the_real_peers():
    def request_date(address, number):
        connection = socket.create_connection((address.host, address.port), 30)
        connection.sendall(b"PROXY TCP4 192.0.2.%d 192.0.2.9 1 2\r\n/date\n" % number)
        return connection, connection.makefile().readline().strip()

    factory = DateFactory(make_defaults(), reactor, Limits(per_host=1))
    async with serving(serverFromString(reactor, "proxy:tcp:0:interface=127.0.0.1"), factory) as port:
        opened = [await deferToThread(request_date, port.getHost(), number) for number in (1, 2, 1)]
        for connection, _ in opened:
            connection.close()
        assert [reply for _, reply in opened[:2]] == [NOW, NOW]
        assert opened[2][1].startswith("error: datechat serves no more connections from your address")
