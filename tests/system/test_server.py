"""The server as an operator runs it."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.ports import free_block
from tests.system.processes import PATIENCE, Server, alive, ask, command, run, server, taken, wait_for
from twisted_date import __version__
from twisted_date.server import tap as service

BASE = free_block()
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"
RUNNERS = [("twistd", "-n"), ("twistd",), ("twist",)]


@pytest.mark.skipif(shutil.which("nc") is None, reason="netcat-openbsd is not installed; .ci/run installs it")
@pytest.mark.parametrize("text", ["/date\n", "/date\r\n", "/date"], ids=["lf", "crlf", "no ending"])
def test_plain_netcat(tmp_path, text):
    with server("--base-port", BASE, folder=tmp_path) as running:
        asking = ["nc", "-N", "localhost", str(running.port())]
        for _ in range(10):
            told = subprocess.run(asking, input=text, capture_output=True, text=True, timeout=PATIENCE)
            assert re.fullmatch(RFC3339 + "\n", told.stdout.replace("\r\n", "\n"))


@pytest.mark.parametrize("runner", [("twistd", "-n"), ("twist",)])
def test_the_first_conversation(tmp_path, runner):
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
    assert "Traceback" not in running.text()


def test_the_machines_zone_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    with server("--base-port", BASE, folder=tmp_path) as running:
        (date,) = ask(running.port(), "/date\n")
    assert date.endswith("+05:45")


def test_another_farewell(tmp_path):
    with server("--base-port", BASE, "--farewell", "à bientôt", folder=tmp_path) as running:
        replies = ask(running.port(), "au revoir\nÀ bientôt !\n/date\n")
    assert [reply.split(".")[0] for reply in replies] == ["You are connected", "Goodbye"]


def test_two_servers_from_one_folder(tmp_path):
    with contextlib.ExitStack() as stack:
        for port in (BASE, BASE + 1):
            running = stack.enter_context(server("--base-port", BASE, folder=tmp_path))
            assert running.port() == port
        assert f"Base port {BASE} was taken; listening on port {BASE + 1} instead." in running.text()
        assert not list(tmp_path.glob("*.pid"))
        for port in (BASE, BASE + 1):
            assert ask(port, "/version\n") == [f"datechat {__version__}"]


@pytest.mark.parametrize("turn", [1, 2])
def test_thirty_two_started_at_once(tmp_path, turn):
    running = [Server(("twistd", "-n"), ("--base-port", BASE), tmp_path) for _ in range(32)]
    try:
        ports = sorted(one.port() for one in running)
        assert len(set(ports)) == 32
        assert ports[-1] < BASE + 64
        for port in ports:
            assert ask(port, "/version\n") == [f"datechat {__version__}"]
    finally:
        for one in running:
            one.stop()


@pytest.mark.parametrize("runner", RUNNERS, ids=" ".join)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--base-port", BASE, "--port-tries", 2),
            f"datechat: every port from {BASE} to {BASE + 1} on localhost is taken; "
            "give another base port or more tries\n",
        ),
        (
            ("--interface", "192.0.2.7"),
            "datechat: cannot listen on port 50000 of 192.0.2.7: Cannot assign requested address; "
            "192.0.2.7 is not an address of this machine\n",
        ),
        (
            ("--listen", f"haproxy:tcp:{BASE}:interface=127.0.0.1"),
            f"datechat: cannot listen on 127.0.0.1, port {BASE}: Address already in use\n",
        ),
        (
            ("--listen", f"tcp:{BASE}:interface=127.0.0.1"),
            f"datechat: cannot listen on 127.0.0.1, port {BASE}: Address already in use\n",
        ),
    ],
    ids=["used up", "no address", "a wrapped one", "another endpoint"],
)
def test_no_port_to_be_had(tmp_path, runner, arguments, sentence):
    with taken(BASE, BASE + 1):
        finished = run(*runner, "datechat", *arguments, folder=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == sentence
    assert finished.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_no_pidfile_is_left_even_when_one_was_asked_for(tmp_path):
    with taken(BASE):
        options = ("datechat", "--base-port", BASE, "--port-tries", 1)
        finished = run("twistd", "-n", "--pidfile", "mine.pid", *options, folder=tmp_path)
    assert finished.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_failure_once_it_runs_ends_the_process(tmp_path):
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "late_endpoint.py").write_text(
        "from twisted.internet.interfaces import IStreamServerEndpointStringParser\n"
        "from twisted.internet.task import deferLater\n"
        "from twisted.plugin import IPlugin\n"
        "from zope.interface import implementer\n\n\n"
        "@implementer(IPlugin, IStreamServerEndpointStringParser)\n"
        "class Late:\n"
        "    prefix = 'late'\n\n"
        "    def parseStreamServer(self, reactor):\n"
        "        self.reactor = reactor\n"
        "        return self\n\n"
        "    def listen(self, factory):\n"
        "        return deferLater(self.reactor, 0.1, self.fail)\n\n"
        "    def fail(self):\n"
        "        raise RuntimeError('the tunnel broke')\n\n\n"
        "late = Late()\n"
    )
    for runner in (("twistd", "-n", "--pidfile", "mine.pid"), ("twist", "--log-format", "text")):
        arguments = (*runner, "datechat", "--listen", "late", "--listen", f"tcp:{BASE}")
        finished = run(*arguments, folder=tmp_path, env={"PYTHONPATH": str(tmp_path)})
        assert finished.returncode == 1, finished.stdout
        assert "datechat ends: the tunnel broke" in finished.stdout
        assert f"(TCP Port {BASE} Closed)" in finished.stdout
        assert "Traceback" not in finished.stdout + finished.stderr
        assert not list(tmp_path.glob("*.pid"))


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
def test_wrong_usage(tmp_path, runner, arguments, sentence):
    finished = run(*runner, "datechat", *arguments, folder=tmp_path)
    assert finished.returncode == 2
    assert finished.stderr == f"datechat: {sentence} (--help lists the options)\n"
    assert finished.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_description_that_is_none(tmp_path):
    finished = run("twistd", "-n", "datechat", "--listen", f"fallback:{BASE}:tires=2", folder=tmp_path)
    assert finished.returncode == 2
    assert finished.stderr.startswith(
        f"datechat: --listen 'fallback:{BASE}:tires=2' is not an endpoint like "
    )
    assert finished.stderr.count("\n") == 1


def test_a_unix_socket_of_somebody_else_is_left_alone(tmp_path):
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "socket"))
        other.listen()
        for _ in range(2):  # the second time nothing of the first may be in the way, or show the way
            ended = run("twistd", "-n", "datechat", "--listen", f"unix:{tmp_path}/socket", folder=tmp_path)
            assert ended.returncode == 1
            assert f"cannot listen on {tmp_path}/socket: Address already in use" in ended.stderr
            assert sorted(path.name for path in tmp_path.iterdir()) == ["socket"]


def test_one_unix_socket_asked_for_twice(tmp_path):
    twice = ("--listen", f"unix:{tmp_path}/socket") * 2
    ended = run("twistd", "-n", "datechat", *twice, folder=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == f"datechat: cannot listen on {tmp_path}/socket: Cannot acquire lock\n"
    assert list(tmp_path.iterdir()) == []


def test_the_date_without_a_word(tmp_path):
    options = ("--base-port", BASE, "--daytime", f"tcp:{BASE + 20}:interface=127.0.0.1", "--zone", "Tokyo")
    with server(*options, folder=tmp_path) as running, contextlib.ExitStack() as stack:
        wait_for(lambda: "tells the date on" in running.text())
        peers = [stack.enter_context(socket.socket()) for _ in range(300)]
        for peer in peers:  # all at once
            peer.setblocking(False)
            peer.connect_ex(("127.0.0.1", BASE + 20))
        for peer in peers:
            peer.settimeout(PATIENCE)
            assert re.fullmatch(rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0900\r\n", peer.recv(100))


def test_prometheus_is_told(tmp_path):
    options = ("--base-port", BASE, "--metrics", f"fallback:{BASE + 20}")
    with server(*options, folder=tmp_path) as running:
        ask(running.port(), "/date\n/date\n/nonsense\n")
        wait_for(lambda: "tells its metrics on" in running.text())
        with urlopen(f"http://localhost:{BASE + 20}/metrics") as answer:
            told = answer.read().decode()
        assert 'datechat_requests_total{command="/date"} 2.0' in told
        assert 'datechat_errors_total{code="unknown-command"} 1.0' in told


def test_a_unix_socket_that_cannot_be(tmp_path):
    finished = run("twistd", "-n", "datechat", "--listen", f"unix:{tmp_path}/none/s", folder=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == f"datechat: cannot listen on {tmp_path}/none/s: No such file or directory\n"


def test_the_daemon_starts_serves_and_stops(tmp_path):
    with taken(BASE):
        finished = run("twistd", "datechat", "--base-port", BASE, folder=tmp_path)
        assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    pid = int(wait_for(lambda: (tmp_path / "twistd.pid").exists() and (tmp_path / "twistd.pid").read_text()))
    try:
        assert ask(BASE + 1, "/version\n") == [f"datechat {__version__}"]
        log = wait_for(lambda: re.search("datechat .* listens on .*", (tmp_path / "twistd.log").read_text()))
        assert f"127.0.0.1:{BASE + 1}" in log[0]
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not alive(pid))
    assert not (tmp_path / "twistd.pid").exists()


def test_the_port_file_is_there_while_the_server_is(tmp_path):
    path = tmp_path / "port.json"
    path.write_text("stale")
    with taken(BASE), server("--base-port", BASE, "--port-file", "port.json", folder=tmp_path) as running:
        assert running.port() == BASE + 1
        told = wait_for(lambda: path.read_text() != "stale" and json.loads(path.read_text()))
        assert told == {
            "version": __version__,
            "pid": running.process.pid,
            "port": BASE + 1,
            "addresses": [{"host": "::1", "port": BASE + 1}, {"host": "127.0.0.1", "port": BASE + 1}],
        }
        running.stop()
    assert not path.exists()


def test_a_daemons_port_file_has_its_own_process_number(tmp_path):
    arguments = ("twistd", "datechat", "--base-port", BASE, "--port-file", "port.json")
    assert run(*arguments, folder=tmp_path).returncode == 0
    told = wait_for(lambda: (tmp_path / "port.json").exists() and (tmp_path / "port.json").read_text())
    pid = json.loads(told)["pid"]
    assert pid == int((tmp_path / "twistd.pid").read_text())
    assert (tmp_path / "port.json").stat().st_mode & 0o777 == 0o644
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not alive(pid))
    assert not (tmp_path / "port.json").exists()


@pytest.mark.parametrize("runner", RUNNERS, ids=" ".join)
def test_a_port_file_that_cannot_be_written(tmp_path, runner):
    finished = run(*runner, "datechat", "--base-port", BASE, "--port-file", "none/x", folder=tmp_path)
    assert finished.returncode == 1
    reason = "No such file or directory; give another path"
    assert finished.stderr == f"datechat: cannot write the port file {tmp_path}/none/x: {reason}\n"
    assert list(tmp_path.iterdir()) == []


def test_systemd_is_told(tmp_path, monkeypatch):
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.settimeout(PATIENCE)
    with notified:
        notified.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with server("--base-port", BASE, folder=tmp_path) as running:
            ready = notified.recv(1000).decode()
            assert ready == f"READY=1\nSTATUS=listening on [::1]:{BASE} and 127.0.0.1:{BASE}"
            running.stop()
        assert notified.recv(1000) == b"STOPPING=1"


@pytest.mark.skipif(
    shutil.which("systemd-socket-activate") is None, reason="systemd is not installed; .ci/run installs it"
)
def test_systemd_can_give_the_socket(tmp_path):
    activate = ["systemd-socket-activate", "--fdname=datechat", "--listen", f"127.0.0.1:{BASE}"]
    arguments = command("twistd", "-n", "datechat", "--listen", "systemd:domain=INET:name=datechat")
    with subprocess.Popen([*activate, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL) as activated:
        try:

            def version():
                with contextlib.suppress(ConnectionError):
                    return ask(BASE, "/version\n")

            assert wait_for(version) == [f"datechat {__version__}"]
        finally:
            activated.terminate()


def test_two_daemons_do_not_take_a_unix_socket_from_each_other(tmp_path):
    listen = ("datechat", "--listen", f"unix:{tmp_path}/socket", "--listen", f"fallback:{BASE}")
    first = run("twistd", "--pidfile", "one.pid", "--logfile", "one.log", *listen, folder=tmp_path)
    assert first.returncode == 0
    pid = int((tmp_path / "one.pid").read_text())
    try:
        second = run("twistd", "--pidfile", "two.pid", "--logfile", "two.log", *listen, folder=tmp_path)
        assert second.returncode == 1
        assert not (tmp_path / "two.pid").exists()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(tmp_path / "socket"))
            connection.sendall(b"/version\n")
            assert connection.makefile().readline() == f"datechat {__version__}\n"
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not alive(pid))
    assert not (tmp_path / "socket").exists()


def test_a_server_that_stops_tells_its_sessions(tmp_path):
    with (
        server("--base-port", BASE, folder=tmp_path) as running,
        socket.create_connection(("localhost", running.port())) as connection,
    ):
        connection.sendall(b"/name Alice\n")
        replies = connection.makefile("rb")
        assert replies.readline() == b"Hello, Alice. You are connected.\r\n"
        assert running.stop(signal.SIGINT) == -signal.SIGINT
        assert replies.read() == b"error: datechat is stopping; please connect again later\r\n"
    assert "Traceback" not in running.text()


WARM_UP_LINES = b"\n".join((*service.WARM_UP_LINES, b"")).decode()  # what a server loads once


def fill(connection, chunk):
    """Send until nothing more is taken for a while; the bytes that were sent."""
    connection.settimeout(0.5)
    sent = 0
    with contextlib.suppress(TimeoutError):
        while True:
            sent += connection.send(chunk)
    return sent


def test_a_peer_that_floods_and_never_reads_costs_little(tmp_path):
    with server("--base-port", BASE, folder=tmp_path) as running:
        ask(running.port(), WARM_UP_LINES + "/date\n" * 20_000)
        before = running.memory()
        for chunk in (b"\n" * 65536, b"/help\n" * 10_000, b"x" * 65536):
            with socket.create_connection(("127.0.0.1", BASE)) as connection:
                if chunk[0] == ord("x"):
                    connection.sendall(chunk * 160)  # 10 MB without an ending: taken, and not kept
                else:
                    assert fill(connection, chunk) > 100_000
                assert running.memory() - before < 1024
                assert ask(BASE, "/version\n") == [f"datechat {__version__}"]


def test_a_million_lines_at_once_are_answered_in_order(tmp_path):
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
            told = 0
            for number, line in enumerate(connection.makefile("rb")):
                assert line == b"Hello, %d. You are connected.\r\n" % number
                told += 1
            sending.join()
        assert told == count
        assert running.memory() - before < 1024


def test_it_can_listen_in_several_places(tmp_path):
    arguments = (
        "--listen",
        f"tcp:{BASE}",
        "--listen",
        f"unix:{tmp_path}/datechat",
        "--listen",
        f"fallback:{BASE}",
    )
    with server(*arguments, folder=tmp_path) as running:
        running.port()
        assert ask(BASE, "/version\n", "127.0.0.1") == ask(BASE + 1, "/version\n")
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        with connection:
            connection.connect(str(tmp_path / "datechat"))
            connection.sendall(b"/version\n")
            assert connection.makefile().readline() == f"datechat {__version__}\n"


WITHOUT_IPV6 = "ip link set lo up && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && "


def namespace(script):
    """The command line for a shell script on a machine without IPv6, made of a network namespace."""
    return ["unshare", "--net", "sh", "-c", WITHOUT_IPV6 + script]


def has_namespaces():
    return (
        shutil.which("unshare") is not None
        and shutil.which("ip") is not None
        and subprocess.run(namespace("true"), capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not has_namespaces(), reason="needs root and iproute2; .ci/run runs so")
@pytest.mark.parametrize(
    ("interface", "where"), [("localhost", "127.0.0.1:50000"), ("*", "[::]:50000"), ("::1", None)]
)
def test_a_machine_without_ipv6(tmp_path, interface, where):
    words = " ".join(command("twistd", "-n", "datechat", "--interface", f"'{interface}'"))
    client = " ".join(command("datechat", "--host", "127.0.0.1", "/version"))
    script = f"{words} & sleep 2; {client}; kill $!; wait $!"
    told = subprocess.run(namespace(script), cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    if where is None:
        assert "::1 is not an address of this machine" in told.stderr
    else:
        assert f"listens on {where}." in told.stdout
        assert f"datechat {__version__}\n" in told.stdout


def test_any_twisted_service_can_use_the_fallback(tmp_path):
    (tmp_path / "index.html").write_text("a page")
    arguments = command("twist", "web", "--listen", f"fallback:{BASE}", "--path", tmp_path)
    with taken(BASE), subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as web:
        try:

            def page():
                with contextlib.suppress(URLError):
                    return urlopen(f"http://127.0.0.1:{BASE + 1}/", timeout=PATIENCE).read()

            assert b"a page" in wait_for(page)
        finally:
            web.terminate()
