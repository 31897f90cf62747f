from datetime import datetime, timedelta, timezone

from twisted.internet.defer import succeed

from tests.client_fakes import TalkTestCase
from tests.helpers import NOW
from twisted_date.client import connect as connecting
from twisted_date.client.api import Conversation, Date, ErrorReply, connect
from twisted_date.client.errors import ConnectionClosed, WrongServer
from twisted_date.client.settings import Target
from twisted_date.conversation.health import Health
from twisted_date.conversation.replies import Reply


class ConversationTests(TalkTestCase):
    def setUp(self):
        super().setUp()
        self.conversation = Conversation(self.connect())

    def answer(self, asked):
        self.pump.flush()
        return self.successResultOf(asked)

    def refused(self, asked):
        self.pump.flush()
        return self.failureResultOf(asked, ErrorReply).value

    def test_a_date(self):
        moment = datetime(2026, 12, 25, 19, tzinfo=timezone(timedelta(hours=1)))
        self.assertEqual(
            self.answer(self.conversation.date()), Date(NOW, moment, 1798221600, "Europe/Paris", None)
        )

    def test_a_date_in_words(self):
        told = self.answer(self.conversation.date("2026-10-25 02:30 in Paris +%A"))
        self.assertEqual((told.text, told.zone), ("Sunday", "Europe/Paris"))
        self.assertIn("comes twice", told.note)

    def test_an_old_date_is_the_same_moment(self):
        told = self.answer(self.conversation.date("1 january 1800 in Paris"))
        self.assertEqual(told.moment.timestamp(), told.unix)

    def test_a_span(self):
        self.assertEqual(self.answer(self.conversation.until("tomorrow 19:00")), timedelta(hours=24))
        self.assertEqual(self.answer(self.conversation.until("yesterday 19:00")), timedelta(hours=-24))

    def test_places(self):
        self.assertIn("Tokyo", self.answer(self.conversation.places("tok")))

    def test_what_holds_from_now_on(self):
        self.assertEqual(self.answer(self.conversation.set_zone("new york")), "America/New_York")
        self.assertEqual(self.answer(self.conversation.set_language("pt_BR")), "pt-BR")
        self.assertEqual(self.answer(self.conversation.date()).zone, "America/New_York")

    def test_health(self):
        self.assertEqual(self.answer(self.conversation.health()), Health())

    def test_an_error_has_a_code(self):
        error = self.refused(self.conversation.date("in Xyzzy"))
        self.assertEqual(error.code, "unknown-place")
        self.assertIn("Xyzzy is not a place", str(error))
        self.assertEqual(self.refused(self.conversation.until("soon")).code, "not-understood")

    def test_any_message(self):
        self.assertEqual(self.answer(self.conversation.ask("/dat")).error, "unknown-command")
        self.assertRaises(ValueError, self.conversation.ask, "one\ntwo")
        self.assertRaises(ValueError, self.conversation.date, "one\ntwo")

    def test_a_server_that_is_lost(self):
        self.factory.abort_all()
        asked = self.conversation.date()
        self.pump.flush()
        self.failureResultOf(asked, ConnectionClosed)

    def test_a_server_that_speaks_otherwise(self):
        for reply in (Reply("?"), Reply("?", fields={"date": "soon", "unix": "x"})):
            self.patch(self.conversation._client, "ask", lambda message, reply=reply: succeed(reply))
            self.failureResultOf(self.conversation.date(), WrongServer)

    def test_hanging_up(self):
        closed = self.conversation.close()
        self.answer(closed)


class ConnectTests(TalkTestCase):
    def test_the_way_to_it(self):
        targets = []

        async def fake_connect(reactor, target, timeout):
            targets.append(target)
            return await succeed(self.connect())

        self.patch(connecting, "connect", fake_connect)
        for arguments, target in (
            ({}, Target(ports=range(50000, 50100))),
            ({"host": "example.org", "port": 7, "tls": True}, Target("example.org", range(7, 8), tls=True)),
        ):
            self.assertIsInstance(self.successResultOf(connect(None, **arguments)), Conversation)
            self.assertEqual(targets.pop(), target)
        connect(None, endpoint="tcp:x:1")
        self.assertEqual(targets.pop().endpoint, "tcp:x:1")

    def test_what_cannot_be(self):
        self.assertRaises(ValueError, connect, None, endpoint="tcp:x:1", tls=True)
        self.assertRaises(ValueError, connect, None, port=65536)
        self.failureResultOf(connect(None, endpoint="nonsense"), ValueError)
