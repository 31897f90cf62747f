import gc
import json

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import answers, make_session
from twisted_date.conversation.errors import ErrorKind
from twisted_date.conversation.replies import MAX_REPLY, Reply
from twisted_date.conversation.text import MAX_LINE, is_clean

LINES = (
    st.binary(max_size=MAX_LINE + 2)
    | st.text().map(str.encode)
    | st.sampled_from(["/name ", "/help ", "/json ", "/date ", "/"]).flatmap(
        lambda start: st.text().map(lambda rest: (start + rest).encode())
    )
)


class MessageTests(SynchronousTestCase):
    def test_message_is_confirmed(self):
        session = make_session()
        for line in (b"bonjour", b"", b" ", b" /date", "é".encode()):
            reply = session.reply_to(line)
            self.assertEqual(reply, Reply("You are connected. /help lists the commands."))

    def test_message_is_confirmed_by_name(self):
        session = make_session()
        session.reply_to(b"/name Alice")
        self.assertEqual(
            session.reply_to(b"bonjour").text, "You are connected, Alice. /help lists the commands."
        )

    def test_command_without_its_slash_is_hinted_at(self):
        session = make_session()
        for line, command in ((b"date", "/date"), (b" Help ", "/help"), (b"between", "/between")):
            text = f"You are connected. Did you mean {command}?"
            self.assertEqual(session.reply_to(line), Reply(text))
        session.reply_to(b"/name Alice")
        text = "You are connected, Alice. Did you mean /date?"
        self.assertEqual(session.reply_to(b"date").text, text)


class FarewellTests(SynchronousTestCase):
    def test_farewell_is_confirmed_and_closes(self):
        for line in ("au revoir", "Au Revoir !", " au revoir... "):
            reply = make_session().reply_to(line.encode())
            self.assertEqual((reply.text, reply.closing), ("Goodbye. The connection is closed.", True))

    def test_custom_farewell_replaces_the_default(self):
        session = make_session(farewell="À bientôt !")
        self.assertFalse(session.reply_to(b"au revoir").closing)
        self.assertTrue(session.reply_to("à BIENTÔT".encode()).closing)


class BytesTests(SynchronousTestCase):
    def test_overlong_line_is_refused(self):
        session = make_session()
        self.assertIsNone(session.reply_to(b"x" * MAX_LINE).error)
        reply = session.reply_to(b"x" * (MAX_LINE + 1))
        self.assertEqual(reply.error, "line-too-long")
        self.assertIn("1024", reply.text)

    def test_line_that_is_not_utf8_is_refused(self):
        for line in (b"\xff", b"/name \xe9", b"\xff\xf4\xff\xfd\x06", b"caf\xc3"):
            self.assertEqual(make_session().reply_to(line).error, "not-utf8")


class ClosingErrorTests(SynchronousTestCase):
    def test_closing_error_carries_its_code(self):
        reply = make_session().closing_error(ErrorKind.STOPPING)
        self.assertEqual((reply.error, reply.closing), ("stopping", True))


class LongReplyTests(SynchronousTestCase):
    """No command makes an overlong reply; should one do so, clients can still read the error."""

    def test_overlong_reply_becomes_an_error(self):
        session = make_session()
        long = Reply("x" * (MAX_REPLY + 1))
        self.assertEqual(session.encode(long), b"error: the reply would be too long; ask for less")
        session.reply_to(b"/json")
        fields = json.loads(
            session.encode(Reply("short", closing=True, fields={"choices": ["x" * MAX_REPLY]}))
        )
        self.assertEqual((fields["error"], fields["closing"]), ("reply-too-long", True))

    def test_longest_reply_is_sent(self):
        self.assertEqual(len(make_session().encode(Reply("x" * MAX_REPLY))), MAX_REPLY)


class PropertyTests(SynchronousTestCase):
    @given(st.lists(LINES, max_size=8))
    def test_any_bytes_get_a_clean_reply_that_fits(self, lines):
        session = make_session()
        for line in lines:
            encoded = session.encode(session.reply_to(line))
            self.assertLessEqual(len(encoded), MAX_REPLY)
            self.assertTrue(is_clean(encoded.decode()))

    @given(st.lists(LINES.filter(lambda line: b"json" not in line.lower()), max_size=8))
    def test_text_and_json_forms_agree(self, lines):
        in_text, in_json = make_session(), make_session()
        in_json.reply_to(b"/json")
        for line in lines:
            text = in_text.encode(in_text.reply_to(line)).decode()
            fields = json.loads(in_json.encode(in_json.reply_to(line)))
            self.assertEqual(text, ("" if fields["ok"] else "error: ") + fields["text"])
            self.assertEqual("error" in fields, not fields["ok"])

    def test_first_bytes_of_other_protocols_do_not_close(self):
        for line in (
            b"GET / HTTP/1.1",
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"\xff\xfd\x01\xff\xfb\x1f",
            b"\0",
            b"\r",
        ):
            self.assertFalse(make_session().reply_to(line).closing)

    def test_name_keeps_every_letter_in_json(self):
        session = make_session()
        session.reply_to(b"/json")
        for name in ("Zoë", "O’Brien", "دانیال\u200cپور", "李明", "Ana María", 'Bob "Bobby"', "\\"):
            fields = json.loads(session.encode(session.reply_to(f"/name {name}".encode())))
            self.assertEqual(fields["text"], f"Hello, {name}. You are connected.")

    def test_longest_replies_fit(self):
        session = make_session()
        session.reply_to(b"/name " + "\U0001f600".encode() * 64)
        session.reply_to(b"/json")
        for line in (b"/help", b"hello", b'/"' + b'"' * 900, "/\U0001f600".encode() * 200, b"au revoir"):
            self.assertLessEqual(len(session.encode(session.reply_to(line))), MAX_REPLY)


class GarbageTests(SynchronousTestCase):
    def test_replies_leave_no_reference_cycles(self):
        """The server disables full garbage collections, which take long with many connections."""
        lines = [
            b"/date",
            b"/date Tokyo",
            b"/xyzzy",
            b"/date Xyzzy",
            b"\xff",
            b"/name",
            b"x" * 1025,
            b"hello",
        ]
        session = make_session()
        answers(session, lines)
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        for _ in range(20):
            answers(session, lines)
        self.assertEqual(gc.collect(), 0)
