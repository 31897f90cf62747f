import json

from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import WebSide
from tests.helpers import NOW
from twisted_date import __version__
from twisted_date.conversation.commands import COMMANDS
from twisted_date.server.web.policy import Policy


class LineTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide()

    def test_line_is_answered_as_in_a_conversation(self):
        for target, line in (
            ("/date", b"/date"),
            ("/date/Tokyo", b"/date Tokyo"),
            ("/date?q=19:00+New+York+in+Berlin", b"/date 19:00 New York in Berlin"),
            ("/until/christmas", b"/until christmas"),
            ("/zones/lond", b"/zones lond"),
            ("/changes/Paris", b"/changes Paris"),
            ("/between?q=2026-01-01+and+2026-12-25", b"/between 2026-01-01 and 2026-12-25"),
            ("/help/date", b"/help date"),
            ("/health", b"/health"),
            ("/version", b"/version"),
        ):
            expected = self.web.server.new_session().reply_to(line).as_text()
            self.assertEqual(self.web.get(target), (200, expected))

    def test_every_command_can_be_asked(self):
        for name in COMMANDS:
            self.assertIn(self.web.get(name)[0], (200, 400), name)
            if name == "/quit":
                self.web.transport = self.web.connect()

    def test_plain_text_is_one_line_that_nobody_keeps(self):
        status, fields, body = self.web.request("/date")
        self.assertEqual((status, body), (200, f"{NOW}\n".encode()))
        self.assertEqual(fields["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(fields["Content-Length"], str(len(body)))
        self.assertEqual(fields["Cache-Control"], "no-store")
        self.assertEqual(fields["X-Content-Type-Options"], "nosniff")
        self.assertEqual(fields["Access-Control-Allow-Origin"], "*")
        self.assertEqual(fields["Vary"], "Accept, Accept-Language")
        self.assertIn("frame-ancestors 'none'", fields["Content-Security-Policy"])
        self.assertRegex(fields["Date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
        self.assertNotIn("Server", fields)

    def test_json_is_that_of_the_protocol(self):
        for target, accept in (("/date.json", "*/*"), ("/date", "application/json")):
            status, fields, body = self.web.request(target, Accept=accept)
            self.assertEqual((status, fields["Content-Type"]), (200, "application/json"))
            self.assertEqual((json.loads(body)["ok"], json.loads(body)["date"]), (True, NOW))

    def test_reply_that_changes_the_form_is_in_that_form(self):
        _, fields, body = self.web.request("/json")
        self.assertEqual((fields["Content-Type"], json.loads(body)["ok"]), ("application/json", True))

    def test_settings_are_those_of_the_session(self):
        self.assertEqual(self.web.get("/zone?zone=Tokyo"), (200, "The zone is Asia/Tokyo."))
        self.assertEqual(self.web.get("/zone?lang=fr"), (200, "Le fuseau est Europe/Paris."))
        french = self.web.get("/zone", Accept_Language="xx, fr-CA;q=0.9, en;q=0.1")
        self.assertEqual(french, (200, "Le fuseau est Europe/Paris."))
        english = self.web.get("/zone?lang=en", Accept_Language="fr")
        self.assertEqual(english, (200, "The zone is Europe/Paris."))

    def test_wrong_settings_are_errors(self):
        status, text = self.web.get("/date?zone=Xyzzy")
        self.assertEqual(status, 400)
        self.assertTrue(text.startswith("error: Xyzzy is not a place that is known"), text)
        self.assertEqual(self.web.request("/date?lang=xx-yy")[1]["Datechat-Error"], "unknown-language")

    def test_error_has_its_sentence_and_its_code(self):
        status, fields, body = self.web.request("/date/Xyzzy")
        self.assertEqual((status, fields["Datechat-Error"]), (400, "not-understood"))
        self.assertTrue(body.startswith(b"error: Xyzzy was not understood"), body)
        _, _, body = self.web.request("/date/Xyzzy.json")
        self.assertEqual(json.loads(body)["error"], "not-understood")

    def test_what_is_no_command_is_not_found(self):
        self.assertEqual(self.web.get("/dat"), (404, "error: /dat is not a command; did you mean /date?"))
        self.assertEqual(self.web.get("/favicon.ico")[0], 404)
        self.assertEqual(json.loads(self.web.get("/frob.json")[1])["error"], "unknown-command")

    def test_line_that_is_too_long_is_refused(self):
        status, text = self.web.get("/date/" + "x" * 1100)
        self.assertEqual(
            (status, text), (400, "error: the line is too long; 1024 bytes are the most a line may have")
        )

    def test_line_ending_in_the_words_is_a_space(self):
        self.assertEqual(self.web.get("/zone?q=%0D%0AX-Evil:+1")[0], 400)
        self.assertEqual(self.web.get("/version%0D%0A"), (200, f"datechat {__version__}"))

    def test_wrong_parameters_are_refused_in_the_form_and_language_of_the_peer(self):
        self.assertEqual(
            self.web.get("/date?zon=1"),
            (400, "error: zon is not a parameter here; there are q, format, zone, lang"),
        )
        _, text = self.web.get("/date.json?zon=1", Accept_Language="fr")
        reply = json.loads(text)
        self.assertEqual((reply["ok"], reply["error"]), (False, "unknown-parameter"))
        self.assertIn("n’est pas un paramètre", reply["text"])
        self.assertEqual(self.web.get("/date/%FF")[0], 400)

    def test_farewell_closes(self):
        status, fields, body = self.web.request("/quit")
        self.assertEqual((status, fields["Connection"]), (200, "close"))
        self.assertEqual(body, b"Goodbye. The connection is closed.\n")
        self.assertTrue(self.web.transport.half_closed)

    def test_requests_are_counted_as_in_a_conversation(self):
        self.web.get("/date/Tokyo")
        self.web.get("/date/Xyzzy")
        self.assertEqual(self.web.server.counts.requests["/date"], 2)
        self.assertEqual(self.web.server.counts.errors["not-understood"], 1)


class LimitTests(SynchronousTestCase):
    def test_host_with_too_many_conversations_has_to_wait(self):
        web = WebSide(per_host=1)
        self.assertEqual(web.get("/version")[0], 200)
        self.assertEqual(web.get("/version")[0], 200)  # a request that is answered counts no more
        self.assertEqual(web.upgrade()[0], 101)
        web.transport = web.connect()
        status, fields, body = web.request("/version.json")
        self.assertEqual((status, fields["Retry-After"]), (429, "5"))
        self.assertEqual(json.loads(body)["error"], "too-many-from-host")
        web.transport = web.connect()
        self.assertEqual(web.upgrade()[0], 429)
        web.transport = web.connect()
        self.assertEqual(web.get("/")[0], 200)  # the page's own files do not count
        web.transport = web.connect("127.0.0.2")
        self.assertEqual(web.get("/version")[0], 200)

    def test_full_server_says_so(self):
        web = WebSide(connections=1)
        self.assertEqual(web.upgrade()[0], 101)
        web.transport = web.connect()
        status, fields, body = web.request("/version", Accept_Language="fr")
        self.assertEqual((status, fields["Retry-After"], fields["Datechat-Error"]), (503, "5", "full"))
        self.assertTrue(body.startswith(b"error: datechat est complet"), body.decode())

    def test_refused_requests_are_in_the_summed_refusals(self):
        web = WebSide(connections=1)
        web.upgrade()
        web.transport = web.connect()
        web.get("/version")
        self.assertEqual(web.server.refusals.totals["full"], 1)


class HostTests(SynchronousTestCase):
    def test_other_host_names_are_refused(self):
        web = WebSide(policy=Policy(frozenset({"date.example.org"})))
        for target in ("/date", "/", "/page.js", "/chat", "/healthz"):
            status, text = web.get(target, Host="evil.example")
            self.assertEqual(status, 421)
            self.assertTrue(text.startswith("error: the host evil.example is not served here; "), text)
        self.assertEqual(web.get("/date", Host="date.example.org:80")[0], 200)

    def test_host_of_a_whole_url_counts(self):
        web = WebSide()
        self.assertEqual(web.get("http://evil.example/date")[0], 421)
        self.assertEqual(web.get("http://localhost/version", Host="evil.example")[0], 200)

    def test_forwarded_addresses_are_not_believed(self):
        web = WebSide(per_host=1)
        web.upgrade()
        web.transport = web.connect()
        status, _ = web.get("/version", X_Forwarded_For="192.0.2.1", Forwarded="for=192.0.2.1")
        self.assertEqual(status, 429)


class HandshakeTests(SynchronousTestCase):
    def test_websocket_is_opened(self):
        status, fields = WebSide().upgrade()
        self.assertEqual(status, 101)
        self.assertEqual(fields["Sec-WebSocket-Accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")  # RFC 6455, 1.3

    def test_other_requests_are_told_to_upgrade(self):
        web = WebSide()
        for change in ({"Upgrade": "h2c"}, {"Sec-WebSocket-Version": "8"}):
            status, fields = web.upgrade(**change)
            self.assertEqual((status, fields["Datechat-Error"]), (426, "upgrade-required"))
            self.assertEqual((fields["Upgrade"], fields["Sec-Websocket-Version"]), ("websocket", "13"))
        self.assertEqual(web.get("/chat")[0], 426)

    def test_broken_handshake_is_refused(self):
        for change in ({"Sec-WebSocket-Key": "short"}, {"Connection": "keep-alive"}):
            web = WebSide()
            status, fields = web.upgrade(**change)
            self.assertEqual((status, fields["Datechat-Error"]), (400, "bad-handshake"))
            self.assertEqual(web.server.open_sessions, 0)

    def test_pages_of_others_are_refused(self):
        web = WebSide(policy=Policy(origins=frozenset({"https://other.example"})))
        status, fields = web.upgrade(Origin="https://evil.example")
        self.assertEqual((status, fields["Datechat-Error"]), (403, "wrong-origin"))
        self.assertEqual(web.upgrade(Origin="https://other.example")[0], 101)
        web.transport = web.connect()
        self.assertEqual(web.upgrade(Origin="https://localhost")[0], 101)

    def test_wrong_settings_are_refused_before_the_session_counts(self):
        web = WebSide()
        self.assertEqual(web.upgrade("/chat?zone=Xyzzy")[0], 400)
        self.assertEqual(web.upgrade("/chat?q=hello")[0], 400)
        self.assertEqual((web.server.open_sessions, web.server.total_sessions), (0, 0))


class OtherPagesTests(SynchronousTestCase):
    def test_health_is_told(self):
        web = WebSide()
        self.assertEqual(web.get("/healthz"), (200, "ok"))
        web.server.stopping = True
        status, fields, body = web.request("/healthz")
        self.assertEqual((status, body, fields["Retry-After"]), (503, b"stopping\n", "5"))

    def test_document_is_served(self):
        status, fields, body = WebSide().request("/openapi.json")
        self.assertEqual((status, fields["Content-Type"]), (200, "application/json"))
        self.assertIn("/date", json.loads(body)["paths"])
