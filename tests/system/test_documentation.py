"""What the documentation shows is what one gets: its transcripts and programs, with a real server."""

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
from tests.system.processes import BIN, PATIENCE, Server, ask

STILL = Path(__file__).with_name("frozen_clock.py")
SERVES, GOES_ON = 4.0, 124  # seconds after which a program that goes on is a server; timeout(1) says so
STARTS = re.compile(r"twistd -n datechat --base-port 50000(.*)$", re.MULTILINE)
# Lines that set something up, or start a server that the tests have started already
SET_UP = re.compile(r"venv|twistd -n datechat")


class Hello(socketserver.BaseRequestHandler):
    """A service that greets whoever comes."""

    def handle(self):
        self.request.sendall(b"hello\r\n")


class Setting:
    """A server with the options that a page starts it with, and a folder as the page has it."""

    def __init__(self, options, folder, certificate, greeter):
        self.folder = folder
        folder.mkdir()
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(BIN)
        for name in ("key.pem", "certificate.pem"):
            (folder / name).symlink_to(certificate)
        self._greeter = greeter
        base = free_block()
        self._daytime = base + 90
        daytime = f"tcp:{self._daytime}:interface=127.0.0.1"
        arguments = ["--base-port", base, "--zone", "Paris", "--daytime", daytime]
        runner = ("python", str(STILL), str(NOW_NS), "-n")
        self.server = Server(runner, [*arguments, *options.split()], folder)
        self.port = self.server.port()

    def here(self, text):
        """The text, with the ports that are served here."""
        text = re.sub(r"\b50000\b", str(self.port), text)
        text = re.sub(r"\b8080\b", str(self._greeter), text)
        return text.replace("localhost 13", f"localhost {self._daytime}")

    def run(self, *command, stdin="/quit\n", timeout=PATIENCE):
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

    def program(self, name, text):
        """A file in the folder."""
        path = self.folder / name
        path.write_text(self.here(text))
        return str(path)


@pytest.fixture(scope="module")
def greeter():
    """The port of a service that greets."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def settings(tmp_path_factory, certificate, greeter):
    """By a page's text, its setting."""
    folder = tmp_path_factory.mktemp("pages")
    known = {}

    def setting(text):
        found = STARTS.search(text)
        options = found[1] if found else ""
        if options not in known:
            known[options] = Setting(options, folder / str(len(known)), certificate, greeter)
        return known[options]

    yield setting
    for setting in known.values():
        setting.server.stop()


def examples(text):
    """What is typed in a transcript, and what comes."""
    for example in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        typed, _, told = example.partition("\n")
        yield typed, told.strip("\n")


@pytest.mark.skipif(shutil.which("nc") is None, reason="needs nc (Debian's netcat-openbsd)")
@pytest.mark.parametrize("block", of_language("console"), ids=str)
def test_a_transcript(block, settings):
    setting = settings(block.page.read_text())
    for typed, expected in examples(block.text):
        if not SET_UP.search(typed.replace(".venv/bin/datechat", "datechat")):
            finished = setting.run("bash", "-c", setting.here(typed))
            if not expected:
                assert finished.returncode == 0, finished.stdout
            else:
                assert finished.stdout.strip("\n").replace("\r", "") == setting.here(expected), typed


def programs():
    """The Python programs of all pages: by name, their page and their text, from one block or several."""
    found = {}
    for block in of_language("python"):
        name = f"{block.page.stem}-{block.caption or block.line}"
        _, before = found.get(name, (block.page, ""))
        found[name] = block.page, f"{before}\n\n{block.text}"
    return found


@pytest.mark.parametrize("name", programs())
def test_a_python_program(name, settings):
    page, text = programs()[name]
    setting = settings(page.read_text())
    path = setting.program(f"{name.removesuffix('.py')}.py", text)
    command = "timeout", str(SERVES), str(BIN / "python"), path
    finished = setting.run(*command, stdin="/date\nau revoir\n")
    assert finished.returncode in (0, GOES_ON), finished.stdout
    assert "Traceback" not in finished.stdout
    assert finished.stdout


def test_what_the_programs_of_the_client_say(settings):
    told = []
    for name, (page, text) in programs().items():
        if page.stem == "client":
            setting = settings(page.read_text())
            told.append(setting.run(str(BIN / "python"), setting.program(f"{name}.py", text)).stdout)
    assert told == [
        "2026-12-26 01:00:00+01:00 Europe/Berlin\n-1 day, 5:00:00\nambiguous-place\n",
        "Tokyo 2026-12-26T03:00:00+09:00\n"
        "Paris 2026-12-25T19:00:00+01:00\n"
        "New York 2026-12-25T13:00:00-05:00\n",
    ]


@pytest.mark.parametrize("name", ["serveur_socket.py", "serveur_twisted.py"])
def test_the_servers_for_learners(name, settings):
    page, text = programs()[f"reseau-{name}"]
    setting = settings(page.read_text())
    path = setting.program(name, text)
    log = setting.folder / f"{name}.log"
    with log.open("w") as output, subprocess.Popen([BIN / "python", path], stdout=output) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while not log.read_text():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            (port,) = re.findall(r"\d+", log.read_text())
            assert int(port) > setting.port, "the base port was taken"
            date, connected, *rest = ask(port, "/date\nbonjour\nau revoir\nencore ?\n")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", date)
            assert connected == "Vous êtes connecté."
            assert rest[0] == "Au revoir. La connexion est fermée."
            client = setting.program("client_socket.py", programs()["reseau-client_socket.py"][1])
            told = setting.run(str(BIN / "python"), client, port, stdin="bonjour\nau revoir\n")
            assert told.stdout == "Vous êtes connecté.\nAu revoir. La connexion est fermée.\n"
        finally:
            process.kill()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node (Debian's nodejs)")
@pytest.mark.parametrize("block", of_language("javascript"), ids=str)
def test_a_javascript_program(block, settings):
    setting = settings(block.page.read_text())
    finished = setting.run("node", setting.program(f"{block.line}.mjs", block.text))
    assert finished.stdout == "2026-12-26T03:00:00+09:00\n"


@pytest.mark.parametrize("block", of_language("bash"), ids=str)
def test_a_script(block, settings):
    setting = settings(block.page.read_text())
    finished = setting.run("bash", "-euc", setting.here(block.text))
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize("block", of_language("sh"), ids=str)
def test_what_is_for_root_or_goes_on_is_at_least_shell(block):
    assert subprocess.run(["bash", "-n", "-c", block.text], capture_output=True).stderr == b""


def test_each_block_says_what_it_is():
    pages = [page for page in PAGES if "docs" in page.parts]
    assert [str(block) for page in pages for block in blocks(page) if not block.language] == []
