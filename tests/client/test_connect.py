import sys
from unittest.mock import patch

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import FakeClientEndpoint
from twisted_date.cli.options import WrongSettings
from twisted_date.client import connect as connecting
from twisted_date.client.connect import connect_to, open_endpoint, search_ports
from twisted_date.client.errors import (
    CannotConnect,
    ReplyTimeout,
    ServerBusy,
    ServerNotFound,
    WrongServer,
)
from twisted_date.client.protocol import DateClient
from twisted_date.client.settings import Target
from twisted_date.endpoints.fallback_client import NotFound

OK = '{"ok": true, "text": "fine"}'


class ConnectTestCase(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactorClock()
        self.tried = []
        self.results = []
        self.patch(connecting, "open_endpoint", self.open_endpoint)
        self.patch(connecting, "search_ports", self.search_ports)

    def open_endpoint(self, endpoint, clock, timeout, check_host):
        self.tried.append(endpoint)
        return self.results.pop(0) if self.results else succeed("a client")

    def search_ports(self, reactor, host, port, tries, timeout, wrap):
        self.tried.append((host, port, tries, wrap))
        return self.results.pop(0) if self.results else succeed("a client")

    def connect(self, **target):
        return Deferred.fromCoroutine(connect_to(self.reactor, Target(**target), 1.0))


class SearchTests(ConnectTestCase):
    def test_ports_are_searched(self):
        self.assertEqual(self.successResultOf(self.connect(ports=range(7, 9))), "a client")
        self.assertEqual(self.tried, [("localhost", 7, 2, None)])

    def test_missing_server_is_reported_with_ports_and_cause(self):
        for ports, words in ((range(7, 9), "ports 7 to 8"), (range(7, 8), "port 7")):
            refused = ServerNotFound("Connection refused")
            refused.nothing_answered = True
            self.results = [fail(refused)]
            error = self.failureResultOf(self.connect(ports=ports), ServerNotFound).value
            self.assertEqual(str(error), f"no datechat server on localhost, {words}: Connection refused")
            self.assertTrue(error.nothing_answered)

    def test_another_server_that_answered_is_reported(self):
        self.results = [fail(ServerNotFound("a stranger"))]
        error = self.failureResultOf(self.connect(ports=range(7, 8)), ServerNotFound).value
        self.assertEqual(str(error), "no datechat server on localhost, port 7: a stranger")
        self.assertFalse(error.nothing_answered)

    def test_busy_server_gives_its_own_reason(self):
        self.results = [fail(ServerBusy("datechat is full"))]
        error = self.failureResultOf(self.connect(ports=range(7, 8)), ServerBusy).value
        self.assertEqual(str(error), "datechat is full")

    def test_tls_wraps_the_endpoints(self):
        self.connect(ports=range(7, 8), tls=True)
        self.assertIsNotNone(self.tried[0][3])

    def test_host_that_no_certificate_can_name_is_reported(self):
        error = self.failureResultOf(
            self.connect(host="a..b", ports=range(7, 8), tls=True), WrongSettings
        ).value
        self.assertEqual(str(error), "'a..b' is not a host name")

    def test_missing_tls_library_is_reported(self):
        with patch.dict(sys.modules, {"twisted.internet.ssl": None}):
            error = self.failureResultOf(self.connect(ports=range(7, 8), tls=True), WrongSettings).value
        self.assertIn("install datechat[tls]", str(error))


class PortFileTests(ConnectTestCase):
    """Which files are port files is tested in test_port_file.py, and the race in tests/endpoints."""

    def connect_by_port_file(self, count, **target):
        self.endpoints = [FakeClientEndpoint() for _ in range(count)]
        found = [(f"address {number}", endpoint) for number, endpoint in enumerate(self.endpoints)]
        self.patch(connecting, "read_port_file", lambda *arguments: self.read.append(arguments) or found)
        self.read = []
        connection = self.connect(port_file="a file", **target)
        self.addCleanup(connection.addErrback, lambda _: None)
        self.addCleanup(connection.cancel)
        return connection

    def accept(self, endpoint, *lines):
        endpoint.accept()
        endpoint.protocol.dataReceived(b"".join(line.encode() + b"\r\n" for line in lines))

    def test_first_address_at_which_a_server_answers_is_used(self):
        connection = self.connect_by_port_file(3)
        self.endpoints[0].refuse()
        self.reactor.advance(0)
        self.accept(self.endpoints[1], "datechat 0.1.0", OK)
        self.assertIs(self.successResultOf(connection), self.endpoints[1].protocol)

    def test_silent_addresses_share_one_timeout(self):
        connection = self.connect_by_port_file(4)
        for endpoint in self.endpoints:
            endpoint.accept()
            self.reactor.advance(0.0625)
        self.assertNoResult(connection)
        self.reactor.advance(0.75)
        error = self.failureResultOf(connection, ServerNotFound).value
        self.assertEqual(str(error), "no datechat server at address 0: no answer came in time")
        self.assertTrue(all(endpoint.aborted for endpoint in self.endpoints))

    def test_most_informative_cause_is_reported_with_its_address(self):
        connection = self.connect_by_port_file(3)
        self.endpoints[0].refuse()
        self.reactor.advance(0)
        self.accept(self.endpoints[1], "220 mail.example ESMTP")
        self.reactor.advance(0)
        self.endpoints[2].refuse()
        error = self.failureResultOf(connection, ServerNotFound).value
        self.assertEqual(str(error), "no datechat server at address 1: what answers there is not datechat")

    def test_refused_connection_is_reported(self):
        connection = self.connect_by_port_file(1)
        self.endpoints[0].refuse()
        error = self.failureResultOf(connection, ServerNotFound).value
        self.assertEqual(str(error), "no datechat server at address 0: Connection refused")

    def test_busy_server_gives_its_own_reason(self):
        connection = self.connect_by_port_file(2)
        self.accept(self.endpoints[0], "error: datechat is full; please connect again later")
        self.reactor.advance(0)
        self.endpoints[1].refuse()
        self.assertIn("datechat is full", str(self.failureResultOf(connection, ServerBusy).value))

    def test_certificate_must_name_the_given_host(self):
        names = []
        self.patch(connecting, "_tls", lambda host: names.append(host) or "a wrapper")
        self.connect_by_port_file(1, tls=True)
        self.connect_by_port_file(1, tls=True, host="example.org")
        self.assertEqual(names, ["localhost", "example.org"])
        self.assertEqual(self.read, [("a file", self.reactor, "a wrapper")])


class EndpointTests(ConnectTestCase):
    def test_endpoint_description_is_used(self):
        self.assertEqual(self.successResultOf(self.connect(endpoint="tcp:127.0.0.1:7")), "a client")

    def test_missing_server_is_reported(self):
        self.results = [fail(CannotConnect("refused"))]
        error = self.failureResultOf(self.connect(endpoint="tcp:127.0.0.1:7"), ServerNotFound).value
        self.assertEqual(str(error), "no datechat server at tcp:127.0.0.1:7: refused")

    def test_invalid_description_is_reported(self):
        error = self.failureResultOf(self.connect(endpoint="nonsense"), WrongSettings).value
        self.assertIn("'nonsense' is not an endpoint", str(error))
        self.results = [fail(OverflowError("port must be 0-65535"))]
        error = self.failureResultOf(self.connect(endpoint="tcp:x:99999"), WrongSettings).value
        self.assertIn("'tcp:x:99999' is not an endpoint", str(error))


class OpenEndpointTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.endpoint = FakeClientEndpoint()

    def connect(self, accept=True):
        connecting = Deferred.fromCoroutine(open_endpoint(self.endpoint, self.clock, 2.0))
        if accept:
            self.endpoint.accept()
        return connecting

    def receive(self, *lines):
        for line in lines:
            self.endpoint.transport.protocol.dataReceived(line.encode() + b"\r\n")

    def test_handshake_asks_for_version_and_json(self):
        connecting = self.connect()
        self.assertEqual(self.endpoint.transport.lines(), ["/version", "/json on"])
        self.receive("datechat 0.1.0", OK)
        client = self.successResultOf(connecting)
        self.assertIsInstance(client, DateClient)
        self.assertEqual(client.server, "datechat 0.1.0")

    def test_endpoint_may_connect_twice_and_choose(self):
        class Choosing(FakeClientEndpoint):
            """Connects to two addresses, chooses the first, and aborts the second."""

            def connect(self, factory):
                connecting = super().connect(factory)
                self.accept()
                chosen, chosen_transport = self.protocol, self.transport
                self.connection = Deferred()
                self.accept()
                self.transport.abortConnection()
                self.transport, self.protocol = chosen_transport, chosen
                return connecting

        self.endpoint = Choosing()
        connecting = self.connect(accept=False)
        self.receive("datechat 0.1.0", OK)
        self.assertIs(self.successResultOf(connecting), self.endpoint.protocol)

    def test_later_version_may_add_text(self):
        connecting = self.connect()
        self.receive("datechat 2.0 (of 2030)", OK)
        self.assertEqual(self.successResultOf(connecting).server, "datechat 2.0 (of 2030)")

    def assert_not_connected(self, connecting, kind, words):
        self.assertIn(words, str(self.failureResultOf(connecting, kind).value))
        self.assertTrue(self.endpoint.transport.aborted)

    def test_other_server_is_recognised_by_its_reply(self):
        for line in ("HTTP/1.1 400 Bad Request", "datechat", "I am datechat 1.0", "", "datechatter 1.0.0"):
            self.endpoint = FakeClientEndpoint()
            connecting = self.connect()
            self.receive(line)
            self.assert_not_connected(connecting, WrongServer, "not datechat")

    def test_other_server_that_speaks_first_is_recognised(self):
        connecting = self.connect()
        self.receive("220 mail.example ESMTP", "500 what?")
        self.assert_not_connected(connecting, WrongServer, "not datechat")

    def test_server_without_json_is_rejected(self):
        connecting = self.connect()
        self.receive("datechat 0.1.0", "what?")
        self.assert_not_connected(connecting, WrongServer, "does not speak")

    def test_silent_server_times_out(self):
        connecting = self.connect()
        self.clock.advance(2.0)
        self.assert_not_connected(connecting, ReplyTimeout, "within 2 seconds")

    def test_server_that_closes_at_once_is_rejected(self):
        connecting = self.connect()
        self.endpoint.transport.finish()
        self.failureResultOf(connecting, WrongServer)

    def test_failed_connection_is_reported(self):
        for error, words in (
            (ConnectError(111, "refused"), "Connection refused"),
            (DNSLookupError("no results for hostname lookup: nowhere"), "nowhere"),
        ):
            self.endpoint = FakeClientEndpoint()
            connecting = self.connect(accept=False)
            self.endpoint.refuse(error)
            self.assertIn(words, str(self.failureResultOf(connecting, CannotConnect).value))

    def test_slow_connection_times_out(self):
        connecting = self.connect(accept=False)
        self.clock.advance(2.0)
        self.assertIn("within 2 seconds", str(self.failureResultOf(connecting, CannotConnect).value))

    def test_connection_and_handshake_share_the_timeout(self):
        connecting = self.connect(accept=False)
        self.clock.advance(1.5)
        self.endpoint.accept()
        self.clock.advance(0.5)
        self.assert_not_connected(connecting, ReplyTimeout, "no reply came within 2 seconds")

    def test_busy_server_gives_its_own_reason(self):
        connecting = self.connect()
        self.receive("error: datechat is stopping; please connect again later")
        self.assert_not_connected(connecting, ServerBusy, "datechat is stopping")

    def test_error_reply_of_another_server_is_recognised(self):
        connecting = self.connect()
        self.receive("error: what do you want?")
        self.assert_not_connected(connecting, WrongServer, "not datechat")

    def test_cancelling_aborts_the_connection(self):
        connecting = self.connect()
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)
        self.assertTrue(self.endpoint.transport.aborted)


