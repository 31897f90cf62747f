from copy import copy

from twisted.internet import reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, clientFromString
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import FakeClientEndpoint
from tests.races import RaceTestCase
from twisted_date.endpoints import fallback_client
from twisted_date.endpoints.fallback_client import (
    FallbackClientEndpoint,
    HostNotFound,
    NotFound,
    parse,
    resolve_host,
)
from twisted_date.endpoints.race import CONNECTION_ATTEMPT_DELAY
from twisted_date.endpoints.tls_client import TLSClientEndpoint
from twisted_date.i18n.messages import SentenceError


class Resolver:
    """A name resolver that gives every name the same addresses, or never finishes."""

    def __init__(self, *addresses, silent=False):
        self.addresses = addresses
        self.silent = silent
        self.queries = []

    def resolveHostName(self, receiver, name):
        self.queries.append(name)
        receiver.resolutionBegan(None)
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, 0))
        if not self.silent:
            receiver.resolutionComplete()


class ResolveTests(SynchronousTestCase):
    def resolve_host(self, host, resolver):
        self.reactor = MemoryReactorClock()
        self.reactor.nameResolver = resolver
        return Deferred.fromCoroutine(resolve_host(self.reactor, host, 5.0))

    def test_localhost_and_addresses_are_not_resolved(self):
        for host, addresses in (
            ("localhost", ["127.0.0.1", "::1"]),
            ("192.0.2.1", ["192.0.2.1"]),
            ("::1", ["::1"]),
        ):
            resolver = Resolver()
            self.assertEqual(self.successResultOf(self.resolve_host(host, resolver)), addresses)
            self.assertEqual(resolver.queries, [])

    def test_names_are_resolved_once(self):
        resolver = Resolver("192.0.2.1", "2001:db8::1", "192.0.2.1")
        result = self.successResultOf(self.resolve_host("example.org", resolver))
        self.assertEqual(result, ["192.0.2.1", "2001:db8::1"])
        self.assertEqual(resolver.queries, ["example.org"])

    def test_unknown_name_has_no_address(self):
        error = self.failureResultOf(self.resolve_host("nowhere.invalid", Resolver()), LookupError).value
        self.assertIn("no address", str(error))

    def test_silent_resolver_times_out(self):
        resolving = self.resolve_host("example.org", Resolver(silent=True))
        self.reactor.advance(5.0)
        self.assertIn("not resolved in time", str(self.failureResultOf(resolving, LookupError).value))

    def test_unresolved_name_fails_the_connection_as_a_failed_lookup(self):
        reactor = MemoryReactorClock()
        reactor.nameResolver = Resolver()
        connecting = FallbackClientEndpoint(reactor, "nowhere.invalid", 50000, 2).connect(Factory())
        error = self.failureResultOf(connecting, DNSLookupError).value
        self.assertIsInstance(error, HostNotFound)
        self.assertEqual(
            str(error),
            "no service on nowhere.invalid, ports 50000 to 50001: the name of this host leads to no address",
        )
        self.assertEqual(str(error.best_cause), "the name of this host leads to no address")

    def test_addresses_found_before_the_timeout_are_used(self):
        resolving = self.resolve_host("example.org", Resolver("192.0.2.1", silent=True))
        self.reactor.advance(5.0)
        self.assertEqual(self.successResultOf(resolving), ["192.0.2.1"])


class ConnectTests(RaceTestCase):
    def connect(self, count, verify=True):
        self.endpoints = [FakeClientEndpoint() for _ in range(count)]
        self.patch(fallback_client, "_endpoint", lambda reactor, host, port: self.endpoints[port - 50000])
        endpoint = FallbackClientEndpoint(
            self.clock, "127.0.0.1", 50000, count, 10.0, self.verify if verify else None
        )
        factory = Factory.forProtocol(Protocol)
        factory.noisy = False
        connecting = endpoint.connect(factory)
        self.addCleanup(self.cancel_connecting, connecting)
        return connecting

    def assert_not_found(self, connecting, text):
        self.assertIn(text, str(self.failureResultOf(connecting, NotFound).value))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_endpoint_provides_its_interface(self):
        verifyObject(IStreamClientEndpoint, FallbackClientEndpoint(self.clock, "localhost", 50000))

    def test_localhost_tries_both_loopback_addresses_of_each_port(self):
        connecting = FallbackClientEndpoint(self.clock, "localhost", 50000, 2).connect(Factory())
        self.addCleanup(self.cancel_connecting, connecting)
        for _ in range(4):
            self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertEqual(
            [client[:2] for client in self.clock.tcpClients],
            [("127.0.0.1", 50000), ("::1", 50000), ("127.0.0.1", 50001), ("::1", 50001)],
        )

    def test_verified_service_on_the_base_port_wins(self):
        connecting = self.connect(3)
        self.endpoints[0].accept()
        self.assertNoResult(connecting)
        self.finish_verify(self.endpoints[0])
        self.assert_connected(connecting, 0)
        self.assertEqual(self.tried(), [0])

    def test_any_service_is_accepted_without_verify(self):
        connecting = self.connect(2, verify=False)
        self.endpoints[0].accept()
        self.assert_connected(connecting, 0)

    def test_wrong_service_is_left_for_the_next_port(self):
        connecting = self.connect(2)
        self.endpoints[0].accept()
        self.finish_verify(self.endpoints[0], ValueError("wrong service"))
        self.assertTrue(self.endpoints[0].aborted)
        self.clock.advance(0)
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        self.assert_connected(connecting, 1)

    def test_all_ports_refusing_is_not_found(self):
        connecting = self.connect(2)
        self.endpoints[0].refuse()
        self.clock.advance(0)
        self.assertNoResult(connecting)
        self.endpoints[1].refuse()
        self.assert_not_found(connecting, "refused")

    def test_error_prefers_a_cause_from_a_service_that_answered(self):
        connecting = self.connect(3)
        self.endpoints[0].refuse()
        self.clock.advance(0)
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1], ValueError("wrong service"))
        self.clock.advance(0)
        self.endpoints[2].refuse()
        self.assert_not_found(connecting, "wrong service")

    def test_all_attempts_share_one_timeout(self):
        connecting = self.connect(5)
        self.clock.pump([CONNECTION_ATTEMPT_DELAY] * 5)
        for endpoint in self.endpoints[:3]:
            endpoint.accept()
        self.clock.advance(10.0)
        self.assert_not_found(connecting, "no answer came in time")
        self.assertTrue(all(endpoint.aborted for endpoint in self.endpoints[:3]))


