"""What the documentation shows is what one gets, at the moment that it shows."""

import shlex
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import make_session

ROOT = Path(__file__).parents[1]
PROMPT = "    $ "


def examples(page):
    """What is typed, and the lines that come, of each example of a page."""
    lines = page.read_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith(PROMPT):
            end = next(
                (after for after in range(number + 1, len(lines)) if not lines[after].strip()), len(lines)
            )
            yield line.removeprefix(PROMPT), [told.strip() for told in lines[number + 1 : end]]


def messages(typed):
    """The lines that a command sends; None for a command that does something else."""
    words = shlex.split(typed)
    if words[0].endswith("datechat") and len(words) > 1 and words[1].startswith("/"):
        return [" ".join(words[1:])]
    if words[0] == "echo" and words[2:4] == ["|", "nc"]:
        return [words[1]]
    if words[0] == "printf" and words[2:4] == ["|", "nc"]:
        return words[1].split("\\n")[:-1]
    if words[0] == "echo" and words[-1] == "--json":
        return ["/json", words[1]]
    return None


class ExampleTests(SynchronousTestCase):
    def test_each(self):
        tried = 0
        for page in (ROOT / "README.rst", *sorted((ROOT / "docs").glob("*.rst"))):
            for typed, expected in examples(page):
                sent = messages(typed)
                if sent is None:
                    continue
                session = make_session()
                told = [session.encode(session.reply_to(line.encode())).decode() for line in sent]
                self.assertEqual(told[-len(expected) :], expected, f"{page.name}: {typed}")
                tried += 1
        self.assertGreater(tried, 8)
