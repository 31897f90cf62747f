import socket

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.task import Clock
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import connect_protocol
from tests.loopback import serving
from twisted_date.endpoints.ports import addresses_of
from twisted_date.network.closing import CLOSE_TIMEOUT
from twisted_date.network.scheduler import Scheduler
from twisted_date.server.limits import MAX_SHORT_LIVED
from twisted_date.server.one_shot import OneShotFactory

TOLD = b"told\r\n"


class TellingTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = OneShotFactory(lambda: TOLD, Scheduler(self.clock))

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
        self.assertFalse(self.factory.connections)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_what_a_peer_says_is_thrown_away(self):
        transport = self.connect()
        transport.protocol.dataReceived(b"/quit\n")
        self.assertEqual(transport.value(), TOLD)
        transport.finish()

    def test_a_peer_that_does_not_close_is_cut_off(self):
        transport = self.connect()
        self.clock.advance(CLOSE_TIMEOUT)
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_they_do_not_pile_up(self):
        here = [self.connect() for _ in range(MAX_SHORT_LIVED + 10)]
        ended = [transport.disconnecting for transport in here]
        self.assertEqual(ended, [True] * 10 + [False] * MAX_SHORT_LIVED)


def hear(address, data=b""):
    """All that is told to one who says something and does not close."""
    with socket.create_connection((address.host, address.port), 30) as connection:
        connection.sendall(data)
        return connection.makefile("rb").read()


@pytest.mark.parametrize("data", [b"", b"x" * 100_000], ids=["silent", "loud"])
@ensureDeferred
async def test_over_a_socket(data):
    factory = OneShotFactory(lambda: TOLD, Scheduler(reactor))
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
        (address,) = addresses_of(port)
        for _ in range(20):
            assert await deferToThread(hear, address, data) == TOLD
