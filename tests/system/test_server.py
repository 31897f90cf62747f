"""The server's conversations, options, reports to the operator, and load."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from urllib.request import urlopen

import pytest

from tests.ports import free_block
from tests.system.processes import RUNNERS, TIMEOUT, ask, is_running, occupied, run, server, wait_for
from twisted_date import __version__
from twisted_date.server import tap

BASE = free_block()
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"


@pytest.mark.skipif(shutil.which("nc") is None, reason="netcat-openbsd is not installed; .ci/run installs it")
@pytest.mark.parametrize("text", ["/date\n", "/date\r\n", "/date"], ids=["lf", "crlf", "no ending"])
def test_netcat_gets_the_date_with_any_line_ending(tmp_path, text):
    with server("--base-port", BASE, folder=tmp_path) as running:
        netcat = ["nc", "-N", "localhost", str(running.port())]
        for _ in range(10):
            finished = subprocess.run(netcat, input=text, capture_output=True, text=True, timeout=TIMEOUT)
            assert re.fullmatch(RFC3339 + "\n", finished.stdout.replace("\r\n", "\n"))


@pytest.mark.parametrize("runner", [("twistd", "-n"), ("twist",)])
def test_first_conversation_works_on_both_loopback_addresses(tmp_path, runner):
    with server("--base-port", BASE, folder=tmp_path, runner=runner) as running:
        assert running.port() == BASE
        replies = ask(BASE, "/name Alice\n/date\nbonjour\nau revoir\n", "localhost")
        assert len(replies) == 4
        assert replies[0] == "Hello, Alice. You are connected."
        assert re.fullmatch(RFC3339, replies[1])
        assert replies[2] == "You are connected, Alice. /help lists the commands."
        assert replies[3] == "Goodbye, Alice. The connection is closed."
        assert (
            ask(BASE, "/version", "127.0.0.1") == ask(BASE, "/version", "::1") == [f"datechat {__version__}"]
        )
        assert running.stop() == -signal.SIGTERM
    assert "Traceback" not in running.log_text()


def test_default_zone_is_the_machine_zone(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    with server("--base-port", BASE, folder=tmp_path) as running:
        (date,) = ask(running.port(), "/date\n")
    assert date.endswith("+05:45")


def test_custom_farewell_replaces_the_default(tmp_path):
    with server("--base-port", BASE, "--farewell", "à bientôt", folder=tmp_path) as running:
        replies = ask(running.port(), "au revoir\nÀ bientôt !\n/date\n")
    assert [reply.split(".")[0] for reply in replies] == ["You are connected", "Goodbye"]


@pytest.mark.parametrize("runner", RUNNERS, ids=" ".join)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--base-port", "70000"), "--base-port is '70000'; give a whole number from 1 to 65535"),
        (
            ("--farewell", "/bye"),
            "--farewell: the farewell phrase begins with /, as commands do; give plain words",
        ),
        (
            ("--listen", "tcp:1", "--interface", "*"),
            "--listen takes the place of --base-port, --port-tries and --interface",
        ),
    ],
    ids=["port", "farewell", "listen"],
)
def test_wrong_usage_gives_status_2(tmp_path, runner, arguments, sentence):
    finished = run(*runner, "datechat", *arguments, folder=tmp_path)
    assert finished.returncode == 2
    assert finished.stderr == f"datechat: {sentence} (--help lists the options)\n"
    assert finished.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_wrong_endpoint_description_gives_status_2(tmp_path):
    finished = run("twistd", "-n", "datechat", "--listen", f"fallback:{BASE}:tires=2", folder=tmp_path)
    assert finished.returncode == 2
    assert finished.stderr.startswith(
        f"datechat: --listen 'fallback:{BASE}:tires=2' is not an endpoint like "
    )
    assert finished.stderr.count("\n") == 1


def test_daytime_port_sends_the_date_to_every_peer(tmp_path):
    options = ("--base-port", BASE, "--daytime", f"tcp:{BASE + 20}:interface=127.0.0.1", "--zone", "Tokyo")
    with server(*options, folder=tmp_path) as running, contextlib.ExitStack() as stack:
        wait_for(lambda: "serves the date on" in running.log_text())
        peers = [stack.enter_context(socket.socket()) for _ in range(300)]
        for peer in peers:  # all at once
            peer.setblocking(False)
            peer.connect_ex(("127.0.0.1", BASE + 20))
        for peer in peers:
            peer.settimeout(TIMEOUT)
            assert re.fullmatch(rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0900\r\n", peer.recv(100))


def test_metrics_port_serves_prometheus_text(tmp_path):
    options = ("--base-port", BASE, "--metrics", f"fallback:{BASE + 20}")
    with server(*options, folder=tmp_path) as running:
        ask(running.port(), "/date\n/date\n/nonsense\n")
        wait_for(lambda: "serves metrics on" in running.log_text())
        with urlopen(f"http://localhost:{BASE + 20}/metrics") as page:
            metrics = page.read().decode()
        assert 'datechat_requests_total{command="/date"} 2.0' in metrics
        assert 'datechat_errors_total{code="unknown-command"} 1.0' in metrics


def test_daemon_starts_serves_and_stops(tmp_path):
    with occupied(BASE):
        finished = run("twistd", "datechat", "--base-port", BASE, folder=tmp_path)
        assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    pid = int(wait_for(lambda: (tmp_path / "twistd.pid").exists() and (tmp_path / "twistd.pid").read_text()))
    try:
        assert ask(BASE + 1, "/version\n") == [f"datechat {__version__}"]
        log = wait_for(lambda: re.search("datechat .* listens on .*", (tmp_path / "twistd.log").read_text()))
        assert f"127.0.0.1:{BASE + 1}" in log[0]
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not is_running(pid))
    assert not (tmp_path / "twistd.pid").exists()


def test_port_file_exists_while_the_server_runs(tmp_path):
    path = tmp_path / "port.json"
    path.write_text("stale")
    with occupied(BASE), server("--base-port", BASE, "--port-file", "port.json", folder=tmp_path) as running:
        assert running.port() == BASE + 1
        content = wait_for(lambda: path.read_text() != "stale" and json.loads(path.read_text()))
        assert content == {
            "version": __version__,
            "pid": running.process.pid,
            "port": BASE + 1,
            "addresses": [{"host": "::1", "port": BASE + 1}, {"host": "127.0.0.1", "port": BASE + 1}],
        }
        running.stop()
    assert not path.exists()


@pytest.mark.parametrize(
    "put", [os.mkfifo, lambda path: os.symlink("/dev/zero", path)], ids=["fifo", "zeros"]
)
def test_stop_is_complete_whatever_took_the_place_of_the_port_file(tmp_path, put):
    path = tmp_path / "port.json"
    with server("--base-port", BASE, "--port-file", path, folder=tmp_path) as running:
        wait_for(path.exists)
        with socket.create_connection(("127.0.0.1", running.port()), TIMEOUT) as peer:
            peer.sendall(b"hello\n")
            replies = peer.makefile("rb")
            replies.readline()
            path.unlink()
            put(path)
            assert running.stop() == -signal.SIGTERM
            assert b"is stopping" in replies.read()
    assert os.path.lexists(path)
    assert "Traceback" not in running.log_text()


def test_port_file_of_a_daemon_holds_the_daemon_pid(tmp_path):
    arguments = ("twistd", "datechat", "--base-port", BASE, "--port-file", "port.json")
    assert run(*arguments, folder=tmp_path).returncode == 0
    content = wait_for(lambda: (tmp_path / "port.json").exists() and (tmp_path / "port.json").read_text())
    pid = json.loads(content)["pid"]
    assert pid == int((tmp_path / "twistd.pid").read_text())
    assert (tmp_path / "port.json").stat().st_mode & 0o777 == 0o644
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not is_running(pid))
    assert not (tmp_path / "port.json").exists()


@pytest.mark.parametrize("runner", RUNNERS, ids=" ".join)
def test_unwritable_port_file_ends_the_start(tmp_path, runner):
    finished = run(*runner, "datechat", "--base-port", BASE, "--port-file", "none/x", folder=tmp_path)
    assert finished.returncode == 1
    reason = "No such file or directory; give another path"
    assert finished.stderr == f"datechat: cannot write the port file {tmp_path}/none/x: {reason}\n"
    assert list(tmp_path.iterdir()) == []


def test_systemd_is_notified_of_start_and_stop(tmp_path, monkeypatch):
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.settimeout(TIMEOUT)
    with notifications:
        notifications.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with server("--base-port", BASE, folder=tmp_path) as running:
            ready = notifications.recv(1000).decode()
            assert ready == f"READY=1\nSTATUS=listening on [::1]:{BASE} and 127.0.0.1:{BASE}"
            running.stop()
        assert notifications.recv(1000) == b"STOPPING=1"


def test_stopping_server_closes_its_sessions_with_an_error(tmp_path):
    with (
        server("--base-port", BASE, folder=tmp_path) as running,
        socket.create_connection(("localhost", running.port())) as connection,
    ):
        connection.sendall(b"/name Alice\n")
        replies = connection.makefile("rb")
        assert replies.readline() == b"Hello, Alice. You are connected.\r\n"
        assert running.stop(signal.SIGINT) == -signal.SIGINT
        assert replies.read() == b"error: datechat is stopping; please connect again later\r\n"
    assert "Traceback" not in running.log_text()


WARM_UP_LINES = b"\n".join(
    (*tap.WARM_UP_LINES, b"")
).decode()  # load everything that a server loads only once


def fill(connection, chunk):
    """Send until the peer stops reading, and return the number of bytes sent."""
    connection.settimeout(0.5)
    sent = 0
    with contextlib.suppress(TimeoutError):
        while True:
            sent += connection.send(chunk)
    return sent


def test_flooding_peer_that_never_reads_costs_little_memory(tmp_path):
    with server("--base-port", BASE, folder=tmp_path) as running:
        ask(running.port(), WARM_UP_LINES + "/date\n" * 20_000)
        before = running.memory()
        for chunk in (b"\n" * 65536, b"/help\n" * 10_000, b"x" * 65536):
            with socket.create_connection(("127.0.0.1", BASE)) as connection:
                if chunk[0] == ord("x"):
                    connection.sendall(chunk * 160)  # 10 MB without a line ending: read, and not kept
                else:
                    assert fill(connection, chunk) > 100_000
                assert running.memory() - before < 1024
                assert ask(BASE, "/version\n") == [f"datechat {__version__}"]


def test_million_pipelined_lines_are_answered_in_order(tmp_path):
    count = 1_000_000
    with server("--base-port", BASE, folder=tmp_path) as running:
        ask(running.port(), WARM_UP_LINES + "/date\n" * 20_000)
        before = running.memory()
        with socket.create_connection(("127.0.0.1", BASE)) as connection:

            def send():
                for start in range(0, count, 1000):
                    connection.sendall(b"".join(b"/name %d\n" % n for n in range(start, start + 1000)))
                connection.shutdown(socket.SHUT_WR)

            sending = threading.Thread(target=send)
            sending.start()
            answered = 0
            for number, line in enumerate(connection.makefile("rb")):
                assert line == b"Hello, %d. You are connected.\r\n" % number
                answered += 1
            sending.join()
        assert answered == count
        assert running.memory() - before < 1024