class NotFoundTests(SynchronousTestCase):
    def not_found(self, *attempts, ports=range(8080, 8083), host="localhost"):
        places = [(address, port) for address, port, _ in attempts]
        return NotFound([cause for _, _, cause in attempts], host, ports, places)

    def assert_reasons(self, error, reasons):
        self.assertEqual(str(error), f"no service on localhost, ports 8080 to 8082: {reasons}")

    def test_one_reason_for_all_is_given_once(self):
        refused = [(ip, port, ConnectError(111)) for port in range(8080, 8180) for ip in ("a", "b")]
        error = self.not_found(*refused, ports=range(8080, 8180))
        self.assertEqual(str(error), "no service on localhost, ports 8080 to 8179: Connection refused")
        self.assertEqual(error.causes, tuple(cause for _, _, cause in refused))
        self.assertEqual((error.host, error.ports), ("localhost", range(8080, 8180)))

    def test_single_port_is_named_alone(self):
        error = self.not_found(("::1", 7, ConnectError(111)), ports=range(7, 8), host="::1")
        self.assertEqual(str(error), "no service on ::1, port 7: Connection refused")

    def test_equal_reasons_are_grouped_and_answers_come_first(self):
        error = self.not_found(
            ("127.0.0.1", 8080, ConnectError(111)),
            ("::1", 8080, ConnectError(111)),
            ("127.0.0.1", 8081, ConnectError(111)),
            ("::1", 8081, ValueError("what answers there is not hello.")),
            ("127.0.0.1", 8082, TimeoutError("silent")),
            ("::1", 8082, TimeoutError("silent")),
        )
        self.assert_reasons(
            error, "8081 ::1: what answers there is not hello; 8082: silent; 2 ports: Connection refused"
        )

    def test_ports_that_were_not_tried_are_counted(self):
        error = self.not_found(("::1", 8080, TimeoutError("silent")))
        self.assert_reasons(error, "8080 ::1: silent; 2 ports: not tried")
        error = self.not_found(("::1", 8080, TimeoutError("silent")), ("::1", 8081, TimeoutError("silent")))
        self.assert_reasons(error, "2 ports: silent; 8082: not tried")

    def test_text_is_bounded_and_one_line(self):
        causes = [ValueError(f"{number}\r\n\x1b[2J" + "x" * 1000) for number in range(100)]
        attempts = [("127.0.0.1", 8080 + number, cause) for number, cause in enumerate(causes)]
        text = str(self.not_found(*attempts, ports=range(8080, 8180)))
        self.assertLess(len(text), 500)
        self.assertTrue(text.isprintable())
        self.assertTrue(text.endswith("x…; …"))

    def test_error_without_a_text_is_named(self):
        self.assert_reasons(
            self.not_found(("::1", 8080, ValueError()), ports=range(8080, 8083)),
            "8080 ::1: ValueError; 2 ports: not tried",
        )

    def test_causes_alone_are_enough(self):
        self.assertEqual(str(NotFound([ConnectError(111)])), "no service found: Connection refused")

    def test_nothing_tried_in_time_is_silence(self):
        error = NotFound([], "localhost", range(8080, 8083))
        self.assert_reasons(error, "no answer came in time")
        self.assertEqual(str(error.best_cause), "no answer came in time")

    def test_braces_in_a_reason_have_no_effect(self):
        self.assertIn("{host}", str(self.not_found(("::1", 8080, ValueError("{host}")))))

    def test_error_of_the_service_says_more_than_a_failed_connection(self):
        class WrongService(SentenceError, ConnectError):
            """As a wrong certificate is."""

        wrong = WrongService("wrong service")
        error = self.not_found(("::1", 8080, ConnectError(111)), ("::1", 8081, wrong))
        self.assertIs(error.best_cause, wrong)

    def test_errno_is_that_of_the_best_cause(self):
        refused, silent = ("::1", 8080, ConnectError(111)), ("::1", 8081, TimeoutError("silent"))
        self.assertEqual(self.not_found(refused).osError, 111)
        self.assertIsNone(self.not_found(refused, silent).osError)

    def test_error_can_be_copied(self):
        error = HostNotFound([LookupError("unknown")], "nowhere.invalid", range(8080, 8083))
        self.assertEqual(str(copy(error)), str(error))


