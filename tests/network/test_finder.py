from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import ConnectError
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.network.test_client import OK, FakeEndpoint
from twisted_date.network.client import CannotConnect
from twisted_date.network.finder import PATIENCE, NoServer, candidates, find, resolve

REFUSED = ConnectError(111, "refused")


class CandidateTests(SynchronousTestCase):
    def test_every_address_of_each_port(self):
        places = candidates(MemoryReactorClock(), ["127.0.0.1", "::1"], range(50000, 50002))
        self.assertEqual(
            [(type(place), place._host, place._port) for place in places],
            [
                (TCP4ClientEndpoint, "127.0.0.1", 50000),
                (TCP6ClientEndpoint, "::1", 50000),
                (TCP4ClientEndpoint, "127.0.0.1", 50001),
                (TCP6ClientEndpoint, "::1", 50001),
            ],
        )


class Resolver:
    """A name resolver that knows one name, or is silent."""

    def __init__(self, *addresses, silent=False):
        self.addresses = addresses
        self.silent = silent
        self.asked = []

    def resolveHostName(self, receiver, name):
        self.asked.append(name)
        receiver.resolutionBegan(None)
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, 0))
        if not self.silent:
            receiver.resolutionComplete()


class ResolveTests(SynchronousTestCase):
    def resolve(self, host, resolver):
        self.reactor = MemoryReactorClock()
        self.reactor.nameResolver = resolver
        return Deferred.fromCoroutine(resolve(self.reactor, host, 5.0))

    def test_localhost_and_addresses_are_not_looked_up(self):
        for host, addresses in (
            ("localhost", ["127.0.0.1", "::1"]),
            ("192.0.2.1", ["192.0.2.1"]),
            ("::1", ["::1"]),
        ):
            resolver = Resolver()
            self.assertEqual(self.successResultOf(self.resolve(host, resolver)), addresses)
            self.assertEqual(resolver.asked, [])

    def test_names_are_looked_up_once(self):
        resolver = Resolver("192.0.2.1", "2001:db8::1", "192.0.2.1")
        found = self.successResultOf(self.resolve("example.org", resolver))
        self.assertEqual(found, ["192.0.2.1", "2001:db8::1"])
        self.assertEqual(resolver.asked, ["example.org"])

    def test_a_name_that_is_not_known(self):
        error = self.failureResultOf(self.resolve("nowhere.invalid", Resolver()), CannotConnect).value
        self.assertIn("no address", str(error))

    def test_a_resolver_that_is_silent(self):
        resolving = self.resolve("example.org", Resolver(silent=True))
        self.reactor.advance(5.0)
        self.failureResultOf(resolving, CannotConnect)

    def test_what_was_found_in_time_is_enough(self):
        resolving = self.resolve("example.org", Resolver("192.0.2.1", silent=True))
        self.reactor.advance(5.0)
        self.assertEqual(self.successResultOf(resolving), ["192.0.2.1"])


class FindTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()

    def find(self, *places):
        return Deferred.fromCoroutine(find(places, self.clock, 10.0))

    def answer(self, place, *lines):
        for line in lines:
            place.transport.protocol.dataReceived(line.encode() + b"\r\n")

    def introduce(self, place):
        self.answer(place, "datechat 0.1.0", OK)

    def assert_none(self, searching, words):
        self.assertIn(words, str(self.failureResultOf(searching, NoServer).value))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_the_first(self):
        first, second = FakeEndpoint(), FakeEndpoint()
        searching = self.find(first, second)
        self.introduce(first)
        self.assertIs(self.successResultOf(searching), first.transport.protocol)
        self.assertIsNone(second.transport)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_the_next_is_tried_as_soon_as_one_refuses(self):
        second = FakeEndpoint()
        searching = self.find(FakeEndpoint(REFUSED), second)
        self.clock.advance(0)
        self.introduce(second)
        self.assertIs(self.successResultOf(searching), second.transport.protocol)

    def test_a_stranger_is_left_for_the_next(self):
        stranger, server = FakeEndpoint(), FakeEndpoint()
        searching = self.find(stranger, server)
        self.answer(stranger, "SSH-2.0-OpenSSH_9.2")
        self.assertTrue(stranger.transport.aborted)
        self.clock.advance(0)
        self.introduce(server)
        self.assertIs(self.successResultOf(searching), server.transport.protocol)

    def test_a_silent_one_is_not_waited_for(self):
        silent, server = FakeEndpoint(), FakeEndpoint()
        searching = self.find(silent, server)
        self.assertIsNone(server.transport)
        self.clock.advance(PATIENCE)
        self.introduce(server)
        self.assertIs(self.successResultOf(searching), server.transport.protocol)
        self.assertTrue(silent.transport.aborted)

    def test_a_slow_one_can_still_be_it(self):
        slow, silent = FakeEndpoint(), FakeEndpoint()
        searching = self.find(slow, silent)
        self.clock.advance(PATIENCE)
        self.introduce(slow)
        self.assertIs(self.successResultOf(searching), slow.transport.protocol)
        self.assertTrue(silent.transport.aborted)
        self.assertFalse(slow.transport.aborted)

    def test_none_of_them(self):
        searching = self.find(FakeEndpoint(REFUSED), FakeEndpoint(REFUSED))
        self.clock.pump([0, 0, 0])
        self.assert_none(searching, "Connection refused")

    def test_that_something_answered_is_the_more_telling(self):
        stranger = FakeEndpoint()
        searching = self.find(FakeEndpoint(REFUSED), stranger, FakeEndpoint(REFUSED))
        self.clock.advance(0)
        self.answer(stranger, "hello")
        self.clock.pump([0, 0])
        self.assert_none(searching, "not datechat")

    def test_there_is_one_deadline_for_all(self):
        silent = [FakeEndpoint() for _ in range(5)]
        searching = self.find(*silent)
        for _ in range(5):
            self.clock.advance(PATIENCE)
        self.clock.advance(10.0)
        self.assert_none(searching, "within 10 seconds")
        self.assertTrue(all(place.transport.aborted for place in silent))

    def test_an_unexpected_failure_does_not_stop_it(self):
        server = FakeEndpoint()
        searching = self.find(FakeEndpoint(RuntimeError("broken")), server)
        self.clock.advance(0)
        self.introduce(server)
        self.assertIs(self.successResultOf(searching), server.transport.protocol)

    def test_an_unexpected_failure_is_not_hidden(self):
        searching = self.find(FakeEndpoint(RuntimeError("broken")), FakeEndpoint(REFUSED))
        self.clock.pump([0, 0])
        self.failureResultOf(searching, RuntimeError)

    def test_cancelling_hangs_up(self):
        place = FakeEndpoint()
        searching = self.find(place)
        searching.cancel()
        self.failureResultOf(searching, CancelledError)
        self.assertTrue(place.transport.aborted)
        self.assertEqual(self.clock.getDelayedCalls(), [])
