import runpy
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.errors import DATE_ERRORS, kinds
from twisted_date.dates.errors import Reason

DOCS = Path(__file__).parents[2] / "docs"


class CodeTests(SynchronousTestCase):
    def test_codes_are_plain_words(self):
        for kind in kinds():
            self.assertRegex(kind.code, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_the_documentation_lists_them_as_they_are(self):
        written = runpy.run_path(str(DOCS / "codes.py"))
        protocol = (DOCS / "protocol.rst").read_text()
        self.assertEqual(protocol, written["with_table"](protocol), "run: python docs/codes.py")
        for kind in kinds():
            self.assertIn(f"``{kind.code}``", protocol)

    def test_every_reason_of_a_date_has_one(self):
        self.assertEqual(set(DATE_ERRORS), set(Reason))
