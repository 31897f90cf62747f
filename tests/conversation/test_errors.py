import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation import errors
from twisted_date.conversation.errors import ErrorKind

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, ErrorKind)]


class CodeTests(SynchronousTestCase):
    def test_codes_are_plain_words(self):
        for kind in KINDS:
            self.assertRegex(kind.code, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_the_documentation_lists_each_code_and_no_other(self):
        protocol = Path(__file__).parents[2] / "docs" / "protocol.rst"
        listed = re.findall(r"^``([a-z0-9-]+)``  ", protocol.read_text(), re.MULTILINE)
        self.assertEqual(sorted(listed), sorted({kind.code for kind in KINDS}))
