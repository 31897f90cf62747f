from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import directlyProvides

from twisted_date.network.connection import Connection, unwrap_transport
from twisted_date.network.scheduler import Scheduler


class SocketTransport(StringTransport):
    """A transport with the buffers of a real socket transport."""

    dataBuffer = b"abcdef"
    offset = 2
    _tempDataLen = 10
    half_closed = False

    def __init__(self):
        super().__init__()
        self.options = {}

    def getTcpNoDelay(self):
        return not self.options.get("delay", True)

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
    """Plain transports only; TLS is tested on real sockets."""

    def setUp(self):
        self.socket = SocketTransport()
        self.producer = object()
        self.connection = self.connect(wrapped(self.socket))

    def connect(self, transport):
        clock = Clock()
        return Connection(transport, self.producer, Scheduler(clock))

    def test_unwrap_transport_yields_every_layer(self):
        outer = wrapped(wrapped(self.socket))
        self.assertEqual(list(unwrap_transport(outer)), [outer, outer.transport, self.socket])
        self.assertEqual(list(unwrap_transport(self.socket)), [self.socket])

    def test_tcp_sockets_get_nodelay_and_keepalive(self):
        directlyProvides(self.socket, ITCPTransport)
        self.socket.producer = None
        self.connect(wrapped(self.socket))
        self.assertEqual(self.socket.options, {"delay": False, "keep alive": True})

    def test_options_from_the_listening_socket_are_not_set_again(self):
        directlyProvides(self.socket, ITCPTransport)
        self.socket.producer = None
        self.socket.options = {"delay": False}
        self.connect(wrapped(self.socket))
        self.assertEqual(self.socket.options, {"delay": False})

    def test_write_reaches_the_socket(self):
        self.connection.write(b"text")
        self.assertEqual(self.socket.value(), b"text")

    def test_pause_and_resume_control_reading(self):
        self.assertIs(self.socket.producer, self.producer)
        self.assertTrue(self.socket.streaming)
        self.connection.pause()
        self.assertEqual(self.socket.producerState, "paused")
        self.connection.resume()
        self.assertEqual(self.socket.producerState, "producing")

    def test_bytes_buffered_counts_what_the_kernel_has_not_taken(self):
        self.assertEqual(self.connection.bytes_buffered(), 14)
        self.assertEqual(self.connect(StringTransport()).bytes_buffered(), 0)

    def test_peer_that_may_still_send_is_half_closed_and_read_from(self):
        self.connection.pause()
        self.connection.close_gracefully(peer_has_closed=False)
        self.assertIsNone(self.socket.producer)
        self.assertTrue(self.socket.half_closed)
        self.assertFalse(self.socket.disconnecting)
        self.assertEqual(self.socket.producerState, "producing")

    def test_peer_that_has_closed_is_closed_fully(self):
        self.connection.close_gracefully(peer_has_closed=True)
        self.assertTrue(self.socket.disconnecting)
        self.assertFalse(self.socket.half_closed)


class OldUnixTransport(SocketTransport):
    """A UNIX transport of Twisted before 24.11, which claims to support the options of TCP."""

    def getTcpNoDelay(self):
        raise OSError(95, "Operation not supported")


class UnixSocketTests(SynchronousTestCase):
    def test_unsupported_socket_options_are_ignored(self):
        socket = OldUnixTransport()
        directlyProvides(socket, ITCPTransport)
        clock = Clock()
        Connection(socket, object(), Scheduler(clock)).write(b"abc")
        self.assertEqual(socket.value(), b"abc")


class FakeSocket:
    """A socket whose kernel buffer has limited room."""

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
    """A plain transport of Twisted, on a fake socket."""

    connected = 1

    def __init__(self):
        super().__init__(reactor=Clock())
        self.socket = FakeSocket()
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

    def test_bytes_go_straight_to_the_kernel(self):
        self.connection.write(b"abc")
        self.assertEqual(self.transport.socket.taken, b"abc")
        self.assertFalse(self.transport.writing)
        self.assertEqual(self.connection.bytes_buffered(), 0)

    def test_remaining_bytes_are_buffered_in_order(self):
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

    def test_failed_writes_are_left_to_the_transport(self):
        self.transport.socket.room = 0
        self.connection.write(b"abc")
        self.assertTrue(self.transport.writing)
        self.assertEqual(self.connection.bytes_buffered(), 3)
