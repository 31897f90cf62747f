import contextlib
import gc
import http.client
import socket
import weakref

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.task import Clock, deferLater
from twisted.internet.threads import deferToThread
from twisted.logger import capturedLogs, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import connect_protocol
from tests.helpers import one_turn
from tests.loopback import are_gone, serving
from twisted_date.endpoints.ports import addresses_of
from twisted_date.network.scheduler import Scheduler
from twisted_date.server.http_page import LONGEST, REQUEST_TIME, PageFactory

PAGE = b"forty-two\n"
ASKED = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"


class PageTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = PageFactory("/page", "text/plain", lambda: PAGE, Scheduler(self.clock))

    def connect(self):
        return connect_protocol(self.factory.buildProtocol(None))

    def told(self, *pieces):
        """The status, the fields and the body that are told to a request."""
        transport = self.connect()
        for piece in pieces:
            transport.protocol.dataReceived(piece)
        one_turn(self.clock)
        head, _, body = transport.value().partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        transport.finish()
        return status, dict(field.split(": ") for field in fields), body

    def test_the_page(self):
        fields = {"Content-Type": "text/plain", "Content-Length": "10", "Connection": "close"}
        for target in ("/page", "/page?x=1", "http://localhost/page"):
            asked = ASKED.replace(b"/page", target.encode())
            self.assertEqual(self.told(asked), ("HTTP/1.1 200 OK", fields, PAGE))

    def test_the_request_may_come_in_pieces(self):
        self.assertEqual(self.told(*(ASKED[i : i + 1] for i in range(len(ASKED))))[2], PAGE)
        self.assertEqual(self.told(b"GET /page HTTP/1.0\n\n")[2], PAGE)

    def test_one_that_cannot_be_made_is_told_and_logged(self):
        def broken():
            raise OSError("no such file")

        self.factory.payload = broken
        with capturedLogs() as logged:
            status, _, body = self.told(ASKED)
        self.assertEqual((status, body), ("HTTP/1.1 500 Internal Server Error", b"The log says why.\n"))
        self.assertIn("OSError: 'no such file'", formatEvent(logged[0]))
        self.assertFalse(self.factory.connections)

    def test_head_tells_all_but_the_page(self):
        status, fields, body = self.told(ASKED.replace(b"GET", b"HEAD"))
        self.assertEqual((status, fields["Content-Length"], body), ("HTTP/1.1 200 OK", "10", b""))

    def test_what_else_is_asked(self):
        for asked, status, words in (
            (b"GET / HTTP/1.1\r\n\r\n", "404 Not Found", b"The page is /page\n"),
            (b"GET http://[ HTTP/1.1\r\n\r\n", "404 Not Found", b"The page is /page\n"),
            (b"POST /page HTTP/1.1\r\n\r\n", "405 Method Not Allowed", b"GET is what can be done here.\n"),
            (b"GET /page\r\n\r\n", "400 Bad Request", b"Right is: GET /page HTTP/1.1\n"),
            (b"\r\n\r\n", "400 Bad Request", b"Right is: GET /page HTTP/1.1\n"),
            (b"\xff\x00 \xff HTTP/1.1\n\n", "405 Method Not Allowed", b"GET is what can be done here.\n"),
            (b"x" * (LONGEST + 1), "400 Bad Request", b"Right is: GET /page HTTP/1.1\n"),
        ):
            told = self.told(asked)
            self.assertEqual((told[0], told[2]), (f"HTTP/1.1 {status}", words))
        self.assertEqual(self.told(b"PUT /page HTTP/1.1\r\n\r\n")[1]["Allow"], "GET, HEAD")

    def test_one_request_is_answered(self):
        transport = self.connect()
        transport.protocol.dataReceived(ASKED * 100)
        transport.protocol.dataReceived(ASKED)
        one_turn(self.clock)
        self.assertEqual(transport.value().count(PAGE), 1)
        self.assertTrue(transport.half_closed)
        transport.finish()

    def test_one_that_half_closes_is_answered(self):
        transport = self.connect()
        transport.protocol.dataReceived(ASKED)
        IHalfCloseableProtocol(transport.protocol).readConnectionLost()
        one_turn(self.clock)
        self.assertTrue(transport.value().endswith(PAGE))
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_one_that_half_closes_too_early_is_not(self):
        transport = self.connect()
        transport.protocol.dataReceived(ASKED[:-2])
        IHalfCloseableProtocol(transport.protocol).readConnectionLost()
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_one_that_does_not_ask_is_cut_off(self):
        transport = self.connect()
        self.clock.advance(REQUEST_TIME - 1)
        transport.protocol.dataReceived(b"GET")
        self.clock.advance(1)
        self.assertTrue(transport.disconnecting)
        transport.finish()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_goes_before_its_turn_is_forgotten(self):
        transport = self.connect()
        transport.protocol.dataReceived(ASKED)
        transport.finish()
        one_turn(self.clock)
        self.assertEqual(transport.value(), b"")
        self.assertEqual(self.clock.getDelayedCalls(), [])


def get(address, path, method="GET", body=None):
    connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
    with contextlib.closing(connection):
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read()


@ensureDeferred
async def test_over_a_socket():
    factory = PageFactory("/page", "text/plain", lambda: PAGE, Scheduler(reactor))
    logged = []
    globalLogPublisher.addObserver(logged.append)
    try:
        async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
            (address,) = addresses_of(port)
            assert await deferToThread(get, address, "/page") == (200, PAGE)
            assert await deferToThread(get, address, "/page", "HEAD") == (200, b"")
            assert (await deferToThread(get, address, "/elsewhere"))[0] == 404
            status, _ = await deferToThread(get, address, "/page", "POST", b"x" * 1_000_000)
            assert status == 405
    finally:
        globalLogPublisher.removeObserver(logged.append)
    assert [event for event in logged if "page" in str(event.get("log_text", event))] == []


@pytest.mark.parametrize("asked", [ASKED, b"GET", b""], ids=["asked", "begun", "silent"])
@ensureDeferred
async def test_an_old_connection_leaves_nothing_behind(certificate, asked):
    """Only Python's collector of reference cycles would find it, and the server holds that back."""
    factory = PageFactory("/page", "text/plain", lambda: PAGE, Scheduler(reactor))
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
        (address,) = addresses_of(port)
        connection = socket.create_connection((address.host, address.port), 30)
        while not factory.connections:
            await deferLater(reactor, 0.01)
        left = weakref.ref(next(iter(factory.connections)))
        gc.collect()  # from now on it is old
        connection.sendall(asked)
        await deferLater(reactor, 0.05)
        connection.close()
        assert await are_gone(left)
