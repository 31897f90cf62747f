"""``--web`` as installed: curl's side of it, WebSocket clients that nobody here wrote, and hostile ones."""

import base64
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect

from tests.ports import free_block
from tests.system.processes import TIMEOUT, ask, run, server, wait_for
from tests.websocket import CONTINUATION, PING, frame, frames
from twisted_date.server.tap import WARM_UP_LINES

FLOODS = 8  # at once: what is allocated once, for the first, is no cost of each
QUESTIONS = (
    "/date 2026-12-25 19:00 New York in Berlin and Tokyo",
    "/date 25 December 2026 +%A",
    "/until 1970-01-01",
    "/between 2026-01-01 and 2026-12-25",
    "/zones lond",
    "/zone São Paulo",
    "/changes +5",
    "/lang fr-CA",
    "/help /until",
    "/version",
    "/date Xyzzy",
    "/date 11/12/13",
    "/frob",
)


class Site:
    """A server with a web endpoint.

    :param base: its port for lines; that of its web endpoint is higher by 50.
    """

    def __init__(self, running, base):
        self.running = running
        self.base = base
        self.port = base + 50

    def request(self, target, method="GET", body=None, **fields):
        """Send one request; return the response and its content as text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        with contextlib.closing(connection):
            connection.request(method, target, body, {n.replace("_", "-"): v for n, v in fields.items()})
            response = connection.getresponse()
            return response, response.read().decode()

    def settled_memory(self):
        """The memory in KB once the server has loaded everything that it loads after the start."""
        for line in WARM_UP_LINES:
            ask(self.base, f"{line.decode()}\n")
        seen = []

        def is_settled():
            seen.append(self.running.memory())
            return len(seen) > 50 and seen[-1] == seen[-50]

        wait_for(is_settled)
        return seen[-1]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), TIMEOUT)

    def chat(self, **fields):
        """Open a WebSocket; return its socket after the handshake."""
        connection = self.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /chat HTTP/1.1",
            f"Host: localhost:{self.port}",
            *("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
            f"Sec-WebSocket-Key: {key}",
            *(f"{name}: {value}" for name, value in fields.items()),
        )
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        response = b""
        while not response.endswith(b"\r\n\r\n"):
            response += connection.recv(1)
        assert response.startswith(b"HTTP/1.1 101 "), response
        return connection


@contextlib.contextmanager
def serving(folder, *options, web="tcp:{port}:interface=127.0.0.1", **more):
    base = free_block()
    arguments = ("--base-port", base, "--web", web.format(port=base + 50), *options)
    with server(*arguments, folder=folder, **more) as running:
        running.port()
        wait_for(lambda: "serves the web" in running.log_text())
        yield Site(running, base)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("web"), "--zone", "UTC") as running:
        yield running


def answer(reply):
    """The text of a reply that may have been said a second later."""
    return re.sub(r"\d+ (second|minute|hour|day|week|month)s?", "N", reply)


def test_same_questions_get_the_same_answers_over_tcp_get_and_websocket(site):
    with connect(f"ws://localhost:{site.port}/chat") as chat:
        for line in QUESTIONS:
            (over_tcp,) = ask(site.base, f"{line}\n")
            command, _, words = line.partition(" ")
            query = {"+": "%2B", "%": "%25", "/": "%2F", " ": "+", "ã": "%C3%A3"}
            encoded = "".join(query.get(character, character) for character in words)
            response, over_get = site.request(f"{command}?q={encoded}" if words else command)
            assert response.status == (200 if not over_tcp.startswith("error: ") else response.status)
            assert answer(over_get.removesuffix("\n")) == answer(over_tcp), line
            with connect(f"ws://localhost:{site.port}/chat") as fresh:
                fresh.send(line)
                assert answer(fresh.recv()) == answer(over_tcp), line
        chat.send("/version")
        assert chat.recv().startswith("datechat ")


def test_client_that_nobody_here_wrote_converses(site):
    with connect(f"ws://localhost:{site.port}/chat?zone=Tokyo", ping_interval=0.1) as chat:
        replies = []
        for line in (
            "/zone",
            "/name Ada",
            "hello",
            "x" * 1025,
            b"/version",
            ["/ver", "sion"],
            "/json",
            "/zone",
        ):
            chat.send(line)
            replies.append(chat.recv())
        assert replies[:2] == ["The zone is Asia/Tokyo.", "Hello, Ada. You are connected."]
        assert replies[3].startswith("error: the line is too long")
        assert replies[4] == replies[5] != ""
        assert json.loads(replies[7])["zone"] == "Asia/Tokyo"
        chat.send("au revoir")
        assert json.loads(chat.recv())["closing"] is True
        with pytest.raises(ConnectionClosedOK):
            chat.recv()


def test_url_is_told_in_the_log_and_the_port_file(tmp_path):
    with serving(tmp_path, "--port-file", "port.json", web="fallback:{port}") as site:
        urls = [f"http://[::1]:{site.port}/", f"http://127.0.0.1:{site.port}/"]
        assert f"serves the web on {' and '.join(urls)}." in site.running.log_text()
        file = tmp_path / "port.json"
        wait_for(file.exists)
        assert json.loads(file.read_text())["urls"] == urls


def test_tls(tmp_path, certificate):
    web = f"ssl:{{port}}:interface=127.0.0.1:privateKey={certificate}"
    with serving(tmp_path, web=web) as site:
        assert f"serves the web on https://127.0.0.1:{site.port}/." in site.running.log_text()
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection("localhost", site.port, timeout=TIMEOUT, context=context)
        connection.request("GET", "/version")
        assert connection.getresponse().read().startswith(b"datechat ")
        connection.close()
        with connect(f"wss://localhost:{site.port}/chat", ssl=context) as chat:
            chat.send("/version")
            assert chat.recv().startswith("datechat ")
        with site.connect() as broken:  # a handshake that fails is not in the log
            broken.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert b"HTTP" not in broken.recv(1000)
        assert "Traceback" not in site.running.log_text()
        assert "Error" not in site.running.log_text()


def test_limit_counts_the_address_of_the_proxy_header(tmp_path):
    options = ("--max-per-host", 1)
    with serving(tmp_path, *options, web="proxy:tcp:{port}:interface=127.0.0.1") as site:

        def statuses(host):
            with site.connect() as connection:
                header = f"PROXY TCP4 {host} 192.0.2.200 1 2\r\n"
                request = "GET /version HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n"
                connection.sendall((header + request).encode())
                return connection.recv(1000).split()[1]

        with site.connect() as open_chat:
            open_chat.sendall(b"PROXY TCP4 192.0.2.1 192.0.2.200 1 2\r\n")
            key = base64.b64encode(bytes(16)).decode()
            open_chat.sendall(
                f"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
            )
            assert open_chat.recv(1000).split()[1] == b"101"
            assert (statuses("192.0.2.1"), statuses("192.0.2.2")) == (b"429", b"200")


def test_browser_at_the_port_for_lines_gets_a_sentence(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.base, timeout=TIMEOUT)
    with contextlib.closing(connection):
        connection.request("GET", "/" + "x" * 2000, headers={"X-Many": "y" * 3000})
        response = connection.getresponse()
        text = response.read().decode()
    assert response.status == 400
    assert text == "error: this port takes lines of text, not HTTP; use nc, or start datechat with --web\r\n"


def test_stop_with_open_pages(tmp_path):
    metrics = free_block()
    options = ("--metrics", f"tcp:{metrics}:interface=127.0.0.1", "--drain", 5)
    with serving(tmp_path, *options) as site:
        with site.chat() as chat, site.chat() as stubborn, site.connect() as kept, site.connect() as partial:
            kept.sendall(b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert kept.recv(1000).startswith(b"HTTP/1.1 200 ")
            partial.sendall(b"GET /version HTTP/1.1\r\n")
            chat.sendall(frame(b"/version"))
            assert frames(chat.recv(1000))[0][1].startswith(b"datechat ")
            site.running.process.send_signal(signal.SIGTERM)
            replies = b""
            while piece := chat.recv(1000):
                replies += piece
            (_, text), (opcode, code) = frames(replies)
            assert (text, opcode) == (b"error: datechat is stopping; please connect again later", 8)
            assert code == (1001).to_bytes(2, "big")
            assert kept.recv(1000) == b""
            health = http.client.HTTPConnection("127.0.0.1", metrics, timeout=TIMEOUT)
            health.request("GET", "/healthz")  # stubborn does not leave yet
            assert health.getresponse().status == 503
            health.close()
            partial.sendall(b"Host: localhost\r\n\r\n")
            assert partial.recv(1000).startswith(b"HTTP/1.1 503 ")
            stubborn.close()
        wait_for(site.running.has_exited)
        assert site.running.stop() == -signal.SIGTERM
        assert "Traceback" not in site.running.log_text()


@pytest.mark.parametrize(
    "data",
    [
        frame(b"/help") * 5000,
        frame(b"", PING) * 5000,
        frame(b"", fin=False) + frame(b"x" * 1000, CONTINUATION, fin=False) * 5000,
    ],
    ids=["messages", "pings", "fragments"],
)
def test_peers_that_flood_and_never_read_cost_little(tmp_path, data):
    with serving(tmp_path) as site:
        with site.chat() as first:  # what the first one loads is no cost of the flood
            flood(first, frame(b"/version"), seconds=0.1)
        before = site.settled_memory()
        with contextlib.ExitStack() as stack:
            for _ in range(FLOODS):
                chat = stack.enter_context(site.chat())
                chat.settimeout(0.2)
                flood(chat, data, seconds=0.5)
            with site.chat() as other:
                started = time.monotonic()
                other.sendall(frame(b"/version"))
                assert frames(other.recv(1000))[0][1].startswith(b"datechat ")
                assert time.monotonic() - started < 1
            assert (site.running.memory() - before) / FLOODS < 1024  # KB


def flood(connection, data, seconds):
    """Send for as long as the peer takes it."""
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            connection.sendall(data)


def test_idle_conversations_cost_little(tmp_path):
    with serving(tmp_path) as site, contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(site.chat())
        before = site.settled_memory()
        for _ in range(500):
            stack.enter_context(site.chat())
        assert (site.running.memory() - before) / 500 < 20  # KB


def test_crowd_of_idle_connections_leaves_room(tmp_path):
    with serving(tmp_path) as site, contextlib.ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(site.connect())
        wait_for(lambda: site.running.descriptors() < 200)
        assert site.request("/version")[0].status == 200
        assert ask(site.base, "/version\n")[0].startswith("datechat ")


def test_nothing_that_a_peer_sends_is_logged(tmp_path):
    with serving(tmp_path) as site:
        before = site.running.log_text()
        site.request("/date/%1b[31m")
        site.request("/chat", Origin="http://evil.example")
        with site.connect() as connection:
            connection.sendall(b"\x16\x03\x01 evil\r\n\r\n")
            connection.recv(1000)
        with site.chat() as chat:
            chat.sendall(frame(b"evil", masked=False))
            chat.recv(1000)
        assert site.running.log_text() == before


def test_web_without_its_library_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'wsproto' else find(name, *more)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    finished = run("twistd", "-n", "datechat", "--web", "tcp:0", folder=tmp_path, env=environment)
    assert finished.returncode == 2
    assert finished.stderr.startswith("datechat: --web needs wsproto; install datechat[web]")


def test_plain_server_does_not_load_the_web(tmp_path):
    script = (
        "import sys; from twisted_date.server import listeners, tap, service; "
        "print([name for name in sys.modules if name.startswith(('twisted.web', 'wsproto', 'h11'))])"
    )
    finished = run("python", "-c", script, folder=tmp_path)
    assert finished.stdout == "[]\n", finished.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_reads_it(site):
    def curl(*arguments):
        finished = subprocess.run(["curl", "-s", *arguments], capture_output=True, text=True, timeout=TIMEOUT)
        return finished.stdout

    url = f"http://localhost:{site.port}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00\n", curl(f"{url}/date"))
    assert curl(f"{url}/zone/Tokyo", "-H", "Accept: application/json").startswith('{"ok": true')
    assert "HTTP/1.1 200 OK" in curl("-I", f"{url}/date")
    assert curl("-d", "x=1", f"{url}/date").startswith("error: only GET and HEAD")
    assert curl("--max-time", "20", "-X", "FROB", f"{url}/date").startswith("error: only GET and HEAD")


def test_document_holds_for_an_independent_fuzzer(site, tmp_path):
    fuzzer = shutil.which("schemathesis", path=os.path.dirname(sys.executable))
    if fuzzer is None:
        pytest.skip("needs schemathesis, of the extra dev")
    (tmp_path / "schemathesis.toml").write_text(
        # what is asked in free text is rightly refused
        "[checks]\n"
        "positive_data_acceptance.expected-statuses = [200, 400, 404]\n"
        "negative_data_rejection.enabled = false\n"
    )
    url = f"http://localhost:{site.port}"
    finished = subprocess.run(
        [fuzzer, "run", f"{url}/openapi.json", "--url", url, "--max-examples=20", "--no-color"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert finished.returncode == 0, finished.stdout[-5000:]


def test_load_is_answered(site):
    """Many requests at a time, each on a connection of its own."""
    failures = []

    def load():
        for _ in range(25):
            response, text = site.request("/zone")
            if (response.status, text) != (200, "The zone is UTC.\n"):
                failures.append((response.status, text))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
