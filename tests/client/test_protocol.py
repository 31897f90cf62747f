from OpenSSL.SSL import SysCallError
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.error import ConnectError, ConnectionLost, DNSLookupError
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ClientSide, Transport
from twisted_date.client import connect as network_client
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

    def test_a_message_is_a_line_and_so_is_the_reply(self):
        reply = self.client.ask("/date")
        self.assertEqual(self.side.sent(), ["/date"])
        self.assertNoResult(reply)
        self.side.receive(OK)
        self.assertEqual(self.successResultOf(reply).text, "fine")

    def test_replies_come_in_the_order_of_the_messages(self):
        first, second = self.client.ask("one"), self.client.ask("two")
        self.side.receive('{"ok": true, "text": "1"}', '{"ok": true, "text": "2"}')
        self.assertEqual(self.successResultOf(first).text, "1")
        self.assertEqual(self.successResultOf(second).text, "2")

    def test_an_error_is_a_reply(self):
        reply = self.client.ask("/dat")
        self.side.receive('{"ok": false, "text": "no", "error": "unknown-command"}')
        self.assertEqual(self.successResultOf(reply).error, "unknown-command")

    def test_bytes_that_are_not_utf8_are_sent_as_they_are(self):
        self.client.ask(b"caf\xe9".decode(errors="surrogateescape"))
        self.assertEqual(self.side.transport.value(), b"caf\xe9\r\n")

    def test_a_message_is_one_line(self):
        self.assertRaises(ValueError, self.client.ask, "one\ntwo")
        self.assertEqual(self.side.sent(), [])

    def test_json_off_is_answered_in_text_and_taken_back(self):
        reply = self.client.ask("/JSON  off")
        self.assertEqual(self.side.sent(), ["/JSON  off", "/json on"])
        self.side.receive("plain text", OK)
        self.assertEqual(self.successResultOf(reply).text, "plain text")
        again = self.client.ask("/date")
        self.side.receive(OK)
        self.assertEqual(self.successResultOf(again).text, "fine")


