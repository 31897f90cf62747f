import json

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, answers, make_session
from twisted_date.conversation.http import is_http_request
from twisted_date.conversation.text import MAX_LINE

SENTENCE = b"error: this port takes lines of text, not HTTP; use nc, or start datechat with --web"


class RequestLineTests(SynchronousTestCase):
    def test_request_lines_are_recognised(self):
        for line in (b"GET / HTTP/1.1", b"POST /date HTTP/1.0", b"PRI * HTTP/2.0", b"OPTIONS * HTTP/1.1"):
            self.assertTrue(is_http_request(line), line)

    def test_beginning_of_a_long_one_is_recognised(self):
        self.assertTrue(is_http_request((b"GET /" + b"x" * 2000)[: MAX_LINE + 1]))
        self.assertTrue(is_http_request((b"GET http://a/" + b"x" * 1000 + b" HTTP/1.1")[: MAX_LINE + 1]))
        self.assertFalse(is_http_request(b"x" * (MAX_LINE + 1)))

    def test_other_lines_are_not(self):
        for line in (b"", b"/date", b"GET /", b"get / HTTP/1.1", b"I like HTTP/1.1", b"GET / HTTP/1.1 "):
            self.assertFalse(is_http_request(line), line)


class RefusalTests(SynchronousTestCase):
    def test_first_line_that_is_http_gets_an_http_response_and_the_end(self):
        session = make_session()
        (reply,) = answers(session, [b"GET / HTTP/1.1", b"Host: localhost", b"", b"/date"])
        head, _, body = reply.partition(b"\r\n\r\n")
        self.assertEqual(head.split(b"\r\n")[0], b"HTTP/1.1 400 Bad Request")
        self.assertEqual(body, SENTENCE)
        self.assertIn(f"Content-Length: {len(body) + 2}".encode(), head)  # CRLF follows every reply
        self.assertTrue(session.ended)

    def test_later_line_that_is_http_is_a_message(self):
        session = make_session()
        first, second = answers(session, [b"/date", b"GET / HTTP/1.1"])
        self.assertEqual((first, second), (NOW.encode(), b"You are connected. /help lists the commands."))
        session = make_session()
        self.assertEqual(answers(session, []), [])
        self.assertEqual(len(answers(session, [b"/date"])), 1)
        (reply,) = answers(session, [b"GET / HTTP/1.1"])
        self.assertFalse(reply.startswith(b"HTTP"))

    @given(st.binary(max_size=40))
    def test_any_line_is_read(self, line):
        is_http_request(line)


class ConfigureTests(SynchronousTestCase):
    def test_settings_are_those_of_the_commands(self):
        session = make_session()
        self.assertIsNone(session.configure("fr", "Tokyo", json=True))
        (reply,) = answers(session, [b"/zone"])
        self.assertEqual(json.loads(reply)["text"], "Le fuseau est Asia/Tokyo.")

    def test_wrong_setting_is_an_error_reply(self):
        self.assertEqual(make_session().configure(zone="Xyzzy").error, "unknown-place")
        self.assertEqual(make_session().configure(lang="xx-yy").error, "unknown-language")

    def test_blank_setting_is_the_server_s(self):
        for blank in (" ", "\x1c", "\n"):
            session = make_session()
            self.assertIsNone(session.configure(blank, blank))
            self.assertEqual(session.reply_to(b"/zone").text, make_session().reply_to(b"/zone").text)

    @given(st.text(max_size=20), st.text(max_size=20))
    def test_any_setting_is_read(self, lang, zone):
        make_session().configure(lang, zone)

    def test_configured_peer_is_no_browser_on_a_port_for_lines(self):
        session = make_session()
        session.configure()
        (reply,) = answers(session, [b"GET / HTTP/1.1"])
        self.assertTrue(reply.startswith(b"You are connected."))
