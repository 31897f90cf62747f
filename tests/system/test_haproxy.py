"""``deploy/haproxy.cfg``: a real HAProxy in front of four servers."""

import contextlib
import http.client
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.ports import free_block
from tests.system.load import Load
from tests.system.processes import TIMEOUT, Server, ask, wait_for

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy" / "haproxy.cfg"
ZONE = "The zone is UTC."  # the reply of these servers to /zone
WEB, TLS = 50, 60  # what the ports for browsers are above that for lines
NAMES = ("one", "two", "three", "four")

pytestmark = pytest.mark.skipif(
    shutil.which("haproxy") is None, reason="HAProxy is not installed; .ci/run installs it"
)


class Cluster:
    """Four servers behind one HAProxy.

    :param folder: the working directory of all five.
    :param options: further options of the servers.
    :param pem: the PEM file for browsers; None for plain HTTP only.
    """

    def __init__(self, folder, *options, pem=None):
        self.folder = folder
        self.front = free_block()
        listen = f"proxy:fallback:{self.front + 1}:tries=4"
        web = f"proxy:fallback:{self.front + WEB + 1}:tries=4"
        self.options = ("--listen", listen, "--web", web, *options)
        self.admin = folder / "admin.sock"
        text = CONFIGURATION.read_text().replace("/run/haproxy/admin.sock", str(self.admin))
        text = text.replace("bind :::50000 v4v6", "bind 127.0.0.1:50000")
        text = text.replace("bind :::8080 v4v6", "bind 127.0.0.1:8080")
        text = re.sub(r":5000(\d)", lambda match: f":{self.front + int(match[1])}", text)
        text = re.sub(r":808(\d)", lambda match: f":{self.front + WEB + int(match[1])}", text)
        if pem is not None:
            tls = rf"\1 127.0.0.1:{self.front + TLS} \2 {pem}"
            text = re.sub(r"# (bind) :::443 v4v6 (ssl crt) \S+", tls, text)
        (folder / "haproxy.cfg").write_text(text)

    def __enter__(self):
        with contextlib.ExitStack() as self.stack:
            self.servers = {}
            for server in [self.start() for _ in NAMES]:
                self.servers[NAMES[server.port() - self.front - 1]] = server
            with (self.folder / "haproxy.log").open("w") as log:
                self.haproxy = subprocess.Popen(
                    ["haproxy", "-db", "-f", self.folder / "haproxy.cfg"], stdout=log, stderr=log
                )
            self.stack.callback(self.haproxy.wait)
            self.stack.callback(self.haproxy.kill)
            for name in NAMES:
                self.wait_until_up(name)
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def start(self):
        server = Server(("twistd", "-n"), self.options, self.folder)
        self.stack.callback(server.stop, signal.SIGKILL)
        return server

    def ask_admin(self, command):
        """Send a command to HAProxy's admin socket, and return the response."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.connect(str(self.admin))
            connection.sendall(f"{command}\n".encode())
            return connection.makefile().read()

    def state(self, name):
        """HAProxy's statistics of a server, by name."""
        head, *lines = self.ask_admin("show stat servers 4 -1").removeprefix("# ").splitlines()
        for line in lines:
            statistics = dict(zip(head.split(","), line.split(","), strict=False))
            if statistics.get("svname") == name:
                return statistics
        raise AssertionError(f"HAProxy does not know {name}")

    def wait_until_up(self, name):
        def up():
            assert self.haproxy.poll() is None, (self.folder / "haproxy.log").read_text()
            return self.admin.exists() and self.state(name)["status"] == "UP"

        wait_for(up)

    def connect(self, source="127.0.0.1"):
        return Conversation(self.front, source)


class Conversation:
    """A conversation through HAProxy."""

    def __init__(self, port, source):
        self.connection = socket.create_connection(("127.0.0.1", port), TIMEOUT, (source, 0))
        self.lines = self.connection.makefile("rb")

    def ask(self, line):
        """Send a line and return the reply; None when the conversation has ended."""
        try:
            self.connection.sendall(f"{line}\n".encode())
            return self.lines.readline().decode().removesuffix("\r\n") or None
        except OSError:
            return None

    def close(self):
        self.lines.close()
        self.connection.close()


def one_shots_and_conversations(cluster):
    """Constant load from six threads."""

    def one_shot():
        replies = ask(cluster.front, "/zone\n")
        return None if replies == [ZONE] else replies

    def converse():
        with contextlib.closing(cluster.connect()) as conversation:
            for _ in range(5):
                reply = conversation.ask("/zone")
                if reply != ZONE:
                    return reply or "lost"
                time.sleep(0.02)
            reply = conversation.ask("au revoir")
            return None if reply is not None and reply.startswith("Goodbye") else reply or "lost"

    return Load(converse, one_shot, threads=6)


