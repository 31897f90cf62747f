"""The manual pages and the shells' completions, made from the option tables."""

import shutil
import subprocess
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from tools import manual
from twisted_date.client import options as client
from twisted_date.server import tap as service

ROOT = Path(__file__).parents[1]


class ManualTests(SynchronousTestCase):
    def test_each_is_as_the_tool_makes_it(self):
        for path, text in manual.made().items():
            self.assertEqual(path.read_text(), text, f"{path.name}: run python -m tools.manual")

    def test_every_option_is_there(self):
        for name, kind in (("datechat", client.Options), ("twistd-datechat", service.Options)):
            page = (ROOT / "man" / f"{name}.1").read_text().replace("\\-", "-")
            for option in manual.options(kind):
                self.assertIn(f"--{option}", page)

    def test_the_help_fits_on_a_screen(self):
        lines = client.Options().getUsage(80).splitlines()
        self.assertLessEqual(len(lines), 24 - 1)


class BashTests(SynchronousTestCase):
    def completed(self, *words):
        script = (
            f"source {ROOT}/completions/datechat\n"
            f"COMP_WORDS=({' '.join(words)}) COMP_CWORD={len(words) - 1}\n"
            "compopt() { :; }\n_datechat\nprintf '%s\\n' \"${COMPREPLY[@]}\""
        )
        if shutil.which("bash") is None:
            raise SkipTest("bash is not installed")
        told = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
        self.assertEqual(told.stderr, "")
        return told.stdout.split()

    def test_options(self):
        self.assertEqual(self.completed("datechat", "--port"), ["--port=", "--port-file=", "--port-tries="])
        self.assertEqual(self.completed("datechat", "--json", "--wh"), ["--where"])

    def test_commands(self):
        self.assertEqual(self.completed("datechat", "/zon"), ["/zone", "/zones"])

    def test_files(self):
        self.assertEqual(self.completed("datechat", "--port-file", "READ"), ["README.rst"])
        self.assertEqual(self.completed("datechat", "--port-file", "=", "READ"), ["README.rst"])

    def test_what_only_a_person_knows(self):
        self.assertEqual(self.completed("datechat", "--name", "A"), [])
