import errno
import os
import socket
from itertools import pairwise

from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock, deferLater
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import FakePort
from twisted_date.endpoints.ports import close_now
from twisted_date.network import accept as accepting
from twisted_date.network.accept import (
    MAX_ACCEPTS,
    RETRY_DELAY,
    SPARE_DESCRIPTORS,
    DescriptorBudget,
    ThrottledAcceptor,
    drain_backlog,
)


class FakeTCPPort:
    """Imitates a port of Twisted's: accepts as many as it may, and more the next time."""

    numberAccepts = 1000
    connected = True
    reading = True

    def __init__(self):
        self.reactor = Clock()
        self.accepted = []

    def fileno(self):
        return 0

    def doRead(self):
        self.accepted.append(self.numberAccepts)
        self.numberAccepts += 20

    def startReading(self):
        self.reading = True

    def stopReading(self):
        self.reading = False


class AcceptorTests(SynchronousTestCase):
    def setUp(self):
        self.port = FakeTCPPort()
        self.descriptors_left = 1000
        self.held = set()
        self.patch(accepting.os, "dup", self.dup)
        self.patch(accepting.os, "close", self.held.remove)

    def dup(self, descriptor):
        if len(self.held) == self.descriptors_left:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        self.held.add(len(self.held) + 3)
        return len(self.held) + 2

    def test_port_accepts_a_bounded_number_at_a_time(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        for _ in range(3):
            self.port.doRead()
        self.assertEqual(self.port.accepted, [MAX_ACCEPTS] * 3)
        self.assertEqual(self.held, set())

    def test_port_accepts_as_many_as_there_are_descriptors(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        self.descriptors_left = SPARE_DESCRIPTORS + 3
        self.port.doRead()
        self.assertEqual(self.port.accepted, [3])
        self.assertEqual(self.held, set())

    def test_ports_share_one_budget(self):
        other, budget = FakeTCPPort(), DescriptorBudget()
        ThrottledAcceptor(self.port, budget)
        ThrottledAcceptor(other, budget)
        self.descriptors_left = SPARE_DESCRIPTORS + 3
        self.port.numberAccepts = other.numberAccepts = 2
        for port in (self.port, other):
            port.doRead()
        self.assertEqual((self.port.accepted, other.accepted), ([2], [2]))  # measured again
        self.descriptors_left = SPARE_DESCRIPTORS
        self.port.doRead()
        self.assertEqual(self.port.accepted, [2])
        self.assertFalse(self.port.reading)
        self.port.reactor.advance(RETRY_DELAY)

    def test_connections_wait_without_descriptors_which_is_logged_once_for_all_ports(self):
        other, budget = FakeTCPPort(), DescriptorBudget()
        ThrottledAcceptor(self.port, budget)
        ThrottledAcceptor(other, budget)
        self.descriptors_left = SPARE_DESCRIPTORS
        with capturedLogs() as logged:
            for _ in range(3):
                other.doRead()
                self.port.doRead()
                self.assertFalse(self.port.reading)
                self.port.reactor.advance(RETRY_DELAY)
                self.assertTrue(self.port.reading)
        self.assertEqual(self.port.accepted, [])
        self.assertEqual(len(logged), 1)
        self.descriptors_left = 1000
        self.port.doRead()
        self.assertEqual(self.port.accepted, [MAX_ACCEPTS])

    def test_closed_port_does_not_resume(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        self.descriptors_left = 0
        self.port.doRead()
        self.port.connected = False
        self.port.reactor.advance(RETRY_DELAY)
        self.assertFalse(self.port.reading)

    def test_ports_of_other_kinds_are_left_alone(self):
        port = FakePort("127.0.0.1", 1)
        ThrottledAcceptor(port, DescriptorBudget())
        drain_backlog(port, DescriptorBudget())
        self.assertFalse(hasattr(port, "doRead"))


class CountingFactory(Factory):
    """Counts connections."""

    noisy = False
    protocol = Protocol

    def __init__(self):
        self.count = 0

    def buildProtocol(self, addr):
        self.count += 1
        return super().buildProtocol(addr)


async def crowded_port(factory, count, budget):
    """Return a port and a number of clients that wait to be accepted by it."""
    port = await serverFromString(reactor, "tcp:0:interface=127.0.0.1:backlog=500").listen(factory)
    ThrottledAcceptor(port, budget)
    return port, [socket.create_connection(("127.0.0.1", port.getHost().port), 30) for _ in range(count)]


@ensureDeferred
async def test_pending_connections_are_accepted_before_a_port_closes():
    factory = CountingFactory()
    budget = DescriptorBudget()
    port, clients = await crowded_port(factory, 300, budget)
    assert factory.count == 0
    drain_backlog(port, budget)
    await close_now(port)
    assert factory.count == 300
    for client in clients:
        client.close()


@ensureDeferred
async def test_closing_port_without_descriptors_gives_up(monkeypatch):
    factory, budget = CountingFactory(), DescriptorBudget()
    port, clients = await crowded_port(factory, 10, budget)
    measurements = []
    monkeypatch.setattr(budget, "_measure", lambda descriptor: measurements.append(descriptor) or 0)
    drain_backlog(port, budget)
    await close_now(port)
    assert len(measurements) == 1
    for client in clients:
        client.close()


@ensureDeferred
async def test_real_port_accepts_a_bounded_number_per_iteration():
    factory = CountingFactory()
    port, clients = await crowded_port(factory, 300, DescriptorBudget())
    counts = []
    while factory.count < 300:
        await deferLater(reactor, 0)
        counts.append(factory.count)
    assert max(after - before for before, after in pairwise([0, *counts])) == MAX_ACCEPTS
    await close_now(port)
    for client in clients:
        client.close()
