"""The transcripts and programs of the documentation, run against real servers."""

import os
import re
import shutil
import socketserver
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.doc_blocks import PAGES, blocks, of_language
from tests.helpers import NOW_NS
from tests.ports import free_block
from tests.system.processes import BIN, TIMEOUT, Server, ask

FROZEN_CLOCK = Path(__file__).with_name("frozen_clock.py")
RUN_TIME = 4.0  # seconds; a program that still runs then is a server
TIMED_OUT = 124  # the exit status of timeout(1) for such a program
SERVER_COMMAND = re.compile(r"twistd -n datechat --base-port 50000(.*)$", re.MULTILINE)
# Commands that the tests do not run: they set up an environment, or start a server that already runs
SKIPPED_COMMANDS = re.compile(r"venv|twistd -n datechat")

# Node has no WebSocket before its version 22; test_browser.py runs the program that has one.
FOR_NODE = [block for block in of_language("javascript") if "new WebSocket" not in block.text]


class GreetingHandler(socketserver.BaseRequestHandler):
    """Greets every connection."""

    def handle(self):
        self.request.sendall(b"hello\r\n")


class PageEnvironment:
    """A server with the options that a page starts it with, and a working directory as the page describes it.

    :param options: the options of ``twistd -n datechat`` on the page, after its base port.
    :param folder: the working directory, to be created.
    :param certificate: the PEM file that the page's file names stand for.
    :param greeter_port: the port of a :class:`GreetingHandler`.
    """

    def __init__(self, options, folder, certificate, greeter_port):
        self.folder = folder
        folder.mkdir()
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(BIN)
        (folder / "server.pem").symlink_to(certificate)
        (folder / "certificate.pem").symlink_to(certificate)
        self._greeter_port = greeter_port
        base = free_block()
        self._daytime_port = base + 90
        daytime = f"tcp:{self._daytime_port}:interface=127.0.0.1"
        self._web_port = base + 80 if "--web" in options else None
        options = options.replace("fallback:8080", f"tcp:{self._web_port}:interface=127.0.0.1")
        zone = [] if "--zone" in options else ["--zone", "Paris"]
        arguments = ["--base-port", base, *zone, "--daytime", daytime]
        runner = ("python", str(FROZEN_CLOCK), str(NOW_NS), "-n")
        self.server = Server(runner, [*arguments, *options.split()], folder)
        self.port = self.server.port()

    def localized(self, text):
        """The text with the ports of these servers in place of the documented ones."""
        text = re.sub(r"\b50000\b", str(self.port), text)
        text = re.sub(r"\b8080\b", str(self._web_port or self._greeter_port), text)
        return text.replace("localhost 13", f"localhost {self._daytime_port}")

    def run(self, *command, stdin="/quit\n", timeout=TIMEOUT):
        return subprocess.run(
            command,
            cwd=self.folder,
            env={
                **os.environ,
                "DATECHAT_PORT": str(self.port),
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
                "PATH": f"{BIN}:{os.environ['PATH']}",
                "PYTHONUNBUFFERED": "1",
            },
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
        )

    def write_program(self, name, text):
        """Write a program into the working directory, and return its path."""
        path = self.folder / name
        path.write_text(self.localized(text))
        return str(path)


