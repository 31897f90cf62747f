from OpenSSL.SSL import SysCallError
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.error import ConnectError, ConnectionLost, DNSLookupError
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ClientSide, Transport
from twisted_date.client import connect as connecting
from twisted_date.client.connect import open_endpoint, search_ports
from twisted_date.client.errors import (
    CannotConnect,
    ConnectionClosed,
    ReplyTimeout,
    ServerBusy,
    ServerNotFound,
    WrongServer,
)
from twisted_date.client.protocol import CLOSING_GRACE, DateClient
from twisted_date.endpoints.fallback_client import NotFound

OK = '{"ok": true, "text": "fine"}'


class AskTests(SynchronousTestCase):
    def setUp(self):
        self.side = ClientSide()
        self.client = self.side.client

    def test_message_and_reply_are_one_line_each(self):
        reply = self.client.ask("/date")
        self.assertEqual(self.side.sent(), ["/date"])
        self.assertNoResult(reply)
        self.side.receive(OK)
        self.assertEqual(self.successResultOf(reply).text, "fine")

    def test_replies_match_messages_in_order(self):
        first, second = self.client.ask("one"), self.client.ask("two")
        self.side.receive('{"ok": true, "text": "1"}', '{"ok": true, "text": "2"}')
        self.assertEqual(self.successResultOf(first).text, "1")
        self.assertEqual(self.successResultOf(second).text, "2")

    def test_error_is_a_reply(self):
        reply = self.client.ask("/dat")
        self.side.receive('{"ok": false, "text": "no", "error": "unknown-command"}')
        self.assertEqual(self.successResultOf(reply).error, "unknown-command")

    def test_bytes_that_are_not_utf8_are_sent_unchanged(self):
        self.client.ask(b"caf\xe9".decode(errors="surrogateescape"))
        self.assertEqual(self.side.transport.value(), b"caf\xe9\r\n")

    def test_message_of_two_lines_is_rejected(self):
        self.assertRaises(ValueError, self.client.ask, "one\ntwo")
        self.assertEqual(self.side.sent(), [])

    def test_json_off_gets_a_text_reply_and_is_reverted(self):
        reply = self.client.ask("/JSON  off")
        self.assertEqual(self.side.sent(), ["/JSON  off", "/json on"])
        self.side.receive("plain text", OK)
        self.assertEqual(self.successResultOf(reply).text, "plain text")
        second = self.client.ask("/date")
        self.side.receive(OK)
        self.assertEqual(self.successResultOf(second).text, "fine")