class ArgumentTests(SynchronousTestCase):
    def test_invalid_arguments_raise_a_sentence(self):
        for arguments, text in (
            ({"port": 0}, "port 0"),
            ({"port": 65536}, "port 65536"),
            ({"port": 1, "tries": 0}, "tries=0"),
            ({"port": 1, "timeout": 0.0}, "timeout=0.0"),
            ({"port": 1, "timeout": float("nan")}, "timeout=nan"),
            ({"port": "8080"}, "port is '8080'; give a whole number"),
            ({"port": 1, "tries": None}, "tries is None"),
            ({"port": 1, "tries": True}, "tries is True"),
            ({"port": 1, "timeout": "5"}, "timeout is '5'; give a number of seconds"),
            ({"port": 1, "timeout": None}, "timeout is None"),
            ({"port": 1, "timeout": True}, "timeout is True"),
            ({"port": 1, "host": None}, "host is None; give a name or an IP address"),
            ({"port": 1, "host": ""}, "host is ''"),
            ({"port": 1, "host": b"localhost"}, "host is b'localhost'"),
            ({"port": 1, "verify": True}, "verify is True; give a function"),
            ({"host": "a..b", "port": 1}, "host is 'a..b'; give a name or an IP address"),
            ({"port": 1, "tls": "no"}, "tls is 'no'; give True or False"),
            ({"port": 1, "wrap": "tls"}, "wrap is 'tls'; give a function"),
        ):
            arguments = {"host": "localhost", **arguments}
            error = self.assertRaises(ValueError, FallbackClientEndpoint, None, **arguments)
            self.assertIn(text, str(error))

    def test_repr_shows_where_it_connects(self):
        endpoint = FallbackClientEndpoint(None, "localhost", 8080, timeout=2)
        self.assertEqual(repr(endpoint), "FallbackClientEndpoint('localhost', 8080, tries=100, timeout=2)")


class ParseTests(SynchronousTestCase):
    def endpoints(self, description):
        reactor = MemoryReactorClock()
        connecting = clientFromString(reactor, description).connect(Factory())
        reactor.pump([CONNECTION_ATTEMPT_DELAY] * 10)
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)
        return [client[:2] for client in reactor.tcpClients]

    def test_port_alone_is_enough(self):
        self.assertEqual(self.endpoints("fallback:8080")[:2], [("127.0.0.1", 8080), ("::1", 8080)])

    def test_every_argument_is_used(self):
        endpoints = self.endpoints("fallback:192.0.2.1:8080:tries=2:timeout=0.5")
        self.assertEqual(endpoints, [("192.0.2.1", 8080), ("192.0.2.1", 8081)])

    def test_invalid_descriptions_raise_a_sentence(self):
        for arguments, keywords, text in (
            ((), {}, "does not know ''"),
            (("a", "1", "b"), {}, "does not know b"),
            (("http",), {}, "'http'"),
            (("70000",), {}, "port 70000"),
            (("80",), {"tires": "5"}, "does not know tires"),
            (("80",), {"timeout": "soon"}, "timeout is 'soon'; give a number of seconds"),
            (("", "80"), {}, "host is ''"),
            (("80",), {"tls": "maybe"}, "tls is 'maybe'; give yes or no"),
        ):
            error = self.assertRaises(ValueError, parse, reactor, *arguments, **keywords)
            self.assertIn(text, str(error))


class TLSTests(SynchronousTestCase):
    def test_tls_comes_below_the_wrapping_endpoint(self):
        wrapped = []
        endpoint = FallbackClientEndpoint(
            MemoryReactorClock(), "127.0.0.1", 50000, 1, wrap=lambda one: wrapped.append(one) or one, tls=True
        )
        self.assertIn("tls=True", repr(endpoint))
        connecting = endpoint.connect(Factory())
        self.assertEqual([type(one) for one in wrapped], [TLSClientEndpoint])
        connecting.cancel()
        self.failureResultOf(connecting)


class EndpointFamilyTests(SynchronousTestCase):
    def test_endpoint_matches_the_address_family(self):
        for host, kind in (("127.0.0.1", TCP4ClientEndpoint), ("::1", TCP6ClientEndpoint)):
            self.assertIsInstance(fallback_client._endpoint(MemoryReactorClock(), host, 1), kind)
