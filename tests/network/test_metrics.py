import gc
import http.client
import weakref

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import ServerSide, make_session
from tests.network.test_sockets import serving
from twisted_date import __version__
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.health import Health
from twisted_date.network.fallback import addresses
from twisted_date.network.metrics import MetricsSite, ServerCollector


class CollectorTests(SynchronousTestCase):
    def setUp(self):
        self.counts = Counts()
        self.server = ServerSide(lambda: make_session(self.counts), connections=2)
        self.health = Health(True, 1500.0, "2026f")
        factory = self.server.factory
        collector = ServerCollector(self.counts, factory, [factory.refusals] * 2, lambda: self.health)
        self.registry = CollectorRegistry()
        self.registry.register(collector)

    def told(self):
        """Each number that is told, by the name that Prometheus knows it by."""
        families = text_string_to_metric_families(generate_latest(self.registry).decode())
        told = {}
        for family in families:
            for sample in family.samples:
                key = "".join([sample.name, *sample.labels.values()]).removeprefix("datechat_")
                self.assertNotIn(key, told)
                told[key] = sample.value
        return told

    def test_connections(self):
        self.server.connect()
        for _ in range(3):
            self.server.connect()
        self.server.transport.finish()
        told = self.told()
        self.assertEqual(told["sessions_total"], 2)
        self.assertEqual(told["sessions_open"], 1)
        self.assertEqual(told["sessions_max"], 2)
        self.assertEqual(told["refused_connections_totalfull"], 6)  # it was given twice
        self.assertEqual(told["refused_connections_totalstopping"], 0)

    def test_what_was_said(self):
        lines = self.server.receive("/date\n/date Xyzzy é\nhé\n".encode())
        told = self.told()
        self.assertEqual(told["requests_total/date"], 2)
        self.assertEqual(told["requests_totalmessage"], 1)
        self.assertEqual(told["requests_total/until"], 0)
        self.assertEqual(told["errors_totalnot-understood"], 1)
        self.assertEqual(told["received_bytes_total"], 6 + 15 + 4)
        self.assertEqual(told["sent_bytes_total"], sum(len(line.encode()) + 2 for line in lines))

    def test_no_words_of_a_peer(self):
        self.server.receive(b"/name Xyzzy\n/xyzzy\n/date xyzzy\nxyzzy\n/lang xyzzy\n")
        self.assertNotIn("xyzzy", generate_latest(self.registry).decode().lower())

    def test_the_clock(self):
        told = self.told()
        self.assertEqual(told["clock_synchronised"], 1)
        self.assertEqual(told["clock_error_seconds"], 1.5)
        self.assertEqual(told[f"info{__version__}2026f"], 1)

    def test_a_clock_of_which_nothing_is_known(self):
        self.health = Health()
        told = self.told()
        self.assertEqual([name for name in told if name.startswith("clock")], [])
        self.assertEqual(told[f"info{__version__}"], 1)


def get(address, *paths, method="GET", headers=None):
    """What is answered to requests on one connection."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
    answers = []
    for path in paths:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        answers.append((response.status, response.getheader("Content-Type"), response.read().decode()))
    connection.close()
    return answers


@pytest.mark.filterwarnings("ignore::DeprecationWarning:twisted.web")  # what it does on its own, for 405
@ensureDeferred
async def test_over_http():
    factory = ServerSide().factory
    site = MetricsSite(ServerCollector(Counts(), factory, [factory.refusals], Health))
    logged = []
    globalLogPublisher.addObserver(logged.append)
    try:
        async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), site) as port:
            (address,) = addresses(port)
            first, second, elsewhere = await deferToThread(get, address, "/metrics", "/metrics?x", "/")
            assert first[:2] == (200, "text/plain; version=0.0.4; charset=utf-8")
            assert "datechat_sessions_open 1.0" in first[2]
            assert "process_open_fds" in first[2]
            assert second[0] == 200
            assert elsewhere[0] == 404
            ((status, _, text),) = await deferToThread(get, address, "/metrics", method="HEAD")
            assert (status, text) == (200, "")
            ((status, _, _),) = await deferToThread(get, address, "/metrics", method="POST")
            assert status == 405
    finally:
        globalLogPublisher.removeObserver(logged.append)
    assert [event for event in logged if "GET" in str(event)] == []


@ensureDeferred
async def test_a_connection_leaves_nothing_behind():
    """Only Python's collector of reference cycles would find it, and the server holds that back."""
    factory = ServerSide().factory
    site = MetricsSite(ServerCollector(Counts(), factory, [factory.refusals], Health))
    build, built = site.buildProtocol, []
    site.buildProtocol = lambda peer: built.append(build(peer)) or built[-1]
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), site) as port:
        (address,) = addresses(port)
        connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
        await deferToThread(scrape, connection)
        left = [weakref.ref(built[0]), weakref.ref(built[0]._channel)]
        built.clear()
        gc.collect()  # from now on it is old
        await deferToThread(scrape, connection)
        connection.close()
        for _ in range(100):
            gc.collect(1)
            if not any(one() for one in left):
                break
            await deferLater(reactor, 0.02)
        assert not any(one() for one in left)


def scrape(connection):
    connection.request("GET", "/metrics")
    connection.getresponse().read()
