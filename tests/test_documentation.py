"""The documentation agrees with the code. Its transcripts and programs are run in tests/system."""

import re
from html import escape

from twisted.trial.unittest import SynchronousTestCase

from tests.doc_blocks import ROOT, blocks
from tests.helpers import make_session
from tools import tables
from twisted_date.conversation import commands

LABEL = re.compile(r'label="([^"]*)"')


class TableTests(SynchronousTestCase):
    def test_tables_are_up_to_date(self):
        for name in tables.TABLES:
            page = (ROOT / "docs" / name).read_text()
            self.assertEqual(page, tables.with_tables(name, page), "run: python -m tools")


class ContributingTests(SynchronousTestCase):
    def test_example_command_works(self):
        (block,) = (block for block in blocks(ROOT / "CONTRIBUTING.rst") if block.text.startswith("@command"))
        self.addCleanup(commands.COMMANDS.update, dict(commands.COMMANDS))
        self.addCleanup(commands.COMMANDS.clear)  # clean-ups run in reverse order
        exec(block.text, dict(vars(commands)))
        session = make_session()
        session.reply_to(b"/name Alice")
        self.assertEqual(session.reply_to(b"/count").text, "5")
        self.assertEqual(session.reply_to(b"/count it").error, "unexpected-argument")
        self.assertIn("how many letters", session.reply_to(b"/help count").text)


class ArchitectureTests(SynchronousTestCase):
    def test_page_names_every_module_and_no_other(self):
        page = (ROOT / "docs" / "architecture.rst").read_text()
        modules = {path.name for path in (ROOT / "twisted_date").rglob("[a-z]*.py")}
        plugins = {path.name for path in (ROOT / "twisted_date" / "twisted").rglob("*.py")}
        named = set(re.findall(r"\b[a-z_]+\.py\b", page))
        self.assertEqual(modules - plugins - named, set())
        helpers = {path.name for path in (ROOT / "tests").rglob("*.py")}
        self.assertEqual(named - modules - helpers, set())


class PictureTests(SynchronousTestCase):
    def test_pictures_show_all_labels_of_their_sources(self):
        for source in sorted((ROOT / "docs" / "pictures").glob("*.dot")):
            drawn = source.with_suffix(".svg").read_text()
            for label in LABEL.findall(source.read_text()):
                for line in label.split("\\n"):
                    self.assertIn(f">{escape(line)}<", drawn.replace("&#160;", " "), source.name)
