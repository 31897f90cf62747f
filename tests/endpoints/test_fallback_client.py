from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, clientFromString
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import Transport
from twisted_date.endpoints import fallback_client as finder
from twisted_date.endpoints.fallback_client import (
    CONNECTION_ATTEMPT_DELAY,
    MAX_ATTEMPTS,
    PREFERENCE_DELAY,
    FallbackClientEndpoint,
    NotFound,
    parse,
    resolve,
)


class Resolver:
    """A name resolver that knows one name, or is silent."""

    def __init__(self, *addresses_of, silent=False):
        self.addresses_of = addresses_of
        self.silent = silent
        self.asked = []

    def resolveHostName(self, receiver, name):
        self.asked.append(name)
        receiver.resolutionBegan(None)
        for address in self.addresses_of:
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
        for host, addresses_of in (
            ("localhost", ["127.0.0.1", "::1"]),
            ("192.0.2.1", ["192.0.2.1"]),
            ("::1", ["::1"]),
        ):
            resolver = Resolver()
            self.assertEqual(self.successResultOf(self.resolve(host, resolver)), addresses_of)
            self.assertEqual(resolver.asked, [])

    def test_names_are_looked_up_once(self):
        resolver = Resolver("192.0.2.1", "2001:db8::1", "192.0.2.1")
        found = self.successResultOf(self.resolve("example.org", resolver))
        self.assertEqual(found, ["192.0.2.1", "2001:db8::1"])
        self.assertEqual(resolver.asked, ["example.org"])

    def test_a_name_that_is_not_known(self):
        error = self.failureResultOf(self.resolve("nowhere.invalid", Resolver()), NotFound).value
        self.assertIn("no address", str(error))

    def test_a_resolver_that_is_silent(self):
        resolving = self.resolve("example.org", Resolver(silent=True))
        self.reactor.advance(5.0)
        self.assertIn("not resolved in time", str(self.failureResultOf(resolving, NotFound).value))

    def test_what_was_found_in_time_is_enough(self):
        resolving = self.resolve("example.org", Resolver("192.0.2.1", silent=True))
        self.reactor.advance(5.0)
        self.assertEqual(self.successResultOf(resolving), ["192.0.2.1"])


class Place:
    """A port where something listens, refuses, or is silent; ``accept`` when it accepts the connection."""

    def __init__(self):
        self.connecting = None
        self.transport = None
        self.tried = False

    def connect(self, factory):
        self.tried = True
        self.factory = factory
        self.connecting = Deferred()
        return self.connecting

    def refuse(self, error=None):
        self.connecting.errback(error or ConnectError(111, "refused"))

    def accept(self, itself=False):
        here, there = IPv4Address("TCP", "127.0.0.1", 1), IPv4Address("TCP", "127.0.0.1", 2)
        self.protocol = self.factory.buildProtocol(None)
        self.transport = Transport(hostAddress=here, peerAddress=here if itself else there)
        self.transport.protocol = self.protocol
        self.protocol.makeConnection(self.transport)
        self.connecting.callback(self.protocol)

    @property
    def aborted(self):
        return self.transport.aborted


