import copy
import pickle
from datetime import datetime, timedelta, timezone

from twisted.internet.defer import Deferred, succeed
from twisted.internet.testing import MemoryReactorClock

from tests.client_fakes import ClientTestCase
from tests.helpers import NOW
from twisted_date.client import api
from twisted_date.client.api import Conversation, Date, ErrorReply, connect
from twisted_date.client.errors import ConnectionClosed, WrongServer
from twisted_date.client.settings import Target
from twisted_date.conversation.health import Health
from twisted_date.conversation.replies import Reply
from twisted_date.server.factory import QUIET_PERIOD


class ConversationTests(ClientTestCase):
    def setUp(self):
        super().setUp()
        self.conversation = Conversation(self.connect())

    def result(self, request):
        self.pump.flush()
        return self.successResultOf(request)

    def error_reply(self, request):
        self.pump.flush()
        return self.failureResultOf(request, ErrorReply).value

    def test_date_has_all_fields(self):
        moment = datetime(2026, 12, 25, 19, tzinfo=timezone(timedelta(hours=1)))
        self.assertEqual(
            self.result(self.conversation.date()), Date(NOW, moment, 1798221600, "Europe/Paris", None)
        )

    def test_date_in_words_has_format_zone_and_note(self):
        date = self.result(self.conversation.date("2026-10-25 02:30 in Paris +%A"))
        self.assertEqual((date.text, date.zone), ("Sunday", "Europe/Paris"))
        self.assertIn("comes twice", date.note)

    def test_old_date_keeps_its_moment(self):
        date = self.result(self.conversation.date("1 january 1800 in Paris"))
        self.assertEqual(date.moment.timestamp(), date.unix)

    def test_until_is_a_signed_timedelta(self):
        self.assertEqual(self.result(self.conversation.until("tomorrow 19:00")), timedelta(hours=24))
        self.assertEqual(self.result(self.conversation.until("yesterday 19:00")), timedelta(hours=-24))

    def test_places_match_a_prefix(self):
        self.assertIn("Tokyo", self.result(self.conversation.places("tok")))

    def test_zone_and_language_stay_set(self):
        self.assertEqual(self.result(self.conversation.set_zone("new york")), "America/New_York")
        self.assertEqual(self.result(self.conversation.set_language("pt_BR")), "pt-BR")
        self.assertEqual(self.result(self.conversation.date()).zone, "America/New_York")

    def test_health_is_typed(self):
        self.assertEqual(self.result(self.conversation.health()), Health())

    def test_error_reply_has_a_code(self):
        error = self.error_reply(self.conversation.date("in Xyzzy"))
        self.assertEqual(error.code, "unknown-place")
        for same in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            self.assertEqual((str(same), same.code), (str(error), error.code))
        self.assertIn("Xyzzy is not a place", str(error))
        self.assertEqual(self.error_reply(self.conversation.until("soon")).code, "not-understood")

    def test_ask_sends_any_single_line(self):
        self.assertEqual(self.result(self.conversation.ask("/dat")).error, "unknown-command")
        self.assertRaises(ValueError, self.conversation.ask, "one\ntwo")
        self.assertRaises(ValueError, self.conversation.date, "one\ntwo")

    def test_lost_server_fails_the_request(self):
        self.factory.abort_all()
        request = self.conversation.date()
        self.pump.flush()
        self.failureResultOf(request, ConnectionClosed)

    def test_invalid_reply_is_a_wrong_server(self):
        for reply in (Reply("?"), Reply("?", fields={"date": "soon", "unix": "x"})):
            self.patch(self.conversation._client, "ask", lambda message, reply=reply: succeed(reply))
            self.failureResultOf(self.conversation.date(), WrongServer)
        for unix in (1e999, 1e15):
            reply = Reply("?", fields={"date": "2026-12-25T00:00:00+00:00", "unix": unix, "seconds": unix})
            self.patch(self.conversation._client, "ask", lambda message, reply=reply: succeed(reply))
            self.failureResultOf(self.conversation.date(), WrongServer)
            self.failureResultOf(self.conversation.until(""), WrongServer)
        for fields in ({"synchronised": 1}, {"error_ms": "5"}, {"error_ms": True}, {"zone_data": ["2026f"]}):
            reply = Reply("?", fields=fields)
            self.patch(self.conversation._client, "ask", lambda message, reply=reply: succeed(reply))
            self.failureResultOf(self.conversation.health(), WrongServer)

    def test_close_closes_the_connection(self):
        closed = self.conversation.close()
        self.result(closed)
        self.assertFalse(self.conversation.is_open)
        self.successResultOf(self.conversation.when_closed())

    def test_conversation_is_open_until_the_server_ends_it(self):
        ended = self.conversation.when_closed()
        self.assertTrue(self.conversation.is_open)
        self.assertIn("<Conversation with datechat ", repr(self.conversation))
        self.assertIn(", open>", repr(self.conversation))
        self.assertIsNone(self.conversation.close_reason)
        self.factory.shut_down(5.0)
        self.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.pump.flush()
        self.assertFalse(self.conversation.is_open)
        self.assertIn("datechat is stopping", str(self.conversation.close_reason))
        self.assertEqual(self.conversation.close_reason.code, "stopping")
        self.factory.abort_all()
        self.pump.flush()
        self.successResultOf(ended)

    def test_conversation_closes_at_the_end_of_its_block(self):
        async def converse():
            async with self.conversation as conversation:
                return await conversation.date("in Tokyo")

        date = self.result(Deferred.fromCoroutine(converse()))
        self.assertEqual(date.zone, "Asia/Tokyo")
        self.assertFalse(self.conversation.is_open)

    def test_errors_name_no_option_of_the_command(self):
        failing = connect(MemoryReactorClock(), endpoint="nonsense")
        self.assertNotIn("--", str(self.failureResultOf(failing, ValueError).value))


class ConnectTests(ClientTestCase):
    def test_arguments_become_a_target(self):
        targets = []

        async def fake_connect(reactor, target, timeout):
            targets.append(target)
            return await succeed(self.connect())

        self.patch(api, "connect_to", fake_connect)
        for arguments, target in (
            ({}, Target(ports=range(50000, 50100))),
            ({"host": "example.org", "port": 7, "tls": True}, Target("example.org", range(7, 8), tls=True)),
        ):
            self.assertIsInstance(self.successResultOf(connect(None, **arguments)), Conversation)
            self.assertEqual(targets.pop(), target)
        connect(None, endpoint="tcp:x:1")
        self.assertEqual(targets.pop().endpoint, "tcp:x:1")

    def test_arguments_that_do_not_go_together_raise_value_error(self):
        for arguments in ({"tls": "yes"}, {"port": 80, "endpoint": "tcp:x:1"}):
            self.assertRaises(ValueError, connect, MemoryReactorClock(), **arguments)

    def test_invalid_arguments_raise_value_error(self):
        self.assertRaises(ValueError, connect, None, endpoint="tcp:x:1", tls=True)
        self.assertRaises(ValueError, connect, None, port=65536)
        self.failureResultOf(connect(None, endpoint="nonsense"), ValueError)
