import socket
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.task import Clock
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, PARIS, connect_protocol
from tests.network.test_sockets import serving
from twisted_date.network import daytime
from twisted_date.network.closing import LINGER
from twisted_date.network.daytime import TellingFactory
from twisted_date.network.fallback import addresses
from twisted_date.network.limits import MOST_VISITORS

SECOND = 1_000_000_000
TOLD = b"Fri, 25 Dec 2026 19:00:00 +0100\r\n"


class DaytimeTests(SynchronousTestCase):
    def test_a_line(self):
        self.assertEqual(daytime.daytime(NOW_NS, PARIS), TOLD)
        self.assertEqual(daytime.daytime(0, ZoneInfo("UTC")), b"Thu, 01 Jan 1970 00:00:00 +0000\r\n")


class TimeTests(SynchronousTestCase):
    def test_the_examples_of_rfc_868(self):
        for date, told in (
            ("1970-01-01", 2_208_988_800),
            ("1976-01-01", 2_398_291_200),
            ("1980-01-01", 2_524_521_600),
            ("1983-05-01", 2_629_584_000),
            ("1858-11-17", -1_297_728_000 % 2**32),
        ):
            unix = int(datetime.fromisoformat(f"{date}T00:00:00+00:00").timestamp())
            self.assertEqual(int.from_bytes(daytime.time(unix * SECOND), "big"), told)

    def test_it_begins_anew_in_2036(self):
        turn = 2_085_978_496  # date -u -d 2036-02-07T06:28:16 +%s
        self.assertEqual(daytime.time((turn - 1) * SECOND + SECOND - 1), b"\xff\xff\xff\xff")
        self.assertEqual(daytime.time(turn * SECOND), b"\0\0\0\0")
        self.assertEqual(daytime.time((turn + 2**32 + 7) * SECOND), b"\0\0\0\7")

    @given(st.integers(-(2**62), 2**62))
    def test_the_nearest_of_its_moments_is_the_right_one(self, now_ns):
        told = int.from_bytes(daytime.time(now_ns), "big") - 2_208_988_800
        self.assertEqual((now_ns // SECOND - told) % 2**32, 0)


class TellingTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = TellingFactory(lambda: TOLD, self.clock)

    def connect(self):
        return connect_protocol(self.factory.buildProtocol(None))

    def test_it_tells_and_closes_its_side(self):
        transport = self.connect()
        self.assertEqual(transport.value(), TOLD)
        self.assertTrue(transport.half_closed)
        self.assertFalse(transport.disconnecting)
        IHalfCloseableProtocol(transport.protocol).readConnectionLost()
        self.assertTrue(transport.disconnecting)
        transport.finish()
        self.assertFalse(self.factory.visitors)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_what_a_peer_says_is_thrown_away(self):
        transport = self.connect()
        transport.protocol.dataReceived(b"/quit\n")
        self.assertEqual(transport.value(), TOLD)
        transport.finish()

    def test_a_peer_that_does_not_close_is_cut_off(self):
        transport = self.connect()
        self.clock.advance(LINGER)
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_they_do_not_pile_up(self):
        here = [self.connect() for _ in range(MOST_VISITORS + 10)]
        ended = [transport.disconnecting for transport in here]
        self.assertEqual(ended, [True] * 10 + [False] * MOST_VISITORS)


def hear(address, data=b""):
    """All that is told to one who says something and does not close."""
    with socket.create_connection((address.host, address.port), 30) as connection:
        connection.sendall(data)
        return connection.makefile("rb").read()


@pytest.mark.parametrize("data", [b"", b"x" * 100_000], ids=["silent", "loud"])
@ensureDeferred
async def test_over_a_socket(data):
    factory = TellingFactory(lambda: TOLD, reactor)
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
        (address,) = addresses(port)
        for _ in range(20):
            assert await deferToThread(hear, address, data) == TOLD