@pytest.fixture(scope="module")
def greeter_port():
    """The port of a running :class:`GreetingHandler`."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), GreetingHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def environment_of(tmp_path_factory, certificate, greeter_port):
    """A function that returns the :class:`PageEnvironment` for the text of a page."""
    folder = tmp_path_factory.mktemp("pages")
    known = {}

    def environment(text):
        match = SERVER_COMMAND.search(text)
        options = match[1] if match else ""
        if options not in known:
            known[options] = PageEnvironment(options, folder / str(len(known)), certificate, greeter_port)
        return known[options]

    yield environment
    for started in known.values():
        started.server.stop()


def examples(text):
    """Yield each command of a transcript with its expected output."""
    for example in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        typed, _, output = example.partition("\n")
        yield typed, output.strip("\n")


@pytest.mark.skipif(shutil.which("nc") is None, reason="needs nc (Debian's netcat-openbsd)")
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("block", of_language("console"), ids=str)
def test_console_transcript_matches(block, environment_of):
    environment = environment_of(block.page.read_text())
    for typed, expected in examples(block.text):
        if not SKIPPED_COMMANDS.search(typed.replace(".venv/bin/datechat", "datechat")):
            finished = environment.run("bash", "-c", environment.localized(typed))
            if not expected:
                assert finished.returncode == 0, finished.stdout
            else:
                assert finished.stdout.strip("\n").replace("\r", "") == environment.localized(expected), typed


def programs():
    """The Python programs of all pages.

    :return: by name, the page and the text; blocks with the same caption make one program.
    """
    by_name = {}
    for block in of_language("python"):
        name = f"{block.page.stem}-{block.caption or block.line}"
        _, before = by_name.get(name, (block.page, ""))
        by_name[name] = block.page, f"{before}\n\n{block.text}"
    return by_name


@pytest.mark.parametrize("name", programs())
def test_python_program_runs(name, environment_of):
    page, text = programs()[name]
    environment = environment_of(page.read_text())
    if name.endswith(".tac"):
        path = environment.write_program(name, text)
        command = str(BIN / "twistd"), "-n", "--pidfile=", "-y", path
    else:
        path = environment.write_program(f"{name.removesuffix('.py')}.py", text)
        command = str(BIN / "python"), path
    finished = environment.run("timeout", str(RUN_TIME), *command, stdin="/date\nau revoir\n")
    assert finished.returncode in (0, TIMED_OUT), finished.stdout
    assert "Traceback" not in finished.stdout
    assert finished.stdout


def test_client_programs_print_their_documented_output(environment_of):
    outputs = []
    for name, (page, text) in programs().items():
        if page.stem == "client":
            environment = environment_of(page.read_text())
            outputs.append(
                environment.run(str(BIN / "python"), environment.write_program(f"{name}.py", text)).stdout
            )
    assert outputs == [
        "2026-12-26 01:00:00+01:00 Europe/Berlin\n-1 day, 5:00:00\nambiguous-place\n",
        "Tokyo 2026-12-26T03:00:00+09:00\n"
        "Paris 2026-12-25T19:00:00+01:00\n"
        "New York 2026-12-25T13:00:00-05:00\n",
    ]


@pytest.mark.parametrize("name", ["serveur_socket.py", "serveur_twisted.py"])
def test_servers_for_learners_answer(name, environment_of):
    page, text = programs()[f"reseau-{name}"]
    environment = environment_of(page.read_text())
    path = environment.write_program(name, text)
    log = environment.folder / f"{name}.log"
    with log.open("w") as stdout, subprocess.Popen([BIN / "python", path], stdout=stdout) as process:
        try:
            deadline = time.monotonic() + TIMEOUT
            while not log.read_text():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            (port,) = re.findall(r"\d+", log.read_text())
            assert int(port) > environment.port, "the base port was taken"
            date, connected, *rest = ask(port, "/date\nbonjour\nau revoir\nencore ?\n")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", date)
            assert connected == "Vous êtes connecté."
            assert rest[0] == "Au revoir. La connexion est fermée."
            client = environment.write_program("client_socket.py", programs()["reseau-client_socket.py"][1])
            finished = environment.run(str(BIN / "python"), client, port, stdin="bonjour\nau revoir\n")
            assert finished.stdout == "Vous êtes connecté.\nAu revoir. La connexion est fermée.\n"
        finally:
            process.kill()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node (Debian's nodejs)")
@pytest.mark.parametrize("block", FOR_NODE, ids=str)
def test_javascript_program_prints_the_date(block, environment_of):
    environment = environment_of(block.page.read_text())
    finished = environment.run("node", environment.write_program(f"{block.line}.mjs", block.text))
    assert finished.stdout == "2026-12-26T03:00:00+09:00\n"


@pytest.mark.parametrize("block", of_language("bash"), ids=str)
def test_bash_script_succeeds(block, environment_of):
    environment = environment_of(block.page.read_text())
    finished = environment.run("bash", "-euc", environment.localized(block.text))
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("block", of_language("sh"), ids=str)
def test_shell_script_is_valid(block):
    assert subprocess.run(["bash", "-n", "-c", block.text], capture_output=True).stderr == b""


def test_every_code_block_names_its_language():
    pages = [page for page in PAGES if "docs" in page.parts]
    assert [str(block) for page in pages for block in blocks(page) if not block.language] == []
