import runpy
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation import errors
from twisted_date.conversation.errors import ErrorKind

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, ErrorKind)]
DOCS = Path(__file__).parents[2] / "docs"


class CodeTests(SynchronousTestCase):
    def test_codes_are_plain_words(self):
        for kind in KINDS:
            self.assertRegex(kind.code, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_the_documentation_lists_them_as_they_are(self):
        written = runpy.run_path(str(DOCS / "codes.py"))
        protocol = (DOCS / "protocol.rst").read_text()
        self.assertEqual(protocol, written["with_table"](protocol), "run: python docs/codes.py")
        for kind in KINDS:
            self.assertIn(f"``{kind.code}``", protocol)
