import json
import re

from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import WebSide
from tests.helpers import make_defaults
from twisted_date.server.web.page import page_files

FILES = ("/", "/page.js", "/page.css", "/icon.svg")


class PageTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide()

    def test_files_are_small_and_of_their_types(self):
        types = []
        size = 0
        for path in FILES:
            status, fields, body = self.web.request(path)
            self.assertEqual((status, fields["Content-Length"]), (200, str(len(body))))
            types.append(fields["Content-Type"].partition(";")[0])
            size += len(body)
        self.assertEqual(types, ["text/html", "text/javascript", "text/css", "image/svg+xml"])
        self.assertLess(size, 30_000)

    def test_page_runs_only_its_own_files(self):
        _, fields, body = self.web.request("/")
        policy = fields["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", policy)
        for reference in re.findall(r'(?:src|href)="([^"]*)"', body.decode()):
            self.assertIn(reference, ("page.js", "page.css", "icon.svg", "#line"))

    def test_page_is_in_the_language_of_the_browser(self):
        for accepted, language, text in (
            ("fr-FR,fr;q=0.9,en;q=0.8", "fr", "Votre prénom"),
            ("en-US,en", "en", "Your first name"),
            ("de, fr", "en", "Your first name"),  # dates are in German, sentences are not
            ("", "en", "Your first name"),
        ):
            _, fields, body = self.web.request("/", Accept_Language=accepted)
            self.assertIn(f'<html lang="{language}">', body.decode())
            self.assertIn(text, body.decode())
            self.assertIn("Accept-Language", fields["Vary"])
        self.assertIn(b'lang="fr"', self.web.request("/?lang=fr")[2])

    def test_browser_keeps_files_until_they_change(self):
        for path in FILES:
            _, fields, _ = self.web.request(path)
            self.assertEqual(fields["Cache-Control"], "no-cache")
            status, again, body = self.web.request(path, If_None_Match=fields["ETag"])
            self.assertEqual((status, body, again["ETag"]), (304, b"", fields["ETag"]))
            self.assertNotIn("Content-Length", again)

    def test_nothing_in_the_data_is_markup(self):
        farewell = "</script><script>alert(1)</script>"
        page = page_files(make_defaults(farewell=farewell))["/"].response("", "").body.decode()
        self.assertEqual(page.count("<script"), 2)
        data = re.search(r'<script id="data" type="application/json">(.*?)</script>', page)[1]
        self.assertEqual(json.loads(data)["farewell"], farewell)
