import errno
import os
import subprocess
import sys

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IStreamServerEndpoint
from twisted.internet.protocol import Factory
from twisted.internet.testing import EventLoggingObserver, MemoryReactor
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import FakePort
from twisted_date.endpoints import fallback_server
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint, PortUnavailable, parse
from twisted_date.endpoints.ports import addresses_of

BOTH = ["::1", "127.0.0.1"]


class RefusingReactor(MemoryReactor):
    """A reactor that refuses to listen on chosen ports and addresses.

    :param refused: maps ``(address, port)``, ``address`` or ``port`` to an errno or an exception.
    """

    def __init__(self, refused):
        super().__init__()
        self.refused = refused
        self.tried = []
        self.ports = []

    def listenTCP(self, port, factory, backlog=50, interface=""):
        self.tried.append((interface, port))
        for key in ((interface, port), interface, port):
            if key in self.refused:
                raise self._error(self.refused[key], interface, port)
        self.tcpServers.append((port, factory, backlog, interface))
        self.ports.append(FakePort(interface, port))
        return self.ports[-1]

    def _error(self, refusal, interface, port):
        if isinstance(refusal, Exception):
            return refusal
        return CannotListenError(interface, port, OSError(refusal, os.strerror(refusal)))

    def listening(self):
        return [(port.host.host, port.host.port) for port in self.ports if port.listening]


class FallbackServerTestCase(SynchronousTestCase):
    def listen(self, refused, port=50000, **arguments):
        self.reactor = RefusingReactor(refused)
        return FallbackServerEndpoint(self.reactor, port, **arguments).listen(Factory())

    def assert_listens(self, refused, *addresses, **arguments):
        port = self.successResultOf(self.listen(refused, **arguments))
        self.assertEqual([(host.host, host.port) for host in addresses_of(port)], list(addresses))
        self.assertEqual(self.reactor.listening(), list(addresses))
        return port

    def assert_fails(self, refused, *texts, **arguments):
        error = self.failureResultOf(self.listen(refused, **arguments), PortUnavailable).value
        for text in texts:
            self.assertIn(text, str(error))
        self.assertNotIn("\n", str(error))
        self.assertEqual(self.reactor.listening(), [])
        return error


class ListenTests(FallbackServerTestCase):
    def test_endpoint_provides_its_interface(self):
        verifyObject(IStreamServerEndpoint, FallbackServerEndpoint(MemoryReactor(), 50000))

    def test_free_base_port_is_used(self):
        self.assert_listens({}, ("::1", 50000), ("127.0.0.1", 50000))

    def test_next_port_is_used_when_the_base_port_is_taken(self):
        self.assert_listens({50000: errno.EADDRINUSE}, ("::1", 50001), ("127.0.0.1", 50001))

    def test_port_taken_on_one_address_is_skipped(self):
        for address in BOTH:
            self.assert_listens({(address, 50000): errno.EADDRINUSE}, ("::1", 50001), ("127.0.0.1", 50001))

    def test_taken_port_may_be_reported_by_listen_as_oserror(self):
        busy = OSError(errno.EADDRINUSE, "Address already in use")
        self.assert_listens({50000: busy, 50001: busy}, ("::1", 50002), ("127.0.0.1", 50002))

    def test_each_port_is_bound_once_and_never_probed(self):
        self.assert_listens({("::1", 50000): errno.EADDRINUSE}, ("::1", 50001), ("127.0.0.1", 50001))
        self.assertEqual(self.reactor.tried, [("::1", 50000), ("::1", 50001), ("127.0.0.1", 50001)])

    def test_factory_and_backlog_are_passed_on(self):
        factory = Factory()
        reactor = RefusingReactor({})
        FallbackServerEndpoint(reactor, 50000, interface="127.0.0.1", backlog=7).listen(factory)
        self.assertEqual(reactor.tcpServers, [(50000, factory, 7, "127.0.0.1")])


