"""The ports and sockets on which the server listens."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.ports import free_block
from tests.system.processes import (
    RUNNERS,
    TIMEOUT,
    Server,
    ask,
    command,
    is_running,
    occupied,
    run,
    server,
    wait_for,
)
from twisted_date import __version__

BASE = free_block()


def test_two_servers_run_from_one_folder(tmp_path):
    with contextlib.ExitStack() as stack:
        for port in (BASE, BASE + 1):
            running = stack.enter_context(server("--base-port", BASE, folder=tmp_path))
            assert running.port() == port
        assert f"Base port {BASE} was taken; listening on port {BASE + 1} instead." in running.log_text()
        assert not list(tmp_path.glob("*.pid"))
        for port in (BASE, BASE + 1):
            assert ask(port, "/version\n") == [f"datechat {__version__}"]


@pytest.mark.parametrize("attempt", [1, 2])
def test_thirty_two_simultaneous_servers_get_different_ports(tmp_path, attempt):
    servers = [Server(("twistd", "-n"), ("--base-port", BASE), tmp_path) for _ in range(32)]
    try:
        ports = sorted(instance.port() for instance in servers)
        assert len(set(ports)) == 32
        assert ports[-1] < BASE + 64
        for port in ports:
            assert ask(port, "/version\n") == [f"datechat {__version__}"]
    finally:
        for instance in servers:
            instance.stop()


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
    ids=["used up", "no address", "wrapped endpoint", "other endpoint"],
)
def test_unavailable_port_ends_the_start(tmp_path, runner, arguments, sentence):
    with occupied(BASE, BASE + 1):
        finished = run(*runner, "datechat", *arguments, folder=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == sentence
    assert finished.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_pidfile_is_removed_after_a_failed_start(tmp_path):
    with occupied(BASE):
        options = ("datechat", "--base-port", BASE, "--port-tries", 1)
        finished = run("twistd", "-n", "--pidfile", "mine.pid", *options, folder=tmp_path)
    assert finished.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_late_listen_failure_ends_the_process(tmp_path):
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
        assert "datechat is exiting: the tunnel broke" in finished.stdout
        assert f"(TCP Port {BASE} Closed)" in finished.stdout
        assert "Traceback" not in finished.stdout + finished.stderr
        assert not list(tmp_path.glob("*.pid"))


def test_foreign_unix_socket_is_left_alone(tmp_path):
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "socket"))
        other.listen()
        for _ in range(2):  # the first attempt must leave nothing that changes the second
            finished = run("twistd", "-n", "datechat", "--listen", f"unix:{tmp_path}/socket", folder=tmp_path)
            assert finished.returncode == 1
            assert f"cannot listen on {tmp_path}/socket: Address already in use" in finished.stderr
            assert sorted(path.name for path in tmp_path.iterdir()) == ["socket"]


def test_duplicate_unix_socket_is_refused(tmp_path):
    twice = ("--listen", f"unix:{tmp_path}/socket") * 2
    finished = run("twistd", "-n", "datechat", *twice, folder=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == f"datechat: cannot listen on {tmp_path}/socket: Cannot acquire lock\n"
    assert list(tmp_path.iterdir()) == []


def test_unix_socket_in_a_missing_folder_is_reported(tmp_path):
    finished = run("twistd", "-n", "datechat", "--listen", f"unix:{tmp_path}/none/s", folder=tmp_path)
    assert finished.returncode == 1
    assert finished.stderr == f"datechat: cannot listen on {tmp_path}/none/s: No such file or directory\n"


@pytest.mark.skipif(
    shutil.which("systemd-socket-activate") is None, reason="systemd is not installed; .ci/run installs it"
)
def test_systemd_socket_activation_works(tmp_path):
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


def test_second_daemon_leaves_the_unix_socket_of_the_first(tmp_path):
    listen = ("datechat", "--listen", f"unix:{tmp_path}/socket", "--listen", f"fallback:{BASE}")
    first = run("twistd", "--pidfile", "one.pid", "--logfile", "one.log", *listen, folder=tmp_path)
    assert first.returncode == 0
    pid = int((tmp_path / "one.pid").read_text())
    try:
        second = run("twistd", "--pidfile", "two.pid", "--logfile", "two.log", *listen, folder=tmp_path)
        assert second.returncode == 1
        assert not (tmp_path / "two.pid").exists()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(str(tmp_path / "socket"))
            connection.sendall(b"/version\n")
            assert connection.makefile().readline() == f"datechat {__version__}\n"
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not is_running(pid))
    assert not (tmp_path / "socket").exists()


def test_server_listens_on_several_endpoints(tmp_path):
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
        connection.settimeout(TIMEOUT)
        with connection:
            connection.connect(str(tmp_path / "datechat"))
            connection.sendall(b"/version\n")
            assert connection.makefile().readline() == f"datechat {__version__}\n"


IPV6_ONLY = "ip link set lo up && sysctl -qw net.ipv6.bindv6only=1 && "
WITHOUT_IPV6 = "ip link set lo up && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && "


def namespace(script, setting=WITHOUT_IPV6):
    """The command line that runs a shell script in a network namespace, by default one without IPv6."""
    return ["unshare", "--net", "sh", "-c", setting + script]


def has_namespaces():
    return (
        shutil.which("unshare") is not None
        and shutil.which("ip") is not None
        and subprocess.run(namespace("true"), capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not has_namespaces(), reason="needs root and iproute2; .ci/run runs so")
@pytest.mark.parametrize(
    ("interface", "address"), [("localhost", "127.0.0.1:50000"), ("*", "[::]:50000"), ("::1", None)]
)
def test_machine_without_ipv6_is_served(tmp_path, interface, address):
    words = " ".join(command("twistd", "-n", "datechat", "--interface", f"'{interface}'"))
    client = " ".join(command("datechat", "--host", "127.0.0.1", "/version"))
    script = f"{words} & sleep 2; {client}; kill $!; wait $!"
    finished = subprocess.run(
        namespace(script), cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT
    )
    if address is None:
        assert "::1 is not an address of this machine" in finished.stderr
    else:
        assert f"listens on {address}." in finished.stdout
        assert f"datechat {__version__}\n" in finished.stdout


@pytest.mark.skipif(not has_namespaces(), reason="needs root and iproute2; .ci/run runs so")
def test_every_interface_is_both_families_where_ipv6_takes_no_ipv4(tmp_path):
    words = " ".join(command("twistd", "-n", "datechat", "--interface", "'*'"))
    clients = [" ".join(command("datechat", "--host", host, "/version")) for host in ("127.0.0.1", "::1")]
    script = f"{words} & sleep 2; {'; '.join(clients)}; kill $!; wait $!"
    finished = subprocess.run(
        namespace(script, IPV6_ONLY), cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert "listens on [::]:50000 and 0.0.0.0:50000." in finished.stdout
    assert finished.stdout.count(f"datechat {__version__}\n") == 2


def test_fallback_endpoint_works_for_any_twisted_service(tmp_path):
    (tmp_path / "index.html").write_text("a page")
    arguments = command("twist", "web", "--listen", f"fallback:{BASE}", "--path", tmp_path)
    with occupied(BASE), subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as web:
        try:

            def page():
                with contextlib.suppress(URLError):
                    return urlopen(f"http://127.0.0.1:{BASE + 1}/", timeout=TIMEOUT).read()

            assert b"a page" in wait_for(page)
        finally:
            web.terminate()
