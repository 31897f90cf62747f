import socket
from itertools import pairwise

from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase

from tests.network.test_fallback import FakePort
from twisted_date.network.accepting import MOST_AT_ONCE, accept_few_at_once, accept_waiting
from twisted_date.network.fallback import close


class Port:
    """As one of Twisted's: takes as many as it may, and more the next time."""

    numberAccepts = 1000

    def __init__(self):
        self.accepted = []

    def doRead(self):
        self.accepted.append(self.numberAccepts)
        self.numberAccepts += 20


class FewTests(SynchronousTestCase):
    def test_however_many_wait_some_are_taken(self):
        port = Port()
        accept_few_at_once(port)
        for _ in range(3):
            port.doRead()
        self.assertEqual(port.accepted, [MOST_AT_ONCE] * 3)

    def test_ports_of_another_kind_are_left_as_they_are(self):
        port = FakePort("127.0.0.1", 1)
        accept_few_at_once(port)
        accept_waiting(port)
        self.assertFalse(hasattr(port, "doRead"))


class Counting(Factory):
    """Counts the connections."""

    noisy = False
    protocol = Protocol

    def __init__(self):
        self.count = 0

    def buildProtocol(self, addr):
        self.count += 1
        return super().buildProtocol(addr)


@ensureDeferred
async def test_what_waits_is_taken_before_a_port_closes():
    factory = Counting()
    port = await serverFromString(reactor, "tcp:0:interface=127.0.0.1:backlog=500").listen(factory)
    accept_few_at_once(port)
    clients = [socket.create_connection(("127.0.0.1", port.getHost().port), 30) for _ in range(300)]
    assert factory.count == 0
    accept_waiting(port)
    await close(port)
    assert factory.count == 300
    for client in clients:
        client.close()


@ensureDeferred
async def test_a_real_port_takes_few_at_a_time():
    factory = Counting()
    port = await serverFromString(reactor, "tcp:0:interface=127.0.0.1:backlog=500").listen(factory)
    accept_few_at_once(port)
    clients = [socket.create_connection(("127.0.0.1", port.getHost().port), 30) for _ in range(300)]
    counts = []
    while factory.count < 300:
        await deferLater(reactor, 0)
        counts.append(factory.count)
    assert max(after - before for before, after in pairwise([0, *counts])) == MOST_AT_ONCE
    await close(port)
    for client in clients:
        client.close()