class FindTests(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactorClock()
        self.recognising = {}

    def verify(self, protocol):
        self.recognising[protocol] = Deferred()
        return self.recognising[protocol]

    def find(self, count, verify=True):
        self.endpoints = [Place() for _ in range(count)]
        self.patch(finder, "_endpoint", lambda reactor, host, port: self.endpoints[port - 50000])
        endpoint = FallbackClientEndpoint(
            self.reactor, "127.0.0.1", 50000, count, 10.0, self.verify if verify else None
        )
        factory = Factory.forProtocol(Protocol)
        factory.noisy = False
        searching = endpoint.connect(factory)
        self.addCleanup(self.give_up, searching)
        return searching

    def give_up(self, searching):
        """End a search that a test has left; the garbage collector would end it in the middle of another."""
        searching.cancel()
        searching.addErrback(lambda _: None)

    def tried(self):
        return [number for number, place in enumerate(self.endpoints) if place.tried]

    def say(self, place, error=None):
        """The recogniser's word on what accepted."""
        if error is None:
            self.recognising[place.protocol].callback(None)
        else:
            self.recognising[place.protocol].errback(error)

    def assert_found(self, searching, number):
        place = self.endpoints[number]
        self.assertIs(self.successResultOf(searching), place.protocol)
        self.assertFalse(place.aborted)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def assert_none(self, searching, words):
        self.assertIn(words, str(self.failureResultOf(searching, NotFound).value))
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_it_is_an_endpoint(self):
        verifyObject(IStreamClientEndpoint, FallbackClientEndpoint(self.reactor, "localhost", 50000))

    def test_both_loopback_addresses_of_each_port(self):
        searching = FallbackClientEndpoint(self.reactor, "localhost", 50000, 2).connect(Factory())
        self.addCleanup(self.give_up, searching)
        for _ in range(4):
            self.reactor.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertEqual(
            [client[:2] for client in self.reactor.tcpClients],
            [("127.0.0.1", 50000), ("::1", 50000), ("127.0.0.1", 50001), ("::1", 50001)],
        )

    def test_what_is_recognised_at_once(self):
        searching = self.find(3)
        self.endpoints[0].accept()
        self.assertNoResult(searching)
        self.say(self.endpoints[0])
        self.assert_found(searching, 0)
        self.assertEqual(self.tried(), [0])

    def test_without_a_recogniser_what_accepts_is_it(self):
        searching = self.find(2, verify=False)
        self.endpoints[0].accept()
        self.assert_found(searching, 0)

    def test_the_next_is_tried_as_soon_as_one_refuses(self):
        searching = self.find(2)
        self.endpoints[0].refuse()
        self.reactor.advance(0)
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        self.assert_found(searching, 1)

    def test_a_stranger_is_left_for_the_next(self):
        searching = self.find(2)
        self.endpoints[0].accept()
        self.say(self.endpoints[0], ValueError("a stranger"))
        self.assertTrue(self.endpoints[0].aborted)
        self.reactor.advance(0)
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        self.assert_found(searching, 1)

    def test_a_silent_one_is_not_waited_for(self):
        searching = self.find(3)
        self.endpoints[0].accept()
        self.reactor.advance(CONNECTION_ATTEMPT_DELAY / 2)
        self.assertEqual(self.tried(), [0])
        self.reactor.advance(CONNECTION_ATTEMPT_DELAY / 2)
        self.assertEqual(self.tried(), [0, 1])
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        self.assertNoResult(searching)
        self.reactor.advance(PREFERENCE_DELAY)
        self.assert_found(searching, 1)
        self.assertTrue(self.endpoints[0].aborted)

    def test_the_lowest_of_those_that_are_recognised_in_time(self):
        searching = self.find(3)
        self.reactor.pump([CONNECTION_ATTEMPT_DELAY, CONNECTION_ATTEMPT_DELAY])
        for number in (2, 1, 0):
            self.endpoints[number].accept()
        self.say(self.endpoints[2])
        self.say(self.endpoints[1])
        self.assertNoResult(searching)
        self.say(self.endpoints[0])
        self.assert_found(searching, 0)
        self.assertTrue(self.endpoints[1].aborted)
        self.assertTrue(self.endpoints[2].aborted)

    def test_a_lower_one_that_fails_is_not_waited_for_any_more(self):
        searching = self.find(2)
        self.reactor.advance(CONNECTION_ATTEMPT_DELAY)
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        self.assertNoResult(searching)
        self.endpoints[0].refuse()
        self.assert_found(searching, 1)

    def test_no_more_are_tried_once_one_is_found(self):
        self.find(3)
        self.reactor.advance(CONNECTION_ATTEMPT_DELAY)
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        self.reactor.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertEqual(self.tried(), [0, 1])

    def test_a_bounded_number_is_under_way(self):
        searching = self.find(40)
        self.reactor.pump([CONNECTION_ATTEMPT_DELAY] * 40)
        self.assertEqual(len(self.tried()), MAX_ATTEMPTS)
        self.endpoints[3].refuse()
        self.reactor.pump([0, CONNECTION_ATTEMPT_DELAY])
        self.assertEqual(len(self.tried()), MAX_ATTEMPTS + 1)
        searching.cancel()
        self.failureResultOf(searching, CancelledError)

    def test_many_that_refuse_at_once_do_not_nest(self):
        searching = self.find(2000)
        for place in self.endpoints:
            place.connect = lambda factory: failed_connection()
        self.reactor.pump([CONNECTION_ATTEMPT_DELAY] + [0] * 2100)
        self.endpoints[0].refuse()
        self.reactor.pump([0] * 10)
        self.assert_none(searching, "refused")

    def test_none_of_them(self):
        searching = self.find(2)
        self.endpoints[0].refuse()
        self.reactor.advance(0)
        self.assertNoResult(searching)
        self.endpoints[1].refuse()
        self.assert_none(searching, "refused")

    def test_that_something_answered_is_the_more_telling(self):
        searching = self.find(3)
        self.endpoints[0].refuse()
        self.reactor.advance(0)
        self.endpoints[1].accept()
        self.say(self.endpoints[1], ValueError("a stranger"))
        self.reactor.advance(0)
        self.endpoints[2].refuse()
        self.assert_none(searching, "a stranger")

    def test_there_is_one_deadline_for_all(self):
        searching = self.find(5)
        self.reactor.pump([CONNECTION_ATTEMPT_DELAY] * 5)
        for place in self.endpoints[:3]:
            place.accept()
        self.reactor.advance(10.0)
        self.assert_none(searching, "no answer came in time")
        self.assertTrue(all(place.aborted for place in self.endpoints[:3]))

    def test_what_was_found_by_then_is_taken(self):
        searching = self.find(2)
        self.reactor.advance(10.0 - PREFERENCE_DELAY / 2)
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        self.reactor.advance(PREFERENCE_DELAY / 2)
        self.assert_found(searching, 1)

    def test_a_connection_that_met_itself_is_none(self):
        searching = self.find(1, verify=False)
        self.endpoints[0].accept(itself=True)
        self.assert_none(searching, "met itself")
        self.assertTrue(self.endpoints[0].aborted)

    def test_cancelling_leaves_nothing_open(self):
        searching = self.find(3)
        self.reactor.pump([CONNECTION_ATTEMPT_DELAY] * 2)
        self.endpoints[0].accept()
        self.endpoints[1].accept()
        self.say(self.endpoints[1])
        searching.cancel()
        self.failureResultOf(searching, CancelledError)
        self.assertTrue(self.endpoints[0].aborted)
        self.assertTrue(self.endpoints[1].aborted)
        self.assertEqual(self.reactor.getDelayedCalls(), [])


def failed_connection():
    failing = Deferred()
    failing.errback(ConnectError(111, "refused"))
    return failing


class ArgumentTests(SynchronousTestCase):
    def test_wrong_ones_get_a_sentence(self):
        for arguments, words in (
            ({"port": 0}, "port 0"),
            ({"port": 65536}, "port 65536"),
            ({"port": 1, "tries": 0}, "tries=0"),
            ({"port": 1, "timeout": 0.0}, "timeout=0.0"),
            ({"port": 1, "timeout": float("nan")}, "timeout=nan"),
        ):
            error = self.assertRaises(ValueError, FallbackClientEndpoint, None, "localhost", **arguments)
            self.assertIn(words, str(error))


class ParseTests(SynchronousTestCase):
    def endpoints(self, description):
        reactor = MemoryReactorClock()
        searching = clientFromString(reactor, description).connect(Factory())
        reactor.pump([CONNECTION_ATTEMPT_DELAY] * 10)
        searching.cancel()
        self.failureResultOf(searching, CancelledError)
        return [client[:2] for client in reactor.tcpClients]

    def test_a_port_is_enough(self):
        self.assertEqual(self.endpoints("fallback:8080")[:2], [("127.0.0.1", 8080), ("::1", 8080)])

    def test_all_of_it(self):
        endpoints = self.endpoints("fallback:192.0.2.1:8080:tries=2:timeout=0.5")
        self.assertEqual(endpoints, [("192.0.2.1", 8080), ("192.0.2.1", 8081)])

    def test_what_is_wrong_gets_a_sentence(self):
        for arguments, keywords, words in (
            ((), {}, "does not know ''"),
            (("a", "1", "b"), {}, "does not know b"),
            (("http",), {}, "'http'"),
            (("70000",), {}, "port 70000"),
            (("80",), {"tires": "5"}, "does not know tires"),
            (("80",), {"timeout": "soon"}, "'soon'"),
        ):
            error = self.assertRaises(ValueError, parse, reactor, *arguments, **keywords)
            self.assertIn(words, str(error))


class KindTests(SynchronousTestCase):
    def test_an_endpoint_of_the_addresss_family(self):
        for host, kind in (("127.0.0.1", TCP4ClientEndpoint), ("::1", TCP6ClientEndpoint)):
            self.assertIsInstance(finder._endpoint(MemoryReactorClock(), host, 1), kind)