class InterfaceTests(FallbackServerTestCase):
    def test_ip_address_is_used_alone(self):
        for address in ("127.0.0.1", "192.0.2.7", "::1"):
            self.assert_listens({}, (address, 50000), interface=address)

    def test_every_interface_is_one_socket(self):
        self.assert_listens({}, ("::", 50000), interface="*")

    def test_every_interface_is_two_sockets_where_ipv6_takes_no_ipv4(self):
        self.patch(fallback_server, "_is_ipv6_only", lambda: True)
        self.assert_listens({}, ("::", 50000), ("0.0.0.0", 50000), interface="*")
        self.assert_listens({"::": errno.EAFNOSUPPORT}, ("0.0.0.0", 50000), interface="*")

    def test_machine_without_ipv6_is_no_reason_to_fail(self):
        def no_ipv6(family):
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

        self.patch(fallback_server.socket, "socket", no_ipv6)
        self.assertFalse(fallback_server._is_ipv6_only())

    def test_missing_ipv6_leaves_out_the_implied_address(self):
        for missing in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            self.assert_listens({"::1": missing}, ("127.0.0.1", 50000))
            self.assert_listens({"::": missing}, ("0.0.0.0", 50000), interface="*")

    def test_missing_ipv6_does_not_stop_the_fallback(self):
        refused = {"::1": errno.EAFNOSUPPORT, 50000: errno.EADDRINUSE}
        refused[("::1", 50000)] = errno.EAFNOSUPPORT
        self.assert_listens(refused, ("127.0.0.1", 50001))

    def test_missing_ipv6_fails_for_an_explicit_address(self):
        self.assert_fails({"::1": errno.EADDRNOTAVAIL}, "::1 is not an address", interface="::1")
        self.assert_fails({"::1": errno.EAFNOSUPPORT}, "no network", "::1", interface="::1")


class RangeTests(FallbackServerTestCase):
    def test_error_names_the_range_and_the_cause(self):
        taken = dict.fromkeys(range(50000, 50003), errno.EADDRINUSE)
        error = self.assert_fails(taken, "50000 to 50002", "localhost", "is taken", tries=3)
        self.assertEqual(error.socketError.errno, errno.EADDRINUSE)

    def test_single_try_has_no_fallback(self):
        self.assert_fails({50000: errno.EADDRINUSE}, "port 50000 on localhost is taken", tries=1)

    def test_range_stops_at_the_highest_port(self):
        taken = dict.fromkeys(range(65530, 65536), errno.EADDRINUSE)
        self.assert_fails(taken, "65530 to 65535", port=65530)
        self.assertEqual(self.reactor.tried[-1], ("::1", 65535))

    def test_highest_port_can_be_used(self):
        self.assert_listens({65534: errno.EADDRINUSE}, ("::1", 65535), ("127.0.0.1", 65535), port=65534)


class FinalErrorTests(FallbackServerTestCase):
    def test_other_errors_stop_the_fallback_with_advice(self):
        for number, advice in (
            (errno.EACCES, "1024"),
            (errno.EADDRNOTAVAIL, "not an address of this machine"),
            (errno.EMFILE, "ulimit -n"),
            (errno.ENFILE, "machine"),
            (errno.ENOBUFS, "another"),
        ):
            error = self.assert_fails({50000: number}, advice, os.strerror(number), interface="192.0.2.7")
            self.assertIsInstance(error, CannotListenError)
            self.assertEqual(self.reactor.tried, [("192.0.2.7", 50000)])

    def test_failing_second_address_leaves_nothing_open(self):
        self.assert_fails({"127.0.0.1": errno.EACCES}, "port 50000 of localhost")

    def test_unexpected_exception_leaves_nothing_open(self):
        listening = self.listen({"127.0.0.1": RuntimeError("broken")})
        self.failureResultOf(listening, RuntimeError)
        self.assertEqual(self.reactor.listening(), [])


class MakeEndpointTests(FallbackServerTestCase):
    def test_make_endpoint_is_called_for_each_port(self):
        reactor = RefusingReactor({50000: errno.EADDRINUSE})
        made = []

        def make(port, address):
            made.append((port, address))
            return TCP4ServerEndpoint(reactor, port, 5, address)

        endpoint = FallbackServerEndpoint(reactor, 50000, interface="127.0.0.1", make_endpoint=make)
        self.successResultOf(endpoint.listen(Factory()))
        self.assertEqual(made, [(50000, "127.0.0.1"), (50001, "127.0.0.1")])

    def slow_endpoint(self, *listening):
        results = list(listening)

        class Slow:
            def listen(self, factory):
                return results.pop(0)

        return FallbackServerEndpoint(MemoryReactor(), 50000, make_endpoint=lambda port, address: Slow())

    def test_slow_endpoint_is_waited_for(self):
        slow = Deferred()
        listening = self.slow_endpoint(slow, succeed(FakePort("127.0.0.1", 50000))).listen(Factory())
        self.assertNoResult(listening)
        slow.callback(FakePort("::1", 50000))
        self.assertEqual(len(addresses_of(self.successResultOf(listening))), 2)

    def test_cancelling_leaves_nothing_open(self):
        first = FakePort("::1", 50000)
        listening = self.slow_endpoint(succeed(first), Deferred()).listen(Factory())
        listening.cancel()
        self.failureResultOf(listening)
        self.assertFalse(first.listening)

    def test_port_that_cannot_be_closed_is_logged(self):
        class Stuck(FakePort):
            def stopListening(self):
                return fail(RuntimeError("stuck"))

        denied = fail(OSError(errno.EACCES, "no"))
        listening = self.slow_endpoint(succeed(Stuck("::1", 50000)), denied).listen(Factory())
        self.failureResultOf(listening, PortUnavailable)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)


