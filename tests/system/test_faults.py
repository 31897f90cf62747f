"""The server process under load, faults and abuse."""

import contextlib
import random
import re
import resource
import select
import signal
import socket
import ssl
import struct
import threading

import pytest

from tests.ports import free_block
from tests.system.processes import TIMEOUT, ask, run, server, wait_for
from tests.system.soak import soak

BASE = free_block()
DATE = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\r\n")
STOPPING = b"error: datechat is stopping; please connect again later\r\n"


class Peer:
    """One connection to a server."""

    def __init__(self, port, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), TIMEOUT)
        self.replies = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.replies.close()  # an open file keeps the connection open
        self.socket.close()

    def ask(self, line=b"/date"):
        self.socket.sendall(line + b"\n")
        return self.replies.readline()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.replies.close()


class TestLimits:
    def test_connection_over_the_limit_is_refused_until_one_closes(self, tmp_path):
        with server("--base-port", BASE, "--max-connections", 2, folder=tmp_path) as running:
            port = running.port()
            with Peer(port) as first, Peer(port, "::1") as second:
                assert all(DATE.fullmatch(peer.ask()) for peer in (first, second))
                assert ask(port, "/date\n") == ["error: datechat is full; please connect again later"]
                finished = run("datechat", "--port", port, "/date", folder=tmp_path)
                assert finished.returncode == 3
                assert finished.stderr.startswith("datechat: datechat is full; please connect again later")
                assert DATE.fullmatch(first.ask())
            wait_for(lambda: "full" not in ask(port, "/date\n")[0])
        assert re.search(r"Refused connections: \d+ full; the last one was from ", running.log_text())

    def test_many_simultaneous_excess_connections_all_read_the_reason(self, tmp_path):
        with (
            server("--base-port", BASE, "--max-connections", 1, folder=tmp_path) as running,
            Peer(running.port()) as first,
            contextlib.ExitStack() as stack,
        ):
            assert DATE.fullmatch(first.ask())
            crowd = [stack.enter_context(Peer(BASE)) for _ in range(300)]
            assert {peer.replies.readline() for peer in crowd} == {
                b"error: datechat is full; please connect again later\r\n"
            }
        assert running.log_text().count("Refused connections") == 1

    def test_host_over_its_limit_is_refused_without_affecting_others(self, tmp_path):
        with server("--base-port", BASE, "--max-per-host", 1, folder=tmp_path) as running:
            port = running.port()
            with Peer(port) as first, Peer(port, "::1") as second:
                assert all(DATE.fullmatch(peer.ask()) for peer in (first, second))
                assert "no more connections from your address" in ask(port, "/date\n")[0]
                assert "no more connections from your address" in ask(port, "/date\n", "::1")[0]
                assert DATE.fullmatch(second.ask())

    def test_incomplete_line_does_not_keep_a_session_alive(self, tmp_path):
        with (
            server("--base-port", BASE, "--idle-timeout", 0.5, folder=tmp_path) as running,
            Peer(running.port()) as dribbler,
            Peer(running.port()) as busy,
        ):
            readable = []
            while not readable:
                readable, _, _ = select.select([dribbler.socket], [], [], 0.1)
                if not readable:
                    dribbler.socket.sendall(b"x")
                    assert DATE.fullmatch(busy.ask())
            assert dribbler.replies.readline().startswith(b"error: no line came for 0.5 seconds; ")
            assert dribbler.replies.read() == b""
            assert DATE.fullmatch(busy.ask())

    def test_max_connections_above_the_open_file_limit_is_refused(self, tmp_path):
        finished = run("twistd", "-n", "datechat", "--max-connections", 10**9, folder=tmp_path)
        assert finished.returncode == 2
        assert re.search(
            r"--max-connections is 1000000000; the limit of open files .* has room for \d+", finished.stderr
        )


