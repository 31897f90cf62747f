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


class Port:
    """As one of Twisted's: takes as many as it may, and more the next time."""

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
        self.port = Port()
        self.room = 1000
        self.held = set()
        self.patch(accepting.os, "dup", self.dup)
        self.patch(accepting.os, "close", self.held.remove)

    def dup(self, descriptor):
        if len(self.held) == self.room:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        self.held.add(len(self.held) + 3)
        return len(self.held) + 2

    def test_however_many_wait_some_are_taken(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        for _ in range(3):
            self.port.doRead()
        self.assertEqual(self.port.accepted, [MAX_ACCEPTS] * 3)
        self.assertEqual(self.held, set())

    def test_no_more_than_there_are_descriptors_for(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        self.room = SPARE_DESCRIPTORS + 3
        self.port.doRead()
        self.assertEqual(self.port.accepted, [3])
        self.assertEqual(self.held, set())

    def test_the_ports_of_a_process_share_the_room(self):
        other, room = Port(), DescriptorBudget()
        ThrottledAcceptor(self.port, room)
        ThrottledAcceptor(other, room)
        self.room = SPARE_DESCRIPTORS + 3
        self.port.numberAccepts = other.numberAccepts = 2
        for port in (self.port, other):
            port.doRead()
        self.assertEqual((self.port.accepted, other.accepted), ([2], [2]))  # it looked again
        self.room = SPARE_DESCRIPTORS
        self.port.doRead()
        self.assertEqual(self.port.accepted, [2])
        self.assertFalse(self.port.reading)
        self.port.reactor.advance(RETRY_DELAY)

    def test_without_any_they_wait(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        self.room = SPARE_DESCRIPTORS
        with capturedLogs() as logged:
            for _ in range(3):
                self.port.doRead()
                self.assertFalse(self.port.reading)
                self.port.reactor.advance(RETRY_DELAY)
                self.assertTrue(self.port.reading)
        self.assertEqual(self.port.accepted, [])
        self.assertEqual(len(logged), 1)
        self.room = 1000
        self.port.doRead()
        self.assertEqual(self.port.accepted, [MAX_ACCEPTS])

    def test_a_port_that_has_closed_meanwhile_stays_closed(self):
        ThrottledAcceptor(self.port, DescriptorBudget())
        self.room = 0
        self.port.doRead()
        self.port.connected = False
        self.port.reactor.advance(RETRY_DELAY)
        self.assertFalse(self.port.reading)

    def test_ports_of_another_kind_are_left_as_they_are(self):
        port = FakePort("127.0.0.1", 1)
        ThrottledAcceptor(port, DescriptorBudget())
        drain_backlog(port, DescriptorBudget())
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


async def crowded_port(factory, count, room):
    """A port, and so many clients that wait for it to accept."""
    port = await serverFromString(reactor, "tcp:0:interface=127.0.0.1:backlog=500").listen(factory)
    ThrottledAcceptor(port, room)
    return port, [socket.create_connection(("127.0.0.1", port.getHost().port), 30) for _ in range(count)]


@ensureDeferred
async def test_what_waits_is_taken_before_a_port_closes():
    factory = Counting()
    room = DescriptorBudget()
    port, clients = await crowded_port(factory, 300, room)
    assert factory.count == 0
    drain_backlog(port, room)
    await close_now(port)
    assert factory.count == 300
    for client in clients:
        client.close()


@ensureDeferred
async def test_a_port_that_closes_without_room_does_not_try_for_ever(monkeypatch):
    factory, room = Counting(), DescriptorBudget()
    port, clients = await crowded_port(factory, 10, room)
    looked = []
    monkeypatch.setattr(room, "_find", lambda descriptor: looked.append(descriptor) or 0)
    drain_backlog(port, room)
    await close_now(port)
    assert len(looked) == 1
    for client in clients:
        client.close()


@ensureDeferred
async def test_a_real_port_takes_few_at_a_time():
    factory = Counting()
    port, clients = await crowded_port(factory, 300, DescriptorBudget())
    counts = []
    while factory.count < 300:
        await deferLater(reactor, 0)
        counts.append(factory.count)
    assert max(after - before for before, after in pairwise([0, *counts])) == MAX_ACCEPTS
    await close_now(port)
    for client in clients:
        client.close()
