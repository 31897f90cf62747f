from twisted.internet.testing import StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.transports import innermost, is_tls, prepare, unsent


class Socket(StringTransport):
    """A transport with the buffers of one that has a socket."""

    dataBuffer = b"abcdef"
    offset = 2
    _tempDataLen = 10


class TransportTests(SynchronousTestCase):
    """On plain transports; those of TLS are tested on real sockets."""

    def wrapped(self, transport):
        wrapper = ProtocolWrapper(WrappingFactory(None), None)
        wrapper.transport = transport
        return wrapper

    def test_the_innermost(self):
        socket = Socket()
        self.assertIs(innermost(socket), socket)
        self.assertIs(innermost(self.wrapped(self.wrapped(socket))), socket)

    def test_plain_ones_write_as_they_do(self):
        socket = Socket()
        self.assertFalse(is_tls(socket))
        prepare(socket)(b"text")
        self.assertEqual(socket.value(), b"text")

    def test_what_the_kernel_has_not_taken(self):
        self.assertEqual(unsent(self.wrapped(Socket())), 14)
        self.assertEqual(unsent(StringTransport()), 0)
