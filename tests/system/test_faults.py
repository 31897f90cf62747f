"""The server under load, faults and abuse, from outside."""

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
from tests.system.processes import PATIENCE, ask, run, server, wait_for
from tests.system.soak import soak

BASE = free_block()
DATE = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\r\n")
STOPPING = b"error: datechat is stopping; please connect again later\r\n"


class Peer:
    """One connection."""

    def __init__(self, port, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), PATIENCE)
        self.replies = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.replies.close()  # it would keep the connection open
        self.socket.close()

    def ask(self, line=b"/date"):
        self.socket.sendall(line + b"\n")
        return self.replies.readline()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.replies.close()


class TestLimits:
    def test_one_connection_too_many(self, tmp_path):
        with server("--base-port", BASE, "--max-connections", 2, folder=tmp_path) as running:
            port = running.port()
            with Peer(port) as first, Peer(port, "::1") as second:
                assert all(DATE.fullmatch(peer.ask()) for peer in (first, second))
                assert ask(port, "/date\n") == ["error: datechat is full; please connect again later"]
                told = run("datechat", "--port", port, "/date", folder=tmp_path)
                assert told.returncode == 3
                assert told.stderr.startswith("datechat: datechat is full; please connect again later")
                assert DATE.fullmatch(first.ask())
            wait_for(lambda: "full" not in ask(port, "/date\n")[0])
        assert re.search(r"Refused connections: \d+ full; the last one was from ", running.text())

    def test_many_too_many_at_once_are_told(self, tmp_path):
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
        assert running.text().count("Refused connections") == 1

    def test_one_too_many_from_a_host(self, tmp_path):
        with server("--base-port", BASE, "--max-per-host", 1, folder=tmp_path) as running:
            port = running.port()
            with Peer(port) as one, Peer(port, "::1") as other:
                assert all(DATE.fullmatch(peer.ask()) for peer in (one, other))
                assert "no more connections from your address" in ask(port, "/date\n")[0]
                assert "no more connections from your address" in ask(port, "/date\n", "::1")[0]
                assert DATE.fullmatch(other.ask())

    def test_a_byte_now_and_then_does_not_keep_a_session_alive(self, tmp_path):
        with (
            server("--base-port", BASE, "--idle-timeout", 0.5, folder=tmp_path) as running,
            Peer(running.port()) as dribbler,
            Peer(running.port()) as busy,
        ):
            told = []
            while not told:
                told, _, _ = select.select([dribbler.socket], [], [], 0.1)
                if not told:
                    dribbler.socket.sendall(b"x")
                    assert DATE.fullmatch(busy.ask())
            assert dribbler.replies.readline().startswith(b"error: no line came for 0.5 seconds; ")
            assert dribbler.replies.read() == b""
            assert DATE.fullmatch(busy.ask())

    def test_more_than_the_open_files_allow_is_refused(self, tmp_path):
        told = run("twistd", "-n", "datechat", "--max-connections", 10**9, folder=tmp_path)
        assert told.returncode == 2
        assert re.search(
            r"--max-connections is 1000000000; the limit of open files .* has room for \d+", told.stderr
        )


class TestAbuse:
    def test_who_floods_does_not_hold_up_the_others(self, tmp_path):
        """A neighbour has a conversation while four peers ask without end."""
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
            with Peer(port) as neighbour:
                for _ in range(50):
                    assert DATE.fullmatch(neighbour.ask())
            done.set()
            for flooder in flooders:
                flooder.join()

    def test_who_resets_leaves_nothing_behind(self, tmp_path):
        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            for number in range(300):
                peer = Peer(port)
                peer.socket.sendall(b"/date\n" * number + b"/da")
                peer.reset()
            assert ask(port, "/version\n")[0].startswith("datechat ")
        assert "open connections: 0." in running.text()
        assert "Traceback" not in running.text()

    def test_nothing_that_is_sent_ends_it(self, tmp_path):
        chance = random.Random(9)
        words = [b"/date ", b"/json ", b"/name ", b"\n", b"\r\n", b"\xff", b"{}", b"%s", b"tomorrow ", b"+%c"]
        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            for _ in range(200):
                with contextlib.suppress(ConnectionError), Peer(port) as peer:
                    for _ in range(20):
                        some = chance.choice([chance.randbytes(chance.randrange(300)), chance.choice(words)])
                        peer.socket.sendall(some)
                    peer.socket.shutdown(socket.SHUT_WR)
                    for reply in peer.replies.read().split(b"\r\n"):
                        assert len(reply) <= 4096
                        assert not re.search("[\x00-\x1f\x7f-\x9f]", reply.decode())
        assert "failed" not in running.text()
        assert "Traceback" not in running.text()

    def test_nothing_that_is_sent_gets_into_the_log(self, tmp_path):
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
            before = running.text() if running.port() else ""
            ask(running.port(), "\n".join(lines))
            ask(running.port(), "\n".join(lines), "::1")
            assert running.text() == before

    def test_without_descriptors_the_open_sessions_go_on_and_the_others_wait(self, tmp_path):
        with server("--base-port", BASE, folder=tmp_path) as running:
            port = running.port()
            _, hard = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (40, hard))
            with Peer(port) as first:
                assert DATE.fullmatch(first.ask())
                crowd = [Peer(port) for _ in range(100)]
                wait_for(lambda: "No more files can be opened" in running.text())
                assert DATE.fullmatch(first.ask())
                for peer in crowd:
                    peer.reset()
                with Peer(port) as late:
                    assert DATE.fullmatch(late.ask())
        assert running.text().count("\n") < 20


