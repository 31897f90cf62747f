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

PAYLOAD = b"payload\r\n"


class OneShotTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = OneShotFactory(lambda: PAYLOAD, Scheduler(self.clock))

    def connect(self):
        return connect_protocol(self.factory.buildProtocol(None))

    def test_peer_gets_the_payload_and_is_half_closed(self):
        transport = self.connect()
        self.assertEqual(transport.value(), PAYLOAD)
        self.assertTrue(transport.half_closed)
        self.assertFalse(transport.disconnecting)
        IHalfCloseableProtocol(transport.protocol).readConnectionLost()
        self.assertTrue(transport.disconnecting)
        transport.finish()
        self.assertFalse(self.factory.connections)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_input_is_discarded(self):
        transport = self.connect()
        transport.protocol.dataReceived(b"/quit\n")
        self.assertEqual(transport.value(), PAYLOAD)
        transport.finish()

    def test_peer_that_does_not_close_is_closed(self):
        transport = self.connect()
        self.clock.advance(CLOSE_TIMEOUT)
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_connections_do_not_pile_up(self):
        transports = [self.connect() for _ in range(MAX_SHORT_LIVED + 10)]
        ended = [transport.disconnecting for transport in transports]
        self.assertEqual(ended, [True] * 10 + [False] * MAX_SHORT_LIVED)


def receive_all(address, data=b""):
    """Send bytes and leave the connection open; return all that the server sends. Blocks."""
    with socket.create_connection((address.host, address.port), 30) as connection:
        connection.sendall(data)
        return connection.makefile("rb").read()


@pytest.mark.parametrize("data", [b"", b"x" * 100_000], ids=["silent", "loud"])
@ensureDeferred
async def test_payload_arrives_over_a_socket(data):
    factory = OneShotFactory(lambda: PAYLOAD, Scheduler(reactor))
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
        (address,) = addresses_of(port)
        for _ in range(20):
            assert await deferToThread(receive_all, address, data) == PAYLOAD