class ConnectionEndTests(SynchronousTestCase):
    def setUp(self):
        self.side = ClientSide()
        self.client = self.side.client

    def assert_failed(self, request, kind, words):
        self.assertIn(words, str(self.failureResultOf(request, kind).value))
        self.assertTrue(self.side.transport.disconnecting)
        later = self.client.ask("/date")
        self.assertIn(words, str(self.failureResultOf(later, kind).value))

    def test_goodbye_is_a_reply_and_ends_the_conversation(self):
        goodbye, more = self.client.ask("/quit"), self.client.ask("/date")
        self.side.receive('{"ok": true, "text": "Goodbye.", "closing": true}')
        self.assertTrue(self.successResultOf(goodbye).closing)
        self.assert_failed(more, ConnectionClosed, "has ended")

    def test_lost_connection_fails_all_requests(self):
        requests = [self.client.ask("one"), self.client.ask("two")]
        self.client.connectionLost(Failure(ConnectionLost()))
        for request in requests:
            self.assertIn("closed the connection", str(self.failureResultOf(request, ConnectionClosed).value))

    def test_system_error_from_openssl_is_a_wrong_server(self):
        request = self.client.ask("one")
        self.client.connectionLost(Failure(SysCallError(104, "ECONNRESET")))
        self.failureResultOf(request, WrongServer)

    def test_other_connection_error_is_reported(self):
        request = self.client.ask("one")
        self.client.connectionLost(Failure(OSError("no route")))
        self.assertIn("no route", str(self.failureResultOf(request, ConnectionClosed).value))

    def test_servers_reason_to_close_is_reported(self):
        self.side.receive(
            '{"ok": false, "text": "datechat is stopping", "error": "stopping", "closing": true}'
        )
        self.assert_failed(self.client.ask("/date"), ConnectionClosed, "datechat is stopping")

    def test_invalid_reply_is_a_wrong_server(self):
        for line in ("Hello.", "{}", "\ufffd"):
            side = ClientSide()
            request = side.client.ask("/date")
            side.receive(line)
            self.assertIn("does not speak", str(self.failureResultOf(request, WrongServer).value))

    def test_unsolicited_reply_is_a_wrong_server(self):
        request = self.client.ask("/date")
        self.side.receive(OK, OK)
        self.successResultOf(request)
        self.failureResultOf(self.client.ask("/date"), WrongServer)

    def test_closing_error_answers_no_request(self):
        request, later = self.client.ask("/date"), self.client.ask("/date")
        self.side.receive(
            '{"ok": false, "text": "datechat is stopping", "error": "stopping", "closing": true}'
        )
        error = self.failureResultOf(request, ConnectionClosed).value
        self.assertEqual((str(error), error.code), ("datechat is stopping", "stopping"))
        self.failureResultOf(later, ConnectionClosed)

    def test_internal_error_answers_its_request(self):
        request = self.client.ask("/date")
        self.side.receive('{"ok": false, "text": "failed", "error": "internal", "closing": true}')
        self.assertEqual(self.successResultOf(request).error, "internal")

    def test_endless_line_closes_the_connection(self):
        request = self.client.ask("/date")
        self.client.dataReceived(b"x" * 10_000)
        self.assert_failed(request, WrongServer, "longer lines")

    def test_missing_reply_fails_all_requests(self):
        request, later = self.client.ask("/date"), self.client.ask("/date")
        self.side.clock.advance(9.9)
        self.assertNoResult(request)
        self.side.clock.advance(0.1)
        self.assert_failed(request, ReplyTimeout, "within 10 seconds")
        self.failureResultOf(later, ReplyTimeout)

    def test_timely_reply_leaves_no_timer(self):
        self.client.ask("/date")
        self.side.receive(OK)
        self.assertEqual(self.side.clock.getDelayedCalls(), [])

    def test_first_error_is_kept(self):
        request = self.client.ask("/date")
        self.side.receive("nonsense")
        self.side.transport.finish()
        self.failureResultOf(request, WrongServer)
        self.failureResultOf(self.client.ask("/date"), WrongServer)


class CloseTests(SynchronousTestCase):
    def setUp(self):
        self.side = ClientSide()
        self.client = self.side.client

    def test_close_waits_for_the_connection(self):
        request = self.client.ask("/date")
        closed = Deferred.fromCoroutine(self.client.close())
        self.failureResultOf(request, ConnectionClosed)
        self.assertNoResult(closed)
        self.side.transport.finish()
        self.successResultOf(closed)
        self.assertEqual(self.side.clock.getDelayedCalls(), [])

    def test_stalled_close_aborts_the_connection(self):
        closed = Deferred.fromCoroutine(self.client.close())
        self.side.clock.advance(CLOSING_GRACE)
        self.assertTrue(self.side.transport.aborted)
        self.successResultOf(closed)

    def test_closing_a_closed_connection_does_nothing(self):
        self.side.transport.finish()
        self.successResultOf(Deferred.fromCoroutine(self.client.close()))

    def test_when_closed_serves_several_callers_and_can_be_cancelled(self):
        closed, cancelled = self.client.when_closed(), self.client.when_closed()
        cancelled.cancel()
        self.failureResultOf(cancelled, CancelledError)
        self.side.transport.finish()
        self.successResultOf(closed)
        self.successResultOf(self.client.when_closed())


class FakeClientEndpoint:
    """A client endpoint that connects to a fake transport, or fails."""

    def __init__(self, error=None):
        self.error = error
        self.transport = None

    def connect(self, factory):
        if self.error is not None:
            return fail(self.error)
        protocol = factory.buildProtocol(None)
        self.transport = Transport(
            hostAddress=IPv4Address("TCP", "127.0.0.1", 1), peerAddress=IPv4Address("TCP", "127.0.0.1", 2)
        )
        self.transport.protocol = protocol
        protocol.makeConnection(self.transport)
        return succeed(protocol)


class OpenEndpointTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.endpoint = FakeClientEndpoint()

    def connect(self):
        return Deferred.fromCoroutine(open_endpoint(self.endpoint, self.clock, 2.0))

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
            self.endpoint = FakeClientEndpoint(error)
            self.assertIn(words, str(self.failureResultOf(self.connect(), CannotConnect).value))

    def test_slow_connection_times_out(self):
        self.endpoint.connect = lambda factory: Deferred()
        connecting = self.connect()
        self.clock.advance(2.0)
        self.assertIn("within 2 seconds", str(self.failureResultOf(connecting, CannotConnect).value))

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