@pytest.fixture
def cluster(tmp_path):
    with Cluster(tmp_path, "--zone", "UTC") as running:
        yield running


def test_configuration_is_valid():
    checked = subprocess.run(["haproxy", "-c", "-f", CONFIGURATION], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr


def test_connections_are_balanced(cluster):
    conversations = [cluster.connect() for _ in range(40)]
    assert [conversation.ask("/zone") is not None for conversation in conversations] == [True] * 40
    assert [cluster.state(name)["scur"] for name in NAMES] == ["10"] * 4
    for conversation in conversations:
        conversation.close()


def test_limits_apply_to_client_addresses(tmp_path):
    with Cluster(tmp_path, "--max-per-host", "2") as cluster:
        conversations = [cluster.connect("127.0.0.7") for _ in range(8)]
        assert all(conversation.ask("/version").startswith("datechat") for conversation in conversations)
        refused = cluster.connect("127.0.0.7")
        assert refused.ask("/version").startswith("error: ")
        assert cluster.connect("127.0.0.8").ask("/version").startswith("datechat")
        assert [cluster.state(name)["status"] for name in NAMES] == ["UP"] * 4


def test_thousand_half_closed_one_shots_are_answered(cluster):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(cluster.front, "/version"), range(1000)))
    assert len([lines for lines in answers if lines and lines[0].startswith("datechat ")]) == 1000


def request(port, target="/version", source="127.0.0.1", context=None, **fields):
    """Send a request; return the status and the content of the response as text."""
    options = {"timeout": TIMEOUT, "source_address": (source, 0)}
    if context is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, **options)
    else:
        connection = http.client.HTTPSConnection("localhost", port, context=context, **options)
    with contextlib.closing(connection):
        connection.request("GET", target, headers=fields)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_browsers_and_curl_are_served(tmp_path, certificate):
    with Cluster(tmp_path, "--zone", "UTC", "--max-per-host", "1", pem=certificate) as cluster:
        port, secure = cluster.front + WEB, cluster.front + TLS
        wait_for(lambda: request(port)[0] == 200)
        assert [request(port, "/zone") for _ in range(20)] == [(200, f"{ZONE}\n")] * 20
        context = ssl.create_default_context(cafile=str(certificate))
        assert request(secure, "/zone", context=context) == (200, f"{ZONE}\n")
        with contextlib.ExitStack() as stack:
            chats = []
            for _ in NAMES:  # one on each server, from one address
                url, origin = f"wss://localhost:{secure}/chat", f"https://localhost:{secure}"
                chats.append(stack.enter_context(connect(url, ssl=context, origin=origin)))
            for chat in chats:
                chat.send("/zone")
                assert chat.recv() == ZONE
            forwarded = {"X-Forwarded-For": "192.0.2.1"}
            status, text = request(port, **forwarded)
            assert (status, text.partition(";")[0]) == (
                429,
                "error: datechat serves no more connections from your address",
            )
            assert request(port, source="127.0.0.8")[0] == 200


def test_killed_server_loses_only_its_own_conversations(cluster):
    conversations = [cluster.connect() for _ in range(20)]
    assert all(conversation.ask("/version") for conversation in conversations)
    with one_shots_and_conversations(cluster) as load:
        cluster.servers["two"].stop(signal.SIGKILL)
        wait_for(lambda: cluster.state("two")["status"] == "DOWN")
        lost = list(load.failures)
        done = load.done
        wait_for(lambda: load.done > done + 500)
    assert load.failures == lost
    assert len(lost) <= 6  # one conversation of each thread at most
    assert len([conversation for conversation in conversations if conversation.ask("/version") is None]) == 5


def test_rolling_restart_under_load_loses_nothing(cluster):
    with one_shots_and_conversations(cluster) as load:
        for name in NAMES:
            cluster.ask_admin(f"set server servers/{name} state drain")
            wait_for(lambda name=name: cluster.state(name)["scur"] == "0")
            assert cluster.servers[name].stop() == -signal.SIGTERM
            cluster.servers[name] = cluster.start()
            cluster.servers[name].port()
            cluster.ask_admin(f"set server servers/{name} state ready")
            cluster.wait_until_up(name)
        done = load.done
        wait_for(lambda: load.done > done + 200)
    assert load.failures == []
    assert load.done > 1000
    for name in NAMES:
        assert int(cluster.state(name)["stot"]) > 0
