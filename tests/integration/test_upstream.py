"""The faults of Twisted that docs/upstream.rst describes. A Twisted without one of them fails a test."""

import re
import subprocess
import sys

import pytest
import twisted

from tests.doc_blocks import ROOT, blocks

PAGE = ROOT / "docs" / "upstream.rst"
PROGRAMS = [block for block in blocks(PAGE) if block.language == "python"]
PRINTED = re.compile(r"^# prints: (.*)$", re.MULTILINE)
(DESCRIBED,) = re.findall(r"\bTwisted (\d+)\.(\d+)\b", PAGE.read_text())  # the release that the page is about
INSTALLED = twisted.version.major, twisted.version.minor

GOOD_NEWS = """\
Good news, if this is Twisted's work: Twisted {version} does not behave as {block} says.
The program printed {printed!r}; the page has {documented!r}.
See Twisted's NEWS. If the fault is mended, remove its section from the page now, and our workaround as soon
as install_requires in setup.cfg asks for this release. If it only looks different, correct the page.
What the program wrote to standard error:
{errors}"""


@pytest.mark.skipif(
    tuple(map(int, DESCRIBED)) > INSTALLED, reason=f"the page describes Twisted {'.'.join(DESCRIBED)}"
)
@pytest.mark.parametrize("block", PROGRAMS, ids=str)
def test_twisted_still_needs_the_workaround(block, tmp_path):
    (documented,) = PRINTED.findall(block.text)
    finished = subprocess.run(
        [sys.executable, "-c", block.text], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert finished.stdout == f"{documented}\n", GOOD_NEWS.format(
        version=twisted.version.short(),
        block=block,
        printed=finished.stdout.strip(),
        documented=documented,
        errors=finished.stderr,
    )
    assert finished.returncode == 0, finished.stderr
