"""The example clients against a real server."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_block
from tests.system.processes import TIMEOUT
from twisted_date import __version__

BASE = free_block()
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "program", "arguments"),
    [("client.sh", "bash", ("localhost", BASE)), ("client.mjs", "node", (BASE,))],
)
class TestExamples:
    """Clients in other languages, written from ``docs/protocol.rst``."""

    def ask(self, example, program, arguments, stdin):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; .ci/run installs it")
        return subprocess.run(
            [program, str(EXAMPLES / example), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )

    def test_conversation_is_held_in_order(self, server_folder, example, program, arguments):
        finished = self.ask(example, program, arguments, "/name Zoë\n/json maybe\nbonjour\nau revoir\n")
        assert finished.stdout.splitlines() == [
            "Hello, Zoë. You are connected.",
            "error: maybe is more than /json understands; the usage is /json [on|off]",
            "You are connected, Zoë. /help lists the commands.",
            "Goodbye, Zoë. The connection is closed.",
        ]
        assert finished.stderr == ""

    def test_many_lines_are_all_answered(self, server_folder, example, program, arguments):
        finished = self.ask(example, program, arguments, "/version\n" * 500)
        assert finished.returncode == 0
        assert finished.stdout == f"datechat {__version__}\n" * 500

    def test_missing_server_gives_an_error_status(self, example, program, arguments):
        *host, _ = arguments
        assert self.ask(example, program, (*host, 65535), "/date\n").returncode != 0


def test_first_client_holds_a_conversation(server_folder):
    script = [sys.executable, str(EXAMPLES / "first_client.py"), str(BASE)]
    finished = subprocess.run(
        script,
        input="Alice\n/date\nbonjour\nau revoir\n",
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    shown = finished.stdout.replace("> ", "").splitlines()
    assert shown[0] == "Your first name: Hello, Alice. You are connected."
    assert len(shown) == 4
    assert shown[3] == "Goodbye, Alice. The connection is closed."