class TestStop:
    @pytest.mark.parametrize(
        ("listening", "hosts", "header"),
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
    def test_what_waits_to_be_accepted_is_answered(self, tmp_path, listening, hosts, header):
        """While the process is held, peers connect and ask; then it is told to stop."""
        with server(*listening, folder=tmp_path) as running:
            port = running.port()
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
            assert running.process.wait(PATIENCE) == -signal.SIGTERM
        assert "Traceback" not in running.text()

    def stuck_peer(self, port):
        """One that asks much, and reads nothing."""
        peer = Peer(port)
        peer.socket.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            while True:
                peer.socket.sendall(b"/help\n" * 10_000)
        return peer

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_stuck_peer_cannot_hold_it(self, tmp_path, number):
        started = server("--base-port", BASE, "--drain", 1, folder=tmp_path)
        with started as running, self.stuck_peer(running.port()):
            assert running.stop(number) == -number
        assert "Traceback" not in running.text()

    @pytest.mark.parametrize("runner", [("twistd", "-n"), ("twist",)])
    def test_a_second_signal_ends_it_at_once(self, tmp_path, runner):
        started = server("--base-port", BASE, "--drain", 3600, folder=tmp_path, runner=runner)
        with started as running, self.stuck_peer(running.port()):
            running.process.send_signal(signal.SIGINT)
            wait_for(lambda: "datechat stops" in running.text())
            assert not running.ended()
            assert running.stop(signal.SIGINT) == -signal.SIGINT
        assert "Traceback" not in running.text()

    def test_killed_it_starts_again_on_the_same_port(self, tmp_path):
        port_file = tmp_path / "port.json"
        options = ("--base-port", BASE, "--port-tries", 1, "--port-file", port_file)
        with server(*options, folder=tmp_path) as running:
            wait_for(port_file.exists)
            with Peer(running.port()) as peer, Peer(running.port(), "::1") as other:
                peer.ask()
                other.ask()
                running.stop(signal.SIGKILL)
                assert peer.replies.read() == b""
        assert port_file.exists()
        with server(*options, folder=tmp_path) as running:
            assert running.port() == BASE
            wait_for(lambda: str(running.process.pid) in port_file.read_text())
            assert ask(BASE, "/version\n")[0].startswith("datechat ")
        assert not port_file.exists()


class TestTls:
    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
    def test_the_ports_speak_tls(self, tmp_path, certificate):
        with server("--base-port", BASE, "--tls", certificate, folder=tmp_path) as running:
            context = ssl.create_default_context(cafile=certificate)
            for host in ("127.0.0.1", "::1"):
                plain = socket.create_connection((host, running.port()), PATIENCE)
                with context.wrap_socket(plain, server_hostname="localhost") as connection:
                    assert connection.version() == "TLSv1.3"
                    connection.sendall(b"/date\n/quit\n")
                    told = connection.makefile("rb").read()
                    assert DATE.match(told)
                    assert told.endswith(b"Goodbye. The connection is closed.\r\n")
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
            plain = socket.create_connection(("127.0.0.1", running.port()), PATIENCE)
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(plain, server_hostname="localhost")
        assert "Traceback" not in running.text()

    @pytest.mark.parametrize("content", [None, b"", b"nonsense"], ids=["missing", "empty", "broken"])
    def test_a_file_that_cannot_be_used_is_a_sentence(self, tmp_path, content):
        path = tmp_path / "some.pem"
        if content is not None:
            path.write_bytes(content)
        told = run("twistd", "-n", "datechat", "--tls", path, folder=tmp_path)
        assert told.returncode == 2
        assert re.fullmatch(r"datechat: .*PEM file \S+some\.pem.*\n", told.stderr)


def test_a_short_soak(tmp_path):
    """The long one is ``python -m tests.system.soak``."""
    with server("--base-port", BASE, folder=tmp_path) as running:
        port = running.port()
        soak(running, port, sessions=200, requests=4000)  # what is loaded once is loaded now
        report = soak(running, port, sessions=1000, requests=10_000)
    assert not report.wrong
    assert report.sessions == 1000
    assert report.memory[-1] - report.memory[0] < 4096
    assert "Traceback" not in running.text()
