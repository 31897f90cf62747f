import select
import socket
from unittest import skipUnless

from twisted.internet import reactor as installed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IHalfCloseableDescriptor
from twisted.internet.main import CONNECTION_DONE, CONNECTION_LOST
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from twisted_date.network import poller as module
from twisted_date.network.poller import TIME_SLICE, Poller, nested_poller


@implementer(IHalfCloseableDescriptor)
class Connection:
    """One side of a pair of sockets, as a transport is to a reactor; its peer is the other side."""

    def __init__(self, poller):
        self.reactor = poller
        self.socket, self.peer = socket.socketpair()
        self.socket.setblocking(False)
        self.peer.settimeout(5)
        self.fileno = self.socket.fileno
        self.received, self.lost, self.input_ended = [], None, False
        self.on_read = lambda: None

    def doRead(self):
        try:
            data = self.socket.recv(1000)
        except BlockingIOError:
            return None
        if not data:
            return CONNECTION_DONE
        self.received.append(data)
        return self.on_read()

    def doWrite(self):
        self.socket.send(b"output")
        self.reactor.removeWriter(self)

    def readConnectionLost(self, reason):
        self.input_ended = True

    def connectionLost(self, reason):
        self.lost = reason
        self.reactor.removeReader(self)
        self.reactor.removeWriter(self)
        self.socket.close()

    def logPrefix(self):
        return "Connection"