class SearchPortsTests(SynchronousTestCase):
    """Errors when no server is found; tests/endpoints/test_fallback_client.py tests the search itself."""

    def search_error(self, *causes):
        class FailingEndpoint:
            def __init__(self, *arguments):
                """Accept the arguments of FallbackClientEndpoint."""

            def connect(self, factory):
                return fail(NotFound(causes))

        self.patch(connecting, "FallbackClientEndpoint", FailingEndpoint)
        search = Deferred.fromCoroutine(search_ports(Clock(), "localhost", 50000, 100))
        return str(self.failureResultOf(search, ServerNotFound, ServerBusy).value)

    def test_refused_connections_are_reported(self):
        refused = ConnectError(111, "refused")
        self.assertEqual(self.search_error(refused, refused), "Connection refused")

    def test_answer_takes_precedence_over_refused_connections(self):
        error = self.search_error(
            ConnectError(111), TimeoutError("no answer came in time"), ConnectError(111)
        )
        self.assertEqual(error, "no answer came in time")
        self.assertEqual(self.search_error(TimeoutError("x"), WrongServer("a stranger")), "a stranger")

    def test_reply_from_datechat_takes_precedence(self):
        self.assertEqual(
            self.search_error(WrongServer("a stranger"), ServerBusy("datechat is full")), "datechat is full"
        )
