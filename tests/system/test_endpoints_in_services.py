"""The service files of docs/fallback.rst and docs/embedding.rst under twistd: how they answer and fail."""

import contextlib
import os
import signal
import socket
import subprocess

import pytest

from tests.doc_blocks import ROOT, blocks
from tests.ports import free_block
from tests.system.processes import TIMEOUT, command, is_running, occupied, run, wait_for

BASE = free_block()
PAGES = (ROOT / "docs" / "fallback.rst", ROOT / "docs" / "embedding.rst")
LANGUAGE = "python3"  # test_documentation.py runs the blocks in "python" as programs; twistd loads these
PLUGIN = "twisted/plugins/echo_service.py"
COMMANDS = {
    "echo.tac": ("-y", "echo.tac"),
    "listening.tac": ("-y", "listening.tac"),
    PLUGIN: ("echo", "--listen", f"fallback:{BASE}"),
}
DAEMON = {False: ("-n",), True: ()}
# Logs the failure and keeps running, as the page says
ONLY_LOGGING = """
from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory

application = Application("test")
endpoint = serverFromString(reactor, "fallback:{port}:tries=1")
StreamServerEndpointService(endpoint, Factory()).setServiceParent(application)
"""


@pytest.fixture
def folder(tmp_path):
    """A working directory with the files of the pages, on the port ``BASE``."""
    for page in PAGES:
        for block in blocks(page):
            if block.language == LANGUAGE:
                path = tmp_path / block.caption
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text.replace("8080", str(BASE)).replace("50000", str(BASE)))
    return tmp_path


def environment(folder):
    """The environment in which twistd finds the plugin of the page."""
    return {**os.environ, "PYTHONPATH": str(folder)}


@contextlib.contextmanager
def twistd(folder, *arguments):
    """Run ``twistd -n`` in the context, and give its log."""
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command("twistd", "-n", *arguments),
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process, log
    finally:
        process.terminate()
        process.wait(TIMEOUT)


def answers(port, request, reply):
    """Whether the service on a port answers so."""
    try:
        connection = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    except ConnectionRefusedError:
        return False
    with connection:
        connection.sendall(request)
        return connection.recv(len(reply)) == reply


def echoes(port):
    return answers(port, b"hello", b"hello")


def run_on_taken_ports(folder, arguments, daemon):
    """Start a service that finds all its ports taken; return the finished twistd, and its last line."""
    with occupied(*range(BASE, BASE + 100)):
        finished = run("twistd", *DAEMON[daemon], *arguments, folder=folder, env=environment(folder))
    assert finished.returncode == 1
    wait_for(lambda: not (folder / "twistd.pid").exists())  # a daemon removes it after it has told its parent
    return finished, (finished.stdout + finished.stderr).strip().splitlines()[-1]


def sentence(interface="localhost"):
    return (
        f"every port from {BASE} to {BASE + 99} on {interface} is taken; give another base port or more tries"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_service_answers_on_the_next_free_port(folder, name):
    with occupied(BASE), twistd(folder, *COMMANDS[name]) as (process, log):
        wait_for(lambda: echoes(BASE + 1) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        assert f"listening on port {BASE + 1} instead" in log.read_text()
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT)
        assert "Traceback" not in log.read_text()


def test_embedded_server_answers_on_the_next_free_port(folder):
    with occupied(BASE), twistd(folder, "dates") as (process, log):
        wait_for(lambda: answers(BASE + 1, b"/version\n", b"datechat ") or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT)
        assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_daemon_answers(folder, name):
    assert run("twistd", *COMMANDS[name], folder=folder, env=environment(folder)).returncode == 0
    pid = int((folder / "twistd.pid").read_text())
    try:
        wait_for(lambda: echoes(BASE))
    finally:
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not is_running(pid))
    assert "Traceback" not in (folder / "twistd.log").read_text()


@pytest.mark.parametrize("daemon", DAEMON)
@pytest.mark.parametrize("arguments", [COMMANDS[PLUGIN], ("dates",)], ids=["echo", "dates"])
def test_plugin_ends_with_the_sentence_alone(folder, arguments, daemon):
    finished, _ = run_on_taken_ports(folder, arguments, daemon)
    assert (finished.stdout, finished.stderr) == ("", f"{arguments[0]}: {sentence()}\n")


def test_plugin_refuses_a_wrong_description_with_the_sentence_alone(folder):
    finished = run(
        "twistd", "-n", "echo", "--listen", "fallback:8080:tires=1", folder=folder, env=environment(folder)
    )
    assert finished.returncode == 1
    assert finished.stderr.startswith("echo: fallback: does not know tires; its form is ")


@pytest.mark.parametrize("daemon", DAEMON)
def test_tac_file_with_listening_service_ends_with_the_sentence(folder, daemon):
    _, last = run_on_taken_ports(folder, COMMANDS["listening.tac"], daemon)
    assert last == f"Failed to load application: {sentence('127.0.0.1')}"


def test_tac_file_with_strports_ends_with_a_traceback_and_the_sentence(folder):
    _, last = run_on_taken_ports(folder, COMMANDS["echo.tac"], daemon=False)
    assert last.endswith(f"PortUnavailable: {sentence()}")


def test_daemon_with_strports_has_the_sentence_in_its_log(folder):
    finished, _ = run_on_taken_ports(folder, COMMANDS["echo.tac"], daemon=True)
    assert "PortUnavailable: every port from" in finished.stderr
    assert sentence() not in finished.stderr
    wait_for(lambda: sentence() in (folder / "twistd.log").read_text())


def test_endpoint_service_of_twisted_logs_the_failure_and_keeps_running(folder):
    (folder / "logging.tac").write_text(ONLY_LOGGING.format(port=BASE))
    with occupied(BASE), twistd(folder, "-y", "logging.tac") as (process, log):
        wait_for(lambda: f"port {BASE} on localhost is taken" in log.read_text())
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
