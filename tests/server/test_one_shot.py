import socket

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.task import Clock
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import connect_protocol
from tests.integration.test_sockets import serving
from twisted_date.endpoints.ports import addresses
from twisted_date.network.closing import LINGER
from twisted_date.network.scheduler import Turns
from twisted_date.server.limits import MOST_VISITORS
from twisted_date.server.one_shot import TellingFactory

TOLD = b"told\r\n"


class TellingTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = TellingFactory(lambda: TOLD, self.clock, Turns(self.clock))

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
    factory = TellingFactory(lambda: TOLD, reactor, Turns(reactor))
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
        (address,) = addresses(port)
        for _ in range(20):
            assert await deferToThread(hear, address, data) == TOLD