@skipUnless(hasattr(select, "epoll"), "needs epoll: Linux")
class PollerTests(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactorClock()
        self.poller = Poller(self.reactor, self.reactor.seconds)
        self.addCleanup(self.poller.close)

    def connection(self):
        connection = Connection(self.poller)
        self.addCleanup(connection.socket.close)
        self.addCleanup(connection.peer.close)
        self.poller.addReader(connection)
        return connection

    def test_connections_with_input_are_read(self):
        one, silent, other = self.connection(), self.connection(), self.connection()
        one.peer.send(b"one")
        other.peer.send(b"other")
        self.poller.doRead()
        self.assertEqual((one.received, silent.received, other.received), ([b"one"], [], [b"other"]))

    def test_output_is_written_once_there_is_room(self):
        connection = self.connection()
        self.poller.addWriter(connection)
        self.poller.doRead()
        self.assertEqual(connection.peer.recv(100), b"output")
        self.poller.doRead()
        connection.peer.setblocking(False)
        self.assertRaises(BlockingIOError, connection.peer.recv, 100)
        connection.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual(connection.received, [b"input"])

    def test_input_comes_before_output(self):
        connection = self.connection()
        self.poller.addWriter(connection)
        connection.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual((connection.received, connection.peer.recv(100)), ([b"input"], b"output"))

    def test_paused_connection_is_not_read(self):
        connection = self.connection()
        self.poller.removeReader(connection)
        self.poller.removeReader(connection)
        connection.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual(connection.received, [])
        self.poller.addReader(connection)
        self.poller.addReader(connection)
        self.poller.doRead()
        self.assertEqual(connection.received, [b"input"])

    def test_end_of_input_is_told(self):
        connection = self.connection()
        connection.peer.shutdown(socket.SHUT_WR)
        self.poller.doRead()
        self.assertTrue(connection.input_ended)
        self.assertIsNone(connection.lost)
        self.assertEqual(self.poller.getReaders(), self.reactor.getReaders())

    def test_hang_up_without_input_is_told(self):
        paused, writing = self.connection(), self.connection()
        for connection in (paused, writing):
            connection.peer.close()
            self.poller.removeReader(connection)
        self.poller.addWriter(writing)
        writing.doWrite = lambda: CONNECTION_LOST
        self.poller.doRead()
        self.assertIsInstance(writing.lost.value, ConnectionLost)
        self.assertIsNone(paused.lost)  # as with the reactor: nobody waits for it

    def test_connection_that_says_it_is_lost_is_lost(self):
        connection = self.connection()
        connection.on_read = lambda: CONNECTION_LOST
        connection.peer.send(b"input")
        self.poller.doRead()
        self.assertIsInstance(connection.lost.value, ConnectionLost)

    def test_failure_loses_its_own_connection_only_and_is_logged(self):
        def fail():
            raise OSError("no")

        failing, other, writing = self.connection(), self.connection(), self.connection()
        failing.on_read = writing.doWrite = fail
        self.poller.addWriter(writing)
        failing.peer.send(b"input")
        other.peer.send(b"input")
        self.poller.doRead()
        for connection in (failing, writing):
            self.assertIsInstance(connection.lost.value, OSError)
        self.assertEqual(len(self.flushLoggedErrors(OSError)), 2)
        self.assertEqual((other.received, other.lost), ([b"input"], None))

    def test_connection_that_another_one_closes_is_not_read(self):
        one, other = self.connection(), self.connection()
        for connection, rival in ((one, other), (other, one)):
            connection.on_read = lambda rival=rival: rival.connectionLost(Failure(ConnectionDone()))
            connection.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual(sorted([one.received, other.received]), [[], [b"input"]])

    def test_descriptor_that_is_used_again_belongs_to_the_new_connection(self):
        old = self.connection()
        number = old.fileno()
        old.connectionLost(Failure(ConnectionDone()))
        new = self.connection()
        self.assertEqual(new.fileno(), number)
        new.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual((old.received, new.received), ([], [b"input"]))

    def test_connection_whose_socket_somebody_closed_can_be_removed(self):
        connection = self.connection()
        connection.fileno = lambda: -1
        self.poller.removeReader(connection)
        self.poller.removeReader(connection)
        self.assertEqual(self.poller.getReaders(), self.reactor.getReaders())

    def test_many_events_are_served_in_turns_with_the_reactor_s(self):
        self.patch(module, "MAX_EVENTS", 3)
        connections = [self.connection() for _ in range(8)]
        for connection in connections:
            connection.peer.send(b"input")
            connection.on_read = lambda: self.reactor.advance(TIME_SLICE / 3)
        for served in (3, 6, 8):
            self.poller.doRead()
            self.assertEqual(sum(len(connection.received) for connection in connections), served)

    def test_event_that_comes_meanwhile_is_served(self):
        one, other = self.connection(), self.connection()
        one.on_read = lambda: other.peer.send(b"reply") and None
        one.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual(other.received, [b"reply"])

    def test_reader_may_enter_the_poller_again(self):
        one, other = self.connection(), self.connection()
        one.on_read = other.on_read = self.poller.doRead
        one.peer.send(b"input")
        other.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual((one.received, other.received), ([b"input"], [b"input"]))

    def test_waiting_connections_are_listed_with_the_reactor_s(self):
        one, other = self.connection(), self.connection()
        self.poller.removeReader(other)
        self.poller.addWriter(other)
        self.reactor.addWriter("writer")
        self.assertEqual(self.poller.getReaders(), [one, *self.reactor.getReaders()])
        self.assertEqual(self.poller.getWriters(), [other, "writer"])

    def test_rest_of_the_reactor_is_there(self):
        self.poller.callLater(1, self.patch, self, "called", True)
        self.called = False
        self.reactor.advance(1)
        self.assertTrue(self.called)

    def test_end_of_the_reactor_loses_every_connection(self):
        one, other = self.connection(), self.connection()
        self.poller.connectionLost(Failure(CONNECTION_LOST))
        for connection in (one, other):
            self.assertIsInstance(connection.lost.value, ConnectionLost)
        self.poller.close()

    def test_close_leaves_open_connections_to_the_reactor(self):
        reading, writing = self.connection(), self.connection()
        self.poller.removeReader(writing)
        self.poller.addWriter(writing)
        self.poller.close()
        self.assertEqual(self.reactor.getReaders(), [reading])
        self.assertEqual(self.reactor.getWriters(), [writing])
        reading.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(self.reactor.getReaders(), [])

    def test_paused_connection_goes_on_with_the_reactor_after_the_close(self):
        paused = self.connection()
        self.poller.removeReader(paused)
        self.poller.close()
        self.poller.addReader(paused)
        self.poller.addWriter(paused)
        self.assertEqual((self.reactor.getReaders(), self.reactor.getWriters()), ([paused], [paused]))
        paused.connectionLost(Failure(ConnectionDone()))
        self.assertEqual((self.reactor.getReaders(), self.reactor.getWriters()), ([], []))

    def test_connection_that_is_served_may_close_it(self):
        one, other = self.connection(), self.connection()
        one.on_read = other.on_read = self.poller.close
        one.peer.send(b"input")
        other.peer.send(b"input")
        self.poller.doRead()
        self.assertEqual(sorted([one.received, other.received]), [[], [b"input"]])
        self.assertCountEqual(self.reactor.getReaders(), [one, other])

    def test_port_hands_its_connections_over(self):
        class Port:
            transport = staticmethod(lambda *arguments: arguments)

        port = Port()
        self.poller.adopt(port)
        self.assertEqual(
            port.transport("socket", "protocol", self.reactor), ("socket", "protocol", self.poller)
        )
        other = object()
        self.poller.adopt(other)


class NestedPollerTests(SynchronousTestCase):
    def test_only_an_epoll_reactor_has_one(self):
        self.assertIsNone(nested_poller(Clock()))
        poller = nested_poller(installed)
        if type(installed).__name__ == "EPollReactor":
            self.assertIn(poller, installed.getReaders())
            poller.close()
            self.assertNotIn(poller, installed.getReaders())
        else:
            self.assertIsNone(poller)

    @skipUnless(type(installed).__name__ == "EPollReactor", "needs Twisted's epoll reactor")
    def test_without_descriptors_there_is_none(self):
        def epoll():
            raise OSError("too many open files")

        self.patch(select, "epoll", epoll)
        self.assertIsNone(nested_poller(installed))
