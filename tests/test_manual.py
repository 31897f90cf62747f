"""The manual pages and the shell completions, which are generated from the option tables."""

import shutil
import subprocess
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from tools import manual
from twisted_date.client import options as client
from twisted_date.server import tap as service

ROOT = Path(__file__).parents[1]


class ManualTests(SynchronousTestCase):
    def test_generated_files_are_up_to_date(self):
        for path, text in manual.made().items():
            self.assertEqual(path.read_text(), text, f"{path.name}: run python -m tools")

    def test_manual_lists_every_option(self):
        for name, kind in (("datechat", client.Options), ("twistd-datechat", service.Options)):
            page = (ROOT / "man" / f"{name}.1").read_text().replace("\\-", "-")
            for option in manual.options(kind):
                self.assertIn(f"--{option}", page)

    def test_help_fits_on_a_screen(self):
        lines = client.Options().getUsage(80).splitlines()
        self.assertLessEqual(len(lines), 24 - 1)


class BashTests(SynchronousTestCase):
    def complete(self, *words):
        script = (
            f"source {ROOT}/completions/datechat\n"
            f"COMP_WORDS=({' '.join(words)}) COMP_CWORD={len(words) - 1}\n"
            "compopt() { :; }\n_datechat\nprintf '%s\\n' \"${COMPREPLY[@]}\""
        )
        if shutil.which("bash") is None:
            raise SkipTest("bash is not installed")
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
        self.assertEqual(result.stderr, "")
        return result.stdout.split()

    def test_options_are_completed(self):
        self.assertEqual(self.complete("datechat", "--port"), ["--port=", "--port-file=", "--port-tries="])
        self.assertEqual(self.complete("datechat", "--json", "--wh"), ["--where"])

    def test_commands_are_completed(self):
        self.assertEqual(self.complete("datechat", "/zon"), ["/zone", "/zones"])

    def test_file_names_are_completed(self):
        self.assertEqual(self.complete("datechat", "--port-file", "READ"), ["README.rst"])
        self.assertEqual(self.complete("datechat", "--port-file", "=", "READ"), ["README.rst"])

    def test_free_text_is_not_completed(self):
        self.assertEqual(self.complete("datechat", "--name", "A"), [])
