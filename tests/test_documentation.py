"""What the documentation says of the code is so; its transcripts and programs are tried in tests/system."""

import re
from html import escape

from twisted.trial.unittest import SynchronousTestCase

from tests.doc_blocks import ROOT, blocks
from tests.helpers import make_session
from tools import tables
from twisted_date.conversation import commands

LABEL = re.compile(r'label="([^"]*)"')


class TableTests(SynchronousTestCase):
    def test_each_is_what_its_script_makes(self):
        for name in tables.TABLES:
            page = (ROOT / "docs" / name).read_text()
            self.assertEqual(page, tables.with_tables(name, page), "run: python -m tools.tables")


class ContributingTests(SynchronousTestCase):
    def test_the_command_that_is_added_in_five_lines(self):
        (block,) = (block for block in blocks(ROOT / "CONTRIBUTING.rst") if block.text.startswith("@command"))
        self.addCleanup(commands.COMMANDS.pop, "/count")
        exec(block.text, dict(vars(commands)))
        session = make_session()
        session.reply_to(b"/name Alice")
        self.assertEqual(session.reply_to(b"/count").text, "5")
        self.assertEqual(session.reply_to(b"/count it").error, "unexpected-argument")
        self.assertIn("how many letters", session.reply_to(b"/help count").text)


class PictureTests(SynchronousTestCase):
    def test_each_shows_what_its_source_says(self):
        for source in sorted((ROOT / "docs" / "pictures").glob("*.dot")):
            drawn = source.with_suffix(".svg").read_text()
            for label in LABEL.findall(source.read_text()):
                for line in label.split("\\n"):
                    self.assertIn(f">{escape(line)}<", drawn.replace("&#160;", " "), source.name)