class TestAbuse:
    def test_flooding_peers_do_not_delay_others(self, tmp_path):
        """One peer holds a conversation while four others flood the server."""
        done = threading.Event()

        def flood(port):
            with contextlib.suppress(OSError), Peer(port) as peer:
                peer.socket.settimeout(0.1)
                while not done.is_set():
                    with contextlib.suppress(TimeoutError):
                        peer.socket.sendall(b"\n" * 60_000)
                    with contextlib.suppress(TimeoutError):
                        peer.socket.recv(1 << 20)

        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            flooders = [threading.Thread(target=flood, args=(port,)) for _ in range(4)]
            for flooder in flooders:
                flooder.start()
            with Peer(port) as polite_peer:
                for _ in range(50):
                    assert DATE.fullmatch(polite_peer.ask())
            done.set()
            for flooder in flooders:
                flooder.join()

    def test_reset_connections_leave_nothing_behind(self, tmp_path):
        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            assert ask(port, "/version\n")[0].startswith("datechat ")  # the reactor runs, with its own pipes
            before = running.descriptors()
            for number in range(300):
                peer = Peer(port)
                peer.socket.sendall(b"/date\n" * number + b"/da")
                peer.reset()
            assert ask(port, "/version\n")[0].startswith("datechat ")
            wait_for(lambda: running.descriptors() <= before)
        assert "open connections: 0." in running.log_text()
        assert "Traceback" not in running.log_text()

    def test_random_input_never_ends_the_server(self, tmp_path):
        rng = random.Random(9)
        words = [b"/date ", b"/json ", b"/name ", b"\n", b"\r\n", b"\xff", b"{}", b"%s", b"tomorrow ", b"+%c"]
        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            for _ in range(200):
                with contextlib.suppress(ConnectionError), Peer(port) as peer:
                    for _ in range(20):
                        data = rng.choice([rng.randbytes(rng.randrange(300)), rng.choice(words)])
                        peer.socket.sendall(data)
                    peer.socket.shutdown(socket.SHUT_WR)
                    for reply in peer.replies.read().split(b"\r\n"):
                        assert len(reply) <= 4096
                        assert not re.search("[\x00-\x1f\x7f-\x9f]", reply.decode())
        assert "failed" not in running.log_text()
        assert "Traceback" not in running.log_text()

    def test_hostile_input_does_not_reach_the_log(self, tmp_path):
        hostile = "\x1b[2J\x1b]0;owned\x07\r2026-12-25T19:00:00+0000 [-] forged {braces} %s \x9b1m"
        lines = [
            hostile,
            f"/name {hostile}",
            f"/date {hostile}",
            f"/zone {hostile}",
            f"/{hostile}",
            "x" * 5000,
        ]
        with server("--base-port", BASE, folder=tmp_path) as running:
            before = running.log_text() if running.port() else ""
            ask(running.port(), "\n".join(lines))
            ask(running.port(), "\n".join(lines), "::1")
            assert running.log_text() == before

    def test_exhausted_descriptors_delay_new_peers_only(self, tmp_path):
        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            _, hard = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (40, hard))
            with Peer(port) as first:
                assert DATE.fullmatch(first.ask())
                crowd = [Peer(port) for _ in range(100)]
                wait_for(lambda: "No more files can be opened" in running.log_text())
                assert DATE.fullmatch(first.ask())
                for peer in crowd:
                    peer.reset()
                with Peer(port) as late:
                    assert DATE.fullmatch(late.ask())
        assert running.log_text().count("\n") < 20


class TestStop:
    @pytest.mark.parametrize(
        ("endpoint", "hosts", "header"),
        [
            (("--base-port", BASE), ("127.0.0.1", "::1") * 50, b""),
            (
                ("--listen", f"proxy:tcp:{BASE}:interface=127.0.0.1"),
                ("127.0.0.1",) * 20,
                b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
            ),
        ],
        ids=["plain", "proxy"],
    )
    def test_peers_in_the_backlog_are_answered_before_the_stop(self, tmp_path, endpoint, hosts, header):
        """Peers connect and send requests while the process is suspended; SIGTERM comes before it resumes."""
        with server(*endpoint, folder=tmp_path) as running:
            port = running.port()
            with Peer(port, hosts[0]) as first:  # once it is served, signals are handled
                first.socket.sendall(header + b"/date\n")
                assert DATE.fullmatch(first.replies.readline())
            running.process.send_signal(signal.SIGSTOP)
            with contextlib.ExitStack() as stack:
                peers = [stack.enter_context(Peer(port, host)) for host in hosts]
                for peer in peers:
                    peer.socket.sendall(header + b"/date\n")
                running.process.send_signal(signal.SIGTERM)
                running.process.send_signal(signal.SIGCONT)
                for peer in peers:
                    assert DATE.fullmatch(peer.replies.readline())
                    assert peer.replies.readline() == STOPPING
                    assert peer.replies.read() == b""
            assert running.process.wait(TIMEOUT) == -signal.SIGTERM
        assert "Traceback" not in running.log_text()

    def stuck_peer(self, port):
        """A peer that sends requests until its buffer is full, and never reads."""
        peer = Peer(port)
        peer.socket.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            while True:
                peer.socket.sendall(b"/help\n" * 10_000)
        return peer

    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
    def test_stuck_peer_cannot_delay_the_stop(self, tmp_path, signum):
        started = server("--base-port", BASE, "--drain", 1, folder=tmp_path)
        with started as running, self.stuck_peer(running.port()):
            assert running.stop(signum) == -signum
        assert "Traceback" not in running.log_text()

    @pytest.mark.parametrize("runner", [("twistd", "-n"), ("twist",)])
    def test_second_signal_ends_the_server_at_once(self, tmp_path, runner):
        started = server("--base-port", BASE, "--drain", 3600, folder=tmp_path, runner=runner)
        with started as running, self.stuck_peer(running.port()):
            running.process.send_signal(signal.SIGINT)
            wait_for(lambda: "datechat is stopping" in running.log_text())
            assert not running.has_exited()
            assert running.stop(signal.SIGINT) == -signal.SIGINT
        assert "Traceback" not in running.log_text()

    def test_killed_server_restarts_on_the_same_port(self, tmp_path):
        port_file = tmp_path / "port.json"
        options = ("--base-port", BASE, "--port-tries", 1, "--port-file", port_file)
        with server(*options, folder=tmp_path) as running:
            wait_for(port_file.exists)
            with Peer(running.port()) as first, Peer(running.port(), "::1") as second:
                first.ask()
                second.ask()
                running.stop(signal.SIGKILL)
                assert first.replies.read() == b""
        assert port_file.exists()
        with server(*options, folder=tmp_path) as running:
            assert running.port() == BASE
            wait_for(lambda: str(running.process.pid) in port_file.read_text())
            assert ask(BASE, "/version\n")[0].startswith("datechat ")
        assert not port_file.exists()


