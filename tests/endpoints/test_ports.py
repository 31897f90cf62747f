from twisted.internet.interfaces import IListeningPort
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import FakePort
from twisted_date.endpoints.ports import PortGroup, addresses_of


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

    def test_single_port_has_one_address(self):
        self.assertEqual(addresses_of(self.ports[1]), [self.ports[1].host])