class EndTests(SynchronousTestCase):
    def setUp(self):
        self.side = ClientSide()
        self.client = self.side.client

    def assert_ended(self, asked, kind, words):
        self.assertIn(words, str(self.failureResultOf(asked, kind).value))
        self.assertTrue(self.side.transport.disconnecting)
        later = self.client.ask("/date")
        self.assertIn(words, str(self.failureResultOf(later, kind).value))

    def test_a_goodbye_is_a_reply_and_the_end(self):
        goodbye, more = self.client.ask("/quit"), self.client.ask("/date")
        self.side.receive('{"ok": true, "text": "Goodbye.", "closing": true}')
        self.assertTrue(self.successResultOf(goodbye).closing)
        self.assert_ended(more, ConnectionClosed, "has ended")

    def test_a_lost_connection_fails_all_that_wait(self):
        asked = [self.client.ask("one"), self.client.ask("two")]
        self.client.connectionLost(Failure(ConnectionLost()))
        for reply in asked:
            self.assertIn("closed the connection", str(self.failureResultOf(reply, ConnectionClosed).value))

    def test_an_error_of_openssl_that_is_the_systems(self):
        asked = self.client.ask("one")
        self.client.connectionLost(Failure(SysCallError(104, "ECONNRESET")))
        self.failureResultOf(asked, WrongServer)

    def test_another_reason_is_told(self):
        asked = self.client.ask("one")
        self.client.connectionLost(Failure(OSError("no route")))
        self.assertIn("no route", str(self.failureResultOf(asked, ConnectionClosed).value))

    def test_the_servers_own_reason_is_told(self):
        self.side.receive(
            '{"ok": false, "text": "datechat is stopping", "error": "stopping", "closing": true}'
        )
        self.assert_ended(self.client.ask("/date"), ConnectionClosed, "datechat is stopping")

    def test_what_is_no_reply(self):
        for line in ("Hello.", "{}", "\ufffd"):
            side = ClientSide()
            asked = side.client.ask("/date")
            side.receive(line)
            self.assertIn("does not speak", str(self.failureResultOf(asked, WrongServer).value))

    def test_a_reply_that_nobody_asked_for(self):
        asked = self.client.ask("/date")
        self.side.receive(OK, OK)
        self.successResultOf(asked)
        self.failureResultOf(self.client.ask("/date"), WrongServer)

    def test_a_dismissal_answers_nothing(self):
        asked, behind = self.client.ask("/date"), self.client.ask("/date")
        self.side.receive(
            '{"ok": false, "text": "datechat is stopping", "error": "stopping", "closing": true}'
        )
        error = self.failureResultOf(asked, ConnectionClosed).value
        self.assertEqual((str(error), error.code), ("datechat is stopping", "stopping"))
        self.failureResultOf(behind, ConnectionClosed)

    def test_a_failure_does(self):
        asked = self.client.ask("/date")
        self.side.receive('{"ok": false, "text": "failed", "error": "internal", "closing": true}')
        self.assertEqual(self.successResultOf(asked).error, "internal")

    def test_a_line_that_never_ends(self):
        asked = self.client.ask("/date")
        self.client.dataReceived(b"x" * 10_000)
        self.assert_ended(asked, WrongServer, "longer lines")

    def test_no_reply_in_time(self):
        asked, behind = self.client.ask("/date"), self.client.ask("/date")
        self.side.clock.advance(9.9)
        self.assertNoResult(asked)
        self.side.clock.advance(0.1)
        self.assert_ended(asked, ReplyTimeout, "within 10 seconds")
        self.failureResultOf(behind, ReplyTimeout)

    def test_a_reply_in_time_leaves_no_timer(self):
        self.client.ask("/date")
        self.side.receive(OK)
        self.assertEqual(self.side.clock.getDelayedCalls(), [])

    def test_the_first_reason_is_the_reason(self):
        asked = self.client.ask("/date")
        self.side.receive("nonsense")
        self.side.transport.finish()
        self.failureResultOf(asked, WrongServer)
        self.failureResultOf(self.client.ask("/date"), WrongServer)


class CloseTests(SynchronousTestCase):
    def setUp(self):
        self.side = ClientSide()
        self.client = self.side.client

    def test_it_waits_until_it_is_closed(self):
        asked = self.client.ask("/date")
        closed = Deferred.fromCoroutine(self.client.close())
        self.failureResultOf(asked, ConnectionClosed)
        self.assertNoResult(closed)
        self.side.transport.finish()
        self.successResultOf(closed)
        self.assertEqual(self.side.clock.getDelayedCalls(), [])

    def test_a_connection_that_does_not_close_is_cut_off(self):
        closed = Deferred.fromCoroutine(self.client.close())
        self.side.clock.advance(CLOSING_GRACE)
        self.assertTrue(self.side.transport.aborted)
        self.successResultOf(closed)

    def test_twice_is_as_once(self):
        self.side.transport.finish()
        self.successResultOf(Deferred.fromCoroutine(self.client.close()))

    def test_others_can_wait_for_it_too_and_stop_waiting(self):
        waiting, given_up = self.client.when_closed(), self.client.when_closed()
        given_up.cancel()
        self.failureResultOf(given_up, CancelledError)
        self.side.transport.finish()
        self.successResultOf(waiting)
        self.successResultOf(self.client.when_closed())


class FakeEndpoint:
    """A client endpoint onto a transport, or one that fails."""

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


class ConnectTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.endpoint = FakeEndpoint()

    def connect(self):
        return Deferred.fromCoroutine(open_endpoint(self.endpoint, self.clock, 2.0))

    def answer(self, *lines):
        for line in lines:
            self.endpoint.transport.protocol.dataReceived(line.encode() + b"\r\n")

    def test_it_asks_what_is_there_and_for_json(self):
        connecting = self.connect()
        self.assertEqual(self.endpoint.transport.lines(), ["/version", "/json on"])
        self.answer("datechat 0.1.0", OK)
        client = self.successResultOf(connecting)
        self.assertIsInstance(client, DateClient)
        self.assertEqual(client.server, "datechat 0.1.0")

    def test_what_a_later_version_says_behind_its_number(self):
        connecting = self.connect()
        self.answer("datechat 2.0 (of 2030)", OK)
        self.assertEqual(self.successResultOf(connecting).server, "datechat 2.0 (of 2030)")

    def assert_not_connected(self, connecting, kind, words):
        self.assertIn(words, str(self.failureResultOf(connecting, kind).value))
        self.assertTrue(self.endpoint.transport.aborted)

    def test_strangers_are_known_by_their_answer(self):
        for line in ("HTTP/1.1 400 Bad Request", "datechat", "I am datechat 1.0", "", "datechatter 1.0.0"):
            self.endpoint = FakeEndpoint()
            connecting = self.connect()
            self.answer(line)
            self.assert_not_connected(connecting, WrongServer, "not datechat")

    def test_one_that_speaks_first_in_its_own_way(self):
        connecting = self.connect()
        self.answer("220 mail.example ESMTP", "500 what?")
        self.assert_not_connected(connecting, WrongServer, "not datechat")

    def test_one_that_says_the_right_word_only(self):
        connecting = self.connect()
        self.answer("datechat 0.1.0", "what?")
        self.assert_not_connected(connecting, WrongServer, "does not speak")

    def test_a_silent_one(self):
        connecting = self.connect()
        self.clock.advance(2.0)
        self.assert_not_connected(connecting, ReplyTimeout, "within 2 seconds")

    def test_one_that_hangs_up(self):
        connecting = self.connect()
        self.endpoint.transport.finish()
        self.failureResultOf(connecting, WrongServer)

    def test_none_at_all(self):
        for error, words in (
            (ConnectError(111, "refused"), "Connection refused"),
            (DNSLookupError("no results for hostname lookup: nowhere"), "nowhere"),
        ):
            self.endpoint = FakeEndpoint(error)
            self.assertIn(words, str(self.failureResultOf(self.connect(), CannotConnect).value))

    def test_one_that_does_not_accept_in_time(self):
        self.endpoint.connect = lambda factory: Deferred()
        connecting = self.connect()
        self.clock.advance(2.0)
        self.assertIn("within 2 seconds", str(self.failureResultOf(connecting, CannotConnect).value))

    def test_one_that_takes_no_conversation_now(self):
        connecting = self.connect()
        self.answer("error: datechat is stopping; please connect again later")
        self.assert_not_connected(connecting, ServerBusy, "datechat is stopping")

    def test_an_error_of_a_stranger(self):
        connecting = self.connect()
        self.answer("error: what do you want?")
        self.assert_not_connected(connecting, WrongServer, "not datechat")

    def test_cancelling_hangs_up(self):
        connecting = self.connect()
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)
        self.assertTrue(self.endpoint.transport.aborted)


class FindTests(SynchronousTestCase):
    """What is told when there is none; how it searches is tested in test_finder."""

    def find(self, *causes):
        class Nowhere:
            def __init__(self, *arguments):
                """Wherever it is."""

            def connect(self, factory):
                return fail(NotFound(causes))

        self.patch(network_client, "FallbackClientEndpoint", Nowhere)
        finding = Deferred.fromCoroutine(search_ports(Clock(), "localhost", 50000, 100))
        return str(self.failureResultOf(finding, ServerNotFound, ServerBusy).value)

    def test_nothing_listens(self):
        refused = ConnectError(111, "refused")
        self.assertEqual(self.find(refused, refused), "Connection refused")

    def test_something_answered(self):
        told = self.find(ConnectError(111), TimeoutError("no answer came in time"), ConnectError(111))
        self.assertEqual(told, "no answer came in time")
        self.assertEqual(self.find(TimeoutError("x"), WrongServer("a stranger")), "a stranger")

    def test_datechat_answered(self):
        self.assertEqual(
            self.find(WrongServer("a stranger"), ServerBusy("datechat is full")), "datechat is full"
        )
