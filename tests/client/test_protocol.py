from OpenSSL.SSL import SysCallError
from service_identity.exceptions import CertificateError, VerificationError
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ClientSide
from twisted_date.client.errors import (
    ConnectionClosed,
    ReplyTimeout,
    WrongServer,
)
from twisted_date.client.protocol import CLOSING_GRACE

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

    def test_certificate_of_another_host_is_a_wrong_server(self):
        for kind in (VerificationError, CertificateError):
            self.setUp()
            request = self.client.ask("one")
            self.client.connectionLost(Failure(kind([])))
            self.assertIn("another host's", str(self.failureResultOf(request, WrongServer).value))

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

    def test_peer_that_neither_replies_nor_closes_is_aborted(self):
        self.client.ask("/date").addErrback(lambda _: None)
        closed = self.client.when_closed()
        self.side.clock.pump([10.0, CLOSING_GRACE])
        self.assertTrue(self.side.transport.aborted)
        self.successResultOf(closed)
        self.assertEqual(self.side.clock.getDelayedCalls(), [])

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
