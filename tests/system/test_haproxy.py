"""deploy/haproxy.cfg with a real HAProxy in front of four servers."""

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.ports import free_block
from tests.system.processes import PATIENCE, Server, ask, wait_for

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy" / "haproxy.cfg"
ZONE = "The zone is UTC."  # what the servers answer to /zone
NAMES = ("one", "two", "three", "four")

pytestmark = pytest.mark.skipif(
    shutil.which("haproxy") is None, reason="HAProxy is not installed; .ci/run installs it"
)


class Cluster:
    """Four servers and the HAProxy before them."""

    def __init__(self, folder, *options):
        self.folder = folder
        self.front = free_block()
        self.options = ("--listen", f"proxy:fallback:{self.front + 1}:tries=4", *options)
        self.admin = folder / "admin.sock"
        text = CONFIGURATION.read_text().replace("/run/haproxy/admin.sock", str(self.admin))
        text = text.replace("bind :::50000 v4v6", "bind 127.0.0.1:50000")
        text = re.sub(r":5000(\d)", lambda found: f":{self.front + int(found[1])}", text)
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
        """What HAProxy's admin socket says."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.connect(str(self.admin))
            connection.sendall(f"{command}\n".encode())
            return connection.makefile().read()

    def state(self, name):
        """What HAProxy knows of a server, by the names of its statistics."""
        head, *lines = self.ask_admin("show stat servers 4 -1").removeprefix("# ").splitlines()
        for line in lines:
            told = dict(zip(head.split(","), line.split(","), strict=False))
            if told.get("svname") == name:
                return told
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
        self.connection = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
        self.lines = self.connection.makefile("rb")

    def ask(self, line):
        """The reply; None when the conversation is over."""
        try:
            self.connection.sendall(f"{line}\n".encode())
            return self.lines.readline().decode().removesuffix("\r\n") or None
        except OSError:
            return None

    def close(self):
        self.lines.close()
        self.connection.close()


class Load:
    """One-shots and short conversations from several threads, until it is told to stop.

    ``failures`` holds what was not as it should be.
    """

    def __init__(self, cluster, threads=6):
        self.cluster = cluster
        self.done = 0
        self.failures = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number):
        act = self._one_shot if number % 2 else self._converse
        while not self._stop.is_set():
            try:
                told = act()
            except OSError as error:
                told = repr(error)
            self.done += 1
            if told is not None:
                self.failures.append(told)

    def _one_shot(self):
        told = ask(self.cluster.front, "/zone\n")
        return None if told == [ZONE] else told

    def _converse(self):
        with contextlib.closing(self.cluster.connect()) as conversation:
            for _ in range(5):
                told = conversation.ask("/zone")
                if told != ZONE:
                    return told or "lost"
                time.sleep(0.02)
            told = conversation.ask("au revoir")
            return None if told is not None and told.startswith("Goodbye") else told or "lost"


@pytest.fixture
def cluster(tmp_path):
    with Cluster(tmp_path, "--zone", "UTC") as running:
        yield running


def test_the_configuration_is_valid_as_it_is():
    checked = subprocess.run(["haproxy", "-c", "-f", CONFIGURATION], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr


def test_connections_are_spread(cluster):
    here = [cluster.connect() for _ in range(40)]
    assert [one.ask("/zone") is not None for one in here] == [True] * 40
    assert [cluster.state(name)["scur"] for name in NAMES] == ["10"] * 4
    for one in here:
        one.close()


def test_the_addresses_of_clients_reach_the_limits(tmp_path):
    with Cluster(tmp_path, "--max-per-host", "2") as cluster:
        here = [cluster.connect("127.0.0.7") for _ in range(8)]
        assert all(one.ask("/version").startswith("datechat") for one in here)
        refused = cluster.connect("127.0.0.7")
        assert refused.ask("/version").startswith("error: ")
        assert cluster.connect("127.0.0.8").ask("/version").startswith("datechat")
        assert [cluster.state(name)["status"] for name in NAMES] == ["UP"] * 4


def test_a_thousand_half_closed_one_shots(cluster):
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: ask(cluster.front, "/version"), range(1000)))
    assert len([lines for lines in told if lines and lines[0].startswith("datechat ")]) == 1000


def test_a_server_that_is_killed_takes_only_its_own_conversations(cluster):
    here = [cluster.connect() for _ in range(20)]
    assert all(one.ask("/version") for one in here)
    with Load(cluster) as load:
        cluster.servers["two"].stop(signal.SIGKILL)
        wait_for(lambda: cluster.state("two")["status"] == "DOWN")
        lost = list(load.failures)
        done = load.done
        wait_for(lambda: load.done > done + 500)
    assert load.failures == lost
    assert len(lost) <= 6  # what each thread had open, at the most
    assert len([one for one in here if one.ask("/version") is None]) == 5


def test_a_rolling_restart_under_load_loses_nothing(cluster):
    with Load(cluster) as load:
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
