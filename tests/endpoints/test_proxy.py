import contextlib
import socket
import struct
from ipaddress import ip_network

import pytest
from hypothesis import given, strategies as st
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import EventLoggingObserver, MemoryReactor
from twisted.internet.threads import deferToThread
from twisted.logger import formatEvent, globalLogPublisher
from twisted.protocols.haproxy._exceptions import InvalidProxyHeader
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import FakePort, Transport
from tests.helpers import NOW, make_defaults
from tests.loopback import serving, talk
from twisted_date.endpoints.proxy import HEADER_TIME, ProxyEndpoint
from twisted_date.endpoints.proxy_header import LONGEST_V1, LONGEST_V2, read_header
from twisted_date.network.refusals import LOG_INTERVAL
from twisted_date.server.factory import DateFactory
from twisted_date.server.limits import Limits

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
PEER = IPv4Address("TCP", "192.0.2.1", 40000)
HOST = IPv4Address("TCP", "198.51.100.2", 50000)
V1 = b"PROXY TCP4 192.0.2.1 198.51.100.2 40000 50000\r\n"


def v2(family, addresses_of, command=1, more=b""):
    body = addresses_of + more
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack("!H", len(body)) + body


TCP4 = v2(0x11, bytes([192, 0, 2, 1, 198, 51, 100, 2]) + struct.pack("!HH", 40000, 50000))
SOME = bytes.fromhex("20010db8000000000000000000000001")
TCP6 = v2(0x21, SOME + SOME[:-1] + b"\x02" + struct.pack("!HH", 40000, 50000))

TOLD = [
    (V1, PEER, HOST),
    (TCP4, PEER, HOST),
    (
        b"PROXY TCP6 2001:DB8::1 2001:db8::2 40000 50000\r\n",
        IPv6Address("TCP", "2001:db8::1", 40000),
        IPv6Address("TCP", "2001:db8::2", 50000),
    ),
    (TCP6, IPv6Address("TCP", "2001:db8::1", 40000), IPv6Address("TCP", "2001:db8::2", 50000)),
    (b"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 40000 50000\r\n", PEER, HOST),
    (v2(0x11, TCP4[16:], more=b"\x04\x00\x03abc"), PEER, HOST),
    (
        v2(0x31, b"/run/a".ljust(108, b"\0") + b"/run/b".ljust(108, b"\0")),
        UNIXAddress(b"/run/a"),
        UNIXAddress(b"/run/b"),
    ),
    (b"PROXY UNKNOWN\r\n", None, None),
    (b"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", None, None),
    (v2(0x11, TCP4[16:], command=0), None, None),
    (v2(0x00, b""), None, None),
    (v2(0x00, b"", command=0), None, None),
]

WRONG = [
    b"/date\n",
    b"PROXY\r\n",
    b"PROXYTCP4 ",
    b"PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 x\r\n",
    b"PROXY TCP4 192.0.2.1 host.example 1 2\r\n",
    b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
    b"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
    b"PROXY TCP4 \xff\xfe 192.0.2.2 1 2\r\n",
    b"PROXY TCP4 \x1b[31m 192.0.2.2 1 2\r\n",
    b"PROXY UNKNOWN ".ljust(LONGEST_V1 + 1, b"x"),
    SIGNATURE + b"\x11\x11\x00\x00",
    SIGNATURE + b"\x22\x11\x00\x00",
    v2(0x11, b"short"),
    v2(0x21, b"short"),
    v2(0x51, b"x" * 40),
    v2(0x13, b"x" * 40),
    SIGNATURE + b"\x21\x11" + struct.pack("!H", LONGEST_V2),
]


class HeaderTests(SynchronousTestCase):
    def test_what_is_told(self):
        for header, peer, host in TOLD:
            self.assertEqual(read_header(header), (peer, host, b""))
            self.assertEqual(read_header(header + b"/date\r\n"), (peer, host, b"/date\r\n"))

    def test_in_any_pieces(self):
        for header, _, _ in TOLD:
            for end in range(len(header)):
                self.assertIsNone(read_header(header[:end]))

    def test_what_is_wrong(self):
        for header in WRONG:
            self.assertRaises(InvalidProxyHeader, read_header, header)

    def test_what_can_be_none_is_known_early(self):
        for data in (b"G", b"PROXX", b"\r\n\r\n\x01"):
            self.assertRaises(InvalidProxyHeader, read_header, data)

    @given(st.sampled_from([header for header, _, _ in TOLD]), st.data())
    def test_nothing_that_is_sent_breaks_it(self, header, data):
        at = data.draw(st.integers(0, len(header)))
        mutated = header[:at] + data.draw(st.binary(max_size=8)) + header[at + data.draw(st.integers(0, 8)) :]
        with contextlib.suppress(InvalidProxyHeader):
            read_header(mutated)


class Echo(Protocol):
    """Says back what it is sent; does not know of half-closing."""

    def connectionMade(self):
        self.factory.begun.append((self.transport.getPeer(), self.transport.getHost()))

    def dataReceived(self, data):
        self.transport.write(data)

    def connectionLost(self, reason):
        self.factory.lost += 1


class EchoFactory(Factory):
    protocol = Echo
    noisy = False

    def __init__(self):
        self.begun = []
        self.addresses_of = []
        self.lost = 0

    def buildProtocol(self, addr):
        self.addresses_of.append(addr)
        return super().buildProtocol(addr)


class Listening:
    """An endpoint that remembers its factory."""

    def listen(self, factory):
        self.factory = factory
        return succeed(FakePort("127.0.0.1", 50000))


class EndpointTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.echo = EchoFactory()
        inner = Listening()
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

    def test_the_conversation_begins_with_the_header(self):
        transport = self.connect()
        for piece in (V1[:3], V1[3:20], V1[20:]):
            self.assertEqual(self.echo.begun, [])
            transport.protocol.dataReceived(piece)
        self.assertEqual(self.echo.begun, [(PEER, HOST)])
        self.assertEqual(self.echo.addresses_of, [PEER])
        transport.protocol.dataReceived(b"hello")
        self.assertEqual(transport.value(), b"hello")
        transport.finish()
        self.assertEqual(self.echo.lost, 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_what_comes_with_the_header_is_passed_on(self):
        transport = self.connect()
        transport.protocol.dataReceived(TCP4 + b"hello")
        self.assertEqual(transport.value(), b"hello")

    def test_a_proxy_that_connects_for_itself_is_the_peer(self):
        transport = self.connect()
        transport.protocol.dataReceived(b"PROXY UNKNOWN\r\n")
        self.assertEqual(self.echo.addresses_of, [transport.getPeer()])

    def test_what_is_no_header_is_closed_and_counted(self):
        for _ in range(3):
            transport = self.connect()
            transport.protocol.dataReceived(b"/date\n")
            self.assertTrue(transport.aborted)
        self.clock.advance(LOG_INTERVAL)
        told = "Refused connections: 3 without-proxy-header; the last one was from 127.0.0.1:4."
        self.assertEqual(self.logged(), [told])
        self.assertEqual(self.echo.addresses_of, [])

    def test_a_header_that_is_late_is_too_late(self):
        transport = self.connect()
        self.clock.advance(HEADER_TIME - 1)
        transport.protocol.dataReceived(V1[:-1])
        self.assertFalse(transport.aborted)
        self.clock.advance(1)
        self.assertTrue(transport.aborted)
        self.factory.doStop()
        self.assertIn("1 late-proxy-header", self.logged()[0])

    def test_the_conversation_has_all_the_time_it_wants(self):
        transport = self.connect()
        transport.protocol.dataReceived(V1)
        self.clock.advance(HEADER_TIME * 10)
        self.assertFalse(transport.aborted)

    def test_only_proxies_that_are_trusted(self):
        for address in ("192.0.2.1", "::1", "2001:db8::1", "::ffff:192.0.2.1"):
            self.assertTrue(self.connect(address).aborted)
        for address in ("127.0.0.5", "::ffff:127.0.0.5", "/run/proxy"):
            self.assertFalse(self.connect(address).aborted)
        self.clock.advance(LOG_INTERVAL)
        self.assertIn("4 untrusted", self.logged()[0])

    def test_a_connection_that_is_lost_before_is_forgotten(self):
        transport = self.connect()
        transport.protocol.dataReceived(V1[:5])
        transport.finish()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.echo.lost, 0)

    def test_one_that_is_not_wanted_is_closed(self):
        self.echo.buildProtocol = lambda address: None
        transport = self.connect()
        transport.protocol.dataReceived(V1 + b"hello")
        self.assertTrue(transport.aborted)

    def test_a_protocol_without_half_closing_is_closed(self):
        transport = self.connect()
        transport.protocol.dataReceived(V1)
        transport.protocol.readConnectionLost()
        self.assertTrue(transport.disconnecting)
        transport.protocol.writeConnectionLost()


class DescriptionTests(SynchronousTestCase):
    def error(self, description):
        return str(self.assertRaises(ValueError, serverFromString, MemoryReactor(), description))

    def test_any_endpoint_stands_behind_it(self):
        machine = MemoryReactor()
        serverFromString(machine, r"proxy:tcp:8000:interface=\:\:1:trusted=10.0.0.0/8, \:\:1").listen(
            Factory()
        )
        ((port, _, _, interface),) = machine.tcpServers
        self.assertEqual((port, interface), (8000, "::1"))
        serverFromString(machine, "proxy:unix:/run/some.sock").listen(Factory())
        self.assertEqual(machine.unixServers[0][0], "/run/some.sock")

    def test_what_is_wrong_is_a_sentence(self):
        self.assertIn("proxy: has no endpoint behind it", self.error("proxy:"))
        for network in ("nowhere", "10.0.0.1/8", ""):
            self.assertIn("give addresses or networks", self.error(f"proxy:tcp:1:trusted={network}"))


@pytest.mark.parametrize("header", [V1, TCP4, b"PROXY UNKNOWN\r\n"])
@ensureDeferred
async def test_half_closing_loses_nothing(header):
    async with serving(serverFromString(reactor, r"proxy:tcp:0:interface=127.0.0.1")) as port:
        for _ in range(50):
            told = await deferToThread(talk, port.getHost(), header + b"/date\n/date", one_segment=True)
            assert told == [NOW, NOW]


@ensureDeferred
async def test_the_real_peers_are_counted():
    def ask(address, number):
        connection = socket.create_connection((address.host, address.port), 30)
        connection.sendall(b"PROXY TCP4 192.0.2.%d 192.0.2.9 1 2\r\n/date\n" % number)
        return connection, connection.makefile().readline().strip()

    factory = DateFactory(make_defaults(), reactor, Limits(per_host=1))
    async with serving(serverFromString(reactor, "proxy:tcp:0:interface=127.0.0.1"), factory) as port:
        opened = [await deferToThread(ask, port.getHost(), number) for number in (1, 2, 1)]
        for connection, _ in opened:
            connection.close()
        assert [reply for _, reply in opened[:2]] == [NOW, NOW]
        assert opened[2][1].startswith("error: datechat serves no more connections from your address")