class ReprTests(SynchronousTestCase):
    def test_repr_shows_where_it_listens(self):
        endpoint = FallbackServerEndpoint(MemoryReactor(), 65530, interface="::1")
        self.assertEqual(repr(endpoint), "FallbackServerEndpoint(65530, tries=100, interface='::1')")


class TextErrorTests(FallbackServerTestCase):
    def test_error_with_a_plain_text_stops_the_fallback(self):
        refused = {50000: CannotListenError(None, "/run/x", "Cannot acquire lock")}
        self.assert_fails(refused, "Cannot acquire lock", interface="127.0.0.1")


class LogTests(FallbackServerTestCase):
    def messages(self, refused):
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        self.successResultOf(self.listen(refused))
        return [event["log_format"].format(**event) for event in observer if event.get("log_format")]

    def test_fallback_is_logged(self):
        messages = self.messages({50000: errno.EADDRINUSE})
        self.assertIn("Base port 50000 was taken; listening on port 50001 instead.", messages)

    def test_free_base_port_logs_nothing(self):
        self.assertEqual(self.messages({}), [])


class ArgumentTests(SynchronousTestCase):
    def test_invalid_arguments_raise_a_sentence(self):
        for arguments, text in (
            ({"port": 0}, "port 0 is out of range"),
            ({"port": 65536}, "port 65536 is out of range"),
            ({"port": 1, "tries": 0}, "tries=0"),
            ({"port": 1, "backlog": 0}, "backlog=0"),
            ({"port": 1, "interface": "nonsense"}, "'nonsense'"),
            ({"port": 1, "interface": ""}, "''"),
            ({"port": 1, "interface": "256.0.0.1"}, "256.0.0.1"),
            ({"port": 1, "interface": None}, "interface None is not known"),
            ({"port": 1, "interface": b"::1"}, "interface b'::1' is not known"),
            ({"port": "8080"}, "port is '8080'; give a whole number"),
            ({"port": True}, "port is True; give a whole number"),
            ({"port": 1, "tries": None}, "tries is None"),
            ({"port": 1, "tries": 2.0}, "tries is 2.0"),
            ({"port": 1, "backlog": "50"}, "backlog is '50'"),
            ({"port": 1, "make_endpoint": "tcp:1"}, "make_endpoint is 'tcp:1'; give a function"),
        ):
            error = self.assertRaises(ValueError, FallbackServerEndpoint, MemoryReactor(), **arguments)
            self.assertIn(text, str(error))

    def test_backlog_is_refused_beside_make_endpoint(self):
        arguments = {"port": 1, "backlog": 50, "make_endpoint": TCP4ServerEndpoint}
        error = self.assertRaises(ValueError, FallbackServerEndpoint, MemoryReactor(), **arguments)
        self.assertIn("backlog=50 has no effect with make_endpoint", str(error))


class ParseTests(SynchronousTestCase):
    def test_port_alone_is_enough(self):
        reactor = RefusingReactor({})
        self.successResultOf(parse(reactor, "8080").listen(Factory()))
        self.assertEqual(reactor.listening(), [("::1", 8080), ("127.0.0.1", 8080)])

    def test_every_argument_is_used(self):
        reactor = RefusingReactor({8080: errno.EADDRINUSE})
        endpoint = parse(reactor, "8080", tries="2", interface="::1", backlog="9")
        self.successResultOf(endpoint.listen(Factory()))
        self.assertEqual([server[::2] for server in reactor.tcpServers], [(8081, 9)])

    def test_invalid_descriptions_raise_a_sentence(self):
        for arguments, keywords, text in (
            ((), {}, "port is ''"),
            (("http",), {}, "port is 'http'"),
            (("-1",), {}, "port is '-1'"),
            (("٣",), {}, "port is"),
            (("70000",), {}, "port 70000"),
            (("80", "more"), {}, "does not know more"),
            (("80",), {"tires": "5"}, "does not know tires"),
            (("80",), {"tries": "many"}, "tries is 'many'"),
            (("80",), {"backlog": "x"}, "backlog is 'x'"),
            (("80",), {"backlog": "0", "tls": "none.pem"}, "backlog=0"),
        ):
            error = self.assertRaises(ValueError, parse, MemoryReactor(), *arguments, **keywords)
            self.assertIn(text, str(error))


class ImportTests(SynchronousTestCase):
    def test_module_loads_neither_server_nor_dates(self):
        script = (
            "import sys, twisted_date.endpoints.fallback_server\n"
            "ours = [name.split('.') for name in sys.modules if name.startswith('twisted_date.')]\n"
            "print(*sorted({folder for _, folder, *_ in ours}))"
        )
        loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(loaded.stdout.split(), ["endpoints", "i18n"])
