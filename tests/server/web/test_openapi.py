import json

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.commands import COMMANDS
from twisted_date.server.web.openapi import document


class DocumentTests(SynchronousTestCase):
    def setUp(self):
        self.document = json.loads(document())

    def test_every_command_is_a_path_in_both_forms(self):
        expected = {path for name in COMMANDS for path in (name, f"{name}.json")}
        self.assertEqual(set(self.document["paths"]), expected)

    def test_only_the_date_has_a_format(self):
        names = {
            path: {parameter["name"] for parameter in item["get"]["parameters"]}
            for path, item in self.document["paths"].items()
        }
        self.assertEqual(names["/date.json"], {"q", "format", "zone", "lang"})
        self.assertEqual(names["/until"], {"q", "zone", "lang"})

    def test_forms_are_told(self):
        def content(path, status):
            return set(self.document["paths"][path]["get"]["responses"][status]["content"])

        self.assertEqual(content("/date.json", "400"), {"application/json"})
        self.assertEqual(content("/date", "200"), {"application/json", "text/plain; charset=utf-8"})

    def test_codes_are_those_of_lines_dates_and_requests(self):
        codes = self.document["components"]["schemas"]["Reply"]["properties"]["error"]["enum"]
        self.assertLessEqual({"unknown-command", "unknown-place", "unknown-parameter"}, set(codes))
