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
from twisted_date.server.http_page import MAX_REQUEST, REQUEST_TIME, PageFactory

PAGE = b"forty-two\n"
REQUEST = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"


class PageTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = PageFactory("/page", "text/plain", lambda: PAGE, Scheduler(self.clock))

    def connect(self):
        return connect_protocol(self.factory.buildProtocol(None))

    def response(self, *pieces):
        """The status line, the header fields and the body of the response to a request."""
        transport = self.connect()
        for piece in pieces:
            transport.protocol.dataReceived(piece)
        one_turn(self.clock)
        head, _, body = transport.value().partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        transport.finish()
        return status, dict(field.split(": ") for field in fields), body

    def test_page_is_served(self):
        fields = {"Content-Type": "text/plain", "Content-Length": "10", "Connection": "close"}
        for target in ("/page", "/page?x=1", "http://localhost/page"):
            request = REQUEST.replace(b"/page", target.encode())
            self.assertEqual(self.response(request), ("HTTP/1.1 200 OK", fields, PAGE))

    def test_request_may_arrive_in_pieces(self):
        self.assertEqual(self.response(*(REQUEST[i : i + 1] for i in range(len(REQUEST))))[2], PAGE)
        self.assertEqual(self.response(b"GET /page HTTP/1.0\n\n")[2], PAGE)

    def test_page_that_fails_is_an_error_and_logged(self):
        def broken():
            raise OSError("no such file")

        self.factory.payload = broken
        with capturedLogs() as logged:
            status, _, body = self.response(REQUEST)
        self.assertEqual((status, body), ("HTTP/1.1 500 Internal Server Error", b"The log says why.\n"))
        self.assertIn("OSError: 'no such file'", formatEvent(logged[0]))
        self.assertFalse(self.factory.connections)

    def test_head_gets_no_body(self):
        status, fields, body = self.response(REQUEST.replace(b"GET", b"HEAD"))
        self.assertEqual((status, fields["Content-Length"], body), ("HTTP/1.1 200 OK", "10", b""))

    def test_other_requests_get_their_errors(self):
        for request, status, body in (
            (b"GET / HTTP/1.1\r\n\r\n", "404 Not Found", b"The page is /page\n"),
            (b"GET http://[ HTTP/1.1\r\n\r\n", "404 Not Found", b"The page is /page\n"),
            (b"POST /page HTTP/1.1\r\n\r\n", "405 Method Not Allowed", b"GET is what can be done here.\n"),
            (b"GET /page\r\n\r\n", "400 Bad Request", b"Right is: GET /page HTTP/1.1\n"),
            (b"\r\n\r\n", "400 Bad Request", b"Right is: GET /page HTTP/1.1\n"),
            (b"\xff\x00 \xff HTTP/1.1\n\n", "405 Method Not Allowed", b"GET is what can be done here.\n"),
            (b"x" * (MAX_REQUEST + 1), "400 Bad Request", b"Right is: GET /page HTTP/1.1\n"),
        ):
            response = self.response(request)
            self.assertEqual((response[0], response[2]), (f"HTTP/1.1 {status}", body))
        self.assertEqual(self.response(b"PUT /page HTTP/1.1\r\n\r\n")[1]["Allow"], "GET, HEAD")

    def test_only_the_first_request_is_answered(self):
        transport = self.connect()
        transport.protocol.dataReceived(REQUEST * 100)
        transport.protocol.dataReceived(REQUEST)
        one_turn(self.clock)
        self.assertEqual(transport.value().count(PAGE), 1)
        self.assertTrue(transport.half_closed)
        transport.finish()

    def test_peer_that_half_closes_after_its_request_is_answered(self):
        transport = self.connect()
        transport.protocol.dataReceived(REQUEST)
        IHalfCloseableProtocol(transport.protocol).readConnectionLost()
        one_turn(self.clock)
        self.assertTrue(transport.value().endswith(PAGE))
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_peer_that_half_closes_within_its_request_is_aborted(self):
        transport = self.connect()
        transport.protocol.dataReceived(REQUEST[:-2])
        IHalfCloseableProtocol(transport.protocol).readConnectionLost()
        self.assertTrue(transport.disconnecting)
        transport.finish()

    def test_incomplete_request_times_out(self):
        transport = self.connect()
        self.clock.advance(REQUEST_TIME - 1)
        transport.protocol.dataReceived(b"GET")
        self.clock.advance(1)
        self.assertTrue(transport.disconnecting)
        transport.finish()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_peer_that_leaves_before_its_response_is_forgotten(self):
        transport = self.connect()
        transport.protocol.dataReceived(REQUEST)
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
async def test_page_is_served_over_a_socket():
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


@pytest.mark.parametrize("request_bytes", [REQUEST, b"GET", b""], ids=["complete", "partial", "silent"])
@ensureDeferred
async def test_old_connection_is_freed(certificate, request_bytes):
    """Without a full garbage collection, which the server disables."""
    factory = PageFactory("/page", "text/plain", lambda: PAGE, Scheduler(reactor))
    async with serving(serverFromString(reactor, "tcp:0:interface=127.0.0.1"), factory) as port:
        (address,) = addresses_of(port)
        connection = socket.create_connection((address.host, address.port), 30)
        while not factory.connections:
            await deferLater(reactor, 0.01)
        reference = weakref.ref(next(iter(factory.connections)))
        gc.collect()  # moves the connection to the oldest generation
        connection.sendall(request_bytes)
        await deferLater(reactor, 0.05)
        connection.close()
        assert await are_gone(reference)
