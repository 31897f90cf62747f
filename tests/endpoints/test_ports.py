import socket

from twisted.internet import reactor
from twisted.internet.address import UNIXAddress
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Factory
from twisted.internet.ssl import CertificateOptions
from twisted.protocols.policies import WrappingFactory
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import FakePort
from twisted_date.endpoints.ports import PortGroup, addresses_of, close_now, uses_tls


class CloseNowTests(SynchronousTestCase):
    def test_socket_is_closed_before_the_reactor_runs(self):
        port = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
        address = port.getHost()
        self.successResultOf(close_now(port))
        self.assertRaises(OSError, socket.create_connection, (address.host, address.port), 1)


class PortGroupTests(SynchronousTestCase):
    def setUp(self):
        self.ports = [FakePort("::1", 50000), FakePort("127.0.0.1", 50000)]
        self.group = PortGroup(self.ports)

    def test_group_provides_its_interface(self):
        verifyObject(IListeningPort, self.group)

    def test_host_of_the_group_is_the_first_address(self):
        self.assertEqual(self.group.getHost(), self.ports[0].host)

    def test_all_ports_stop_and_start(self):
        self.successResultOf(self.group.stopListening())
        self.assertEqual([port.listening for port in self.ports], [False, False])
        self.group.startListening()
        self.assertEqual([port.listening for port in self.ports], [True, True])

    def test_repr_shows_the_addresses(self):
        self.assertEqual(repr(self.group), "PortGroup(::1 50000, 127.0.0.1 50000)")

    def test_repr_of_closed_and_other_ports_is_true(self):
        closed = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
        self.successResultOf(close_now(closed))
        self.ports[0].host = UNIXAddress("/run/x")
        group = PortGroup([closed, self.ports[0]])
        self.assertEqual(repr(group), "PortGroup(closed, UNIXAddress('/run/x'))")

    def test_only_ports_with_a_tls_layer_use_tls(self):
        self.assertFalse(uses_tls(self.group))
        tls = TLSMemoryBIOFactory(CertificateOptions(), False, Factory())
        for factory, expected in ((Factory(), False), (tls, True), (WrappingFactory(tls), True)):
            port = FakePort("127.0.0.1", 1)
            port.factory = factory
            self.assertEqual(uses_tls(port), expected)

    def test_single_port_has_one_address(self):
        self.assertEqual(addresses_of(self.ports[1]), [self.ports[1].host])