class TestTls:
    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
    def test_tls_port_speaks_tls_1_3_and_refuses_1_1(self, tmp_path, certificate):
        with server("--base-port", BASE, "--tls", certificate, folder=tmp_path) as running:
            context = ssl.create_default_context(cafile=certificate)
            for host in ("127.0.0.1", "::1"):
                tcp = socket.create_connection((host, running.port()), TIMEOUT)
                with context.wrap_socket(tcp, server_hostname="localhost") as connection:
                    assert connection.version() == "TLSv1.3"
                    connection.sendall(b"/date\n/quit\n")
                    replies = connection.makefile("rb").read()
                    assert DATE.match(replies)
                    assert replies.endswith(b"Goodbye. The connection is closed.\r\n")
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
            tcp = socket.create_connection(("127.0.0.1", running.port()), TIMEOUT)
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(tcp, server_hostname="localhost")
        assert "Traceback" not in running.log_text()

    def test_peer_that_leaves_in_the_handshake_leaves_no_line_in_the_log(self, tmp_path, certificate):
        hello, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=certificate)
        with pytest.raises(ssl.SSLWantReadError):
            context.wrap_bio(hello, to_server, server_hostname="localhost").do_handshake()
        client_hello = to_server.read()
        options = (
            "--base-port",
            BASE,
            "--tls",
            certificate,
            "--daytime",
            f"ssl:{BASE + 1}:privateKey={certificate}",
        )
        with server(*options, folder=tmp_path) as running:
            running.port()
            before = running.log_text()
            for port in (BASE, BASE + 1):
                for cut in (0, 100, len(client_hello)):
                    with Peer(port) as peer, contextlib.suppress(ConnectionResetError):
                        peer.socket.sendall(client_hello[:cut] + bytes([21, 3, 3, 0, 2, 1, 0]))
                        peer.socket.shutdown(socket.SHUT_WR)
                        peer.replies.read()
            assert running.log_text() == before

    @pytest.mark.parametrize("content", [None, b"", b"nonsense"], ids=["missing", "empty", "broken"])
    def test_unusable_certificate_file_is_reported_in_a_sentence(self, tmp_path, content):
        path = tmp_path / "some.pem"
        if content is not None:
            path.write_bytes(content)
        finished = run("twistd", "-n", "datechat", "--tls", path, folder=tmp_path)
        assert finished.returncode == 2
        assert re.fullmatch(r"datechat: .*PEM file \S+some\.pem.*\n", finished.stderr)


def test_short_soak_leaves_nothing_behind(tmp_path):
    """``python -m tests.system.soak`` is the long version."""
    with server("--base-port", BASE, folder=tmp_path) as running:
        port = running.port()
        soak(running, port, sessions=200, requests=4000)  # load everything that a server loads only once
        report = soak(running, port, sessions=1000, requests=10_000)
    assert not report.wrong
    assert report.sessions == 1000
    assert report.memory[-1] - report.memory[0] < 4096
    assert "Traceback" not in running.log_text()
