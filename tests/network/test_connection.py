from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import directlyProvides

from twisted_date.network.connection import Connection, unwrap_transport
from twisted_date.network.scheduler import Scheduler


class Socket(StringTransport):
    """A transport with the buffers of one that has a socket."""

    dataBuffer = b"abcdef"
    offset = 2
    _tempDataLen = 10
    half_closed = False

    def __init__(self):
        super().__init__()
        self.options = {}

    def setTcpNoDelay(self, enabled):
        self.options["delay"] = not enabled

    def setTcpKeepAlive(self, enabled):
        self.options["keep alive"] = enabled

    def loseWriteConnection(self):
        self.half_closed = True


def wrapped(transport):
    wrapper = ProtocolWrapper(WrappingFactory(None), None)
    wrapper.transport = transport
    return wrapper


class ConnectionTests(SynchronousTestCase):
    """On plain transports; those of TLS are tested on real sockets."""

    def setUp(self):
        self.socket = Socket()
        self.producer = object()
        self.connection = self.connect(wrapped(self.socket))

    def connect(self, transport):
        clock = Clock()
        return Connection(transport, self.producer, Scheduler(clock))

    def test_the_layers(self):
        outer = wrapped(wrapped(self.socket))
        self.assertEqual(list(unwrap_transport(outer)), [outer, outer.transport, self.socket])
        self.assertEqual(list(unwrap_transport(self.socket)), [self.socket])

    def test_replies_do_not_wait_for_each_other_and_lost_peers_are_noticed(self):
        directlyProvides(self.socket, ITCPTransport)
        self.socket.producer = None
        self.connect(wrapped(self.socket))
        self.assertEqual(self.socket.options, {"delay": False, "keep alive": True})

    def test_it_writes(self):
        self.connection.write(b"text")
        self.assertEqual(self.socket.value(), b"text")

    def test_it_pauses_the_peer_and_is_paused(self):
        self.assertIs(self.socket.producer, self.producer)
        self.assertTrue(self.socket.streaming)
        self.connection.pause()
        self.assertEqual(self.socket.producerState, "paused")
        self.connection.resume()
        self.assertEqual(self.socket.producerState, "producing")

    def test_what_the_kernel_has_not_taken(self):
        self.assertEqual(self.connection.bytes_buffered(), 14)
        self.assertEqual(self.connect(StringTransport()).bytes_buffered(), 0)

    def test_a_peer_that_may_still_send_is_half_closed_and_read_from(self):
        self.connection.pause()
        self.connection.close_gracefully(peer_has_closed=False)
        self.assertIsNone(self.socket.producer)
        self.assertTrue(self.socket.half_closed)
        self.assertFalse(self.socket.disconnecting)
        self.assertEqual(self.socket.producerState, "producing")

    def test_one_that_has_closed_is_closed(self):
        self.connection.close_gracefully(peer_has_closed=True)
        self.assertTrue(self.socket.disconnecting)
        self.assertFalse(self.socket.half_closed)


class OldUnixSocket(Socket):
    """One of Twisted's before 24.11: it says that it has TCP's options."""

    def setTcpNoDelay(self, enabled):
        raise OSError(95, "Operation not supported")


class UnixTests(SynchronousTestCase):
    def test_options_that_a_socket_does_not_have(self):
        socket = OldUnixSocket()
        directlyProvides(socket, ITCPTransport)
        clock = Clock()
        Connection(socket, object(), Scheduler(clock)).write(b"abc")
        self.assertEqual(socket.value(), b"abc")


class Kernel:
    """A socket of which the kernel takes so many bytes, or none."""

    def __init__(self):
        self.taken = b""
        self.room = 1000

    def send(self, data):
        if self.room == 0:
            raise BlockingIOError
        taken = data[: self.room]
        self.taken += taken
        self.room -= len(taken)
        return len(taken)


class Descriptor(FileDescriptor):
    """A plain transport of Twisted's, over a socket of ours."""

    connected = 1

    def __init__(self):
        super().__init__(reactor=Clock())
        self.socket = Kernel()
        self.writing = False

    def startWriting(self):
        self.writing = True

    def stopWriting(self):
        self.writing = False

    def writeSomeData(self, data):
        return self.socket.send(bytes(data))


class WriteTests(SynchronousTestCase):
    def setUp(self):
        self.transport = Descriptor()
        clock = Clock()
        self.connection = Connection(self.transport, object(), Scheduler(clock))

    def test_what_the_kernel_takes_goes_at_once(self):
        self.connection.write(b"abc")
        self.assertEqual(self.transport.socket.taken, b"abc")
        self.assertFalse(self.transport.writing)
        self.assertEqual(self.connection.bytes_buffered(), 0)

    def test_the_rest_waits_in_the_transport_and_keeps_the_order(self):
        self.transport.socket.room = 2
        self.connection.write(b"abc")
        self.transport.socket.room = 1000
        self.connection.write(b"def")
        self.assertEqual(self.transport.socket.taken, b"ab")
        self.assertEqual(self.connection.bytes_buffered(), 4)
        self.transport.doWrite()
        self.assertEqual(self.transport.socket.taken, b"abcdef")
        self.connection.write(b"ghi")
        self.assertEqual(self.transport.socket.taken, b"abcdefghi")

    def test_what_fails_is_left_to_the_transport(self):
        self.transport.socket.room = 0
        self.connection.write(b"abc")
        self.assertTrue(self.transport.writing)
        self.assertEqual(self.connection.bytes_buffered(), 3)
