from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import WebSide, parse_response
from tests.helpers import one_turn
from twisted_date.network.closing import CLOSE_TIMEOUT
from twisted_date.network.scheduler import ALLOWANCE, FREE_TIME, REFILL
from twisted_date.server.web.connection import MAX_UNREAD, REQUEST_TIME
from twisted_date.server.web.factory import MAX_WAITING

HEAD = b"GET /version HTTP/1.1\r\nHost: localhost\r\n"
REQUEST = HEAD + b"\r\n"


class RequestTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide()

    def half_close(self):
        IHalfCloseableProtocol(self.web.transport.protocol).readConnectionLost()

    def test_connection_can_be_half_closed(self):
        verifyObject(IHalfCloseableProtocol, self.web.transport.protocol)

    def test_request_may_arrive_in_pieces(self):
        for byte in REQUEST[:-1]:
            self.assertEqual(self.web.send(bytes([byte])), b"")
        self.assertEqual(parse_response(self.web.send(REQUEST[-1:]))[0], 200)

    def test_requests_of_one_chunk_are_answered_in_order_one_in_each_turn(self):
        transport = self.web.transport
        transport.protocol.dataReceived(REQUEST.replace(b"version", b"zone") + REQUEST * 2)
        self.assertEqual(transport.value(), b"")
        one_turn(self.web.clock)
        self.assertEqual(transport.value().count(b"200 OK"), 1)
        self.assertTrue(transport.value().endswith(b"The zone is Europe/Paris.\n"))
        self.web.clock.advance(0)
        self.assertEqual(transport.value().count(b"200 OK"), 3)

    def test_peer_that_sends_too_far_ahead_is_not_read(self):
        transport = self.web.transport
        transport.protocol.dataReceived(REQUEST * (MAX_UNREAD // len(REQUEST)))
        self.assertEqual(transport.producerState, "producing")
        transport.protocol.dataReceived(REQUEST * 10)
        self.assertEqual(transport.producerState, "paused")
        self.web.clock.advance(0)
        self.assertEqual(transport.producerState, "producing")
        self.assertEqual(transport.value().count(b"200 OK"), MAX_UNREAD // len(REQUEST) + 10)

    def test_peer_that_does_not_read_has_to_wait(self):
        transport = self.web.transport
        transport.protocol.dataReceived(REQUEST * 3)
        transport.protocol.pauseProducing()
        self.web.clock.advance(0)
        self.assertEqual(transport.value(), b"")
        transport.protocol.dataReceived(REQUEST)
        transport.protocol.resumeProducing()
        self.web.clock.advance(0)
        self.assertEqual(transport.value().count(b"200 OK"), 4)

    def test_peer_that_half_closes_is_answered_first(self):
        self.web.transport.protocol.dataReceived(REQUEST * 3 + b"GET")
        self.half_close()
        self.web.clock.advance(0)
        self.assertEqual(self.web.transport.value().count(b"200 OK"), 3)
        self.assertTrue(self.web.transport.disconnecting)

    def test_peer_that_half_closes_without_a_request_is_closed(self):
        for data in (b"", b"GET", REQUEST):
            self.web.transport = self.web.connect()
            self.web.send(data)
            self.half_close()
            self.assertTrue(self.web.transport.disconnecting)

    def test_peer_that_reads_its_last_response_is_closed(self):
        self.web.send(HEAD + b"Connection: close\r\n\r\n")
        self.assertTrue(self.web.transport.half_closed)
        self.half_close()
        self.assertTrue(self.web.transport.disconnecting)
        self.web.transport.finish()
        self.assertEqual(self.web.clock.getDelayedCalls(), [])

    def test_peer_that_does_not_close_after_its_last_response_is_aborted(self):
        self.web.send(HEAD + b"Connection: close\r\n\r\n")
        self.web.clock.advance(CLOSE_TIMEOUT)
        self.assertTrue(self.web.transport.disconnecting or self.web.transport.aborted)

    def test_peer_that_leaves_before_its_response_is_forgotten(self):
        self.web.transport.protocol.dataReceived(REQUEST)
        self.web.transport.finish()
        self.web.clock.advance(0)
        self.assertEqual(self.web.transport.value(), b"")
        self.assertEqual(self.web.clock.getDelayedCalls(), [])

    def test_peer_whose_requests_take_long_has_to_wait(self):
        respond = self.web.site.respond

        def slow(head):
            self.web.clock.rightNow += 2 * ALLOWANCE
            return respond(head)

        self.web.site.respond = slow
        self.assertEqual(parse_response(self.web.send(REQUEST))[0], 200)
        self.web.site.respond = respond
        self.assertEqual(self.web.send(REQUEST), b"")
        self.web.clock.advance(ALLOWANCE / REFILL)
        self.assertEqual(parse_response(self.web.transport.value())[0], 200)

    def test_usual_requests_never_wait(self):
        respond = self.web.site.respond

        def usual(head):
            self.web.clock.rightNow += len(REQUEST) * FREE_TIME
            return respond(head)

        self.web.site.respond = usual
        for _ in range(1000):
            self.assertEqual(parse_response(self.web.send(REQUEST))[0], 200)

    def test_bytes_are_counted(self):
        received = self.web.send(REQUEST)
        self.assertEqual(self.web.server.bytes_received, len(REQUEST))
        self.assertEqual(self.web.server.bytes_sent, len(received))

    def test_failure_is_an_error_without_a_traceback(self):
        def broken(head):
            raise OSError("no such file")

        self.web.site.respond = broken
        with capturedLogs() as logged:
            status, fields, body = parse_response(self.web.send(REQUEST))
        self.assertEqual((status, fields["Connection"]), (500, "close"))
        self.assertEqual(fields["Datechat-Error"], "internal")
        self.assertTrue(body.startswith(b"error: datechat failed on this request"), body)
        self.assertIn("OSError: 'no such file'", formatEvent(logged[0]))
        self.assertTrue(self.web.transport.half_closed)


class TimeoutTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide()

    def test_idle_connection_is_closed_without_a_word(self):
        self.web.send(REQUEST)
        self.web.transport.clear()
        self.web.clock.advance(REQUEST_TIME)
        self.assertEqual(self.web.transport.value(), b"")
        self.assertTrue(self.web.transport.half_closed)

    def test_slow_request_is_refused(self):
        self.web.clock.advance(REQUEST_TIME - 1)
        for byte in HEAD[: int(REQUEST_TIME)]:
            self.web.send(bytes([byte]))
            self.web.clock.advance(1)
        status, _, body = parse_response(self.web.transport.value())
        self.assertEqual((status, body), (408, b"error: the request was not complete after 10 seconds\n"))
        self.assertTrue(self.web.transport.half_closed)

    def test_peer_that_never_reads_is_closed(self):
        self.web.transport.protocol.dataReceived(REQUEST * 3)
        self.web.transport.protocol.pauseProducing()
        self.web.clock.advance(REQUEST_TIME)
        self.assertTrue(self.web.transport.half_closed)

    def test_peer_that_reads_again_in_time_is_not(self):
        self.web.transport.protocol.pauseProducing()
        self.web.transport.protocol.dataReceived(REQUEST)
        self.web.clock.advance(REQUEST_TIME - 1)
        self.web.transport.protocol.resumeProducing()
        self.web.clock.advance(1)
        self.assertEqual(self.web.transport.value().count(b"200 OK"), 1)
        self.assertFalse(self.web.transport.half_closed)

    def test_kept_connection_has_the_full_time_for_each_request(self):
        for _ in range(3):
            self.web.clock.advance(REQUEST_TIME - 1)
            self.assertEqual(parse_response(self.web.send(REQUEST))[0], 200)
        self.assertFalse(self.web.transport.half_closed)

    def test_no_log_line_is_written(self):
        with capturedLogs() as logged:
            self.web.send(REQUEST)
            self.web.send(b"GET")
            self.web.clock.advance(REQUEST_TIME)
            self.web.transport = self.web.connect()
            self.web.upgrade(Connection="x")
            self.web.transport = self.web.connect()
            self.web.upgrade(Origin="https://evil.example")
        self.assertEqual(logged, [])


class CrowdTests(SynchronousTestCase):
    def test_host_with_the_most_idle_connections_loses_its_oldest(self):
        web = WebSide()
        web.transport.finish()
        kept = web.connect("192.0.2.1")
        crowd = [web.connect("192.0.2.2") for _ in range(MAX_WAITING)]
        web.clock.advance(0)
        self.assertEqual([t for t in [kept, *crowd] if t.aborted or t.disconnecting], crowd[:1])

    def test_connections_with_a_websocket_do_not_count(self):
        web = WebSide()
        self.assertEqual(web.upgrade()[0], 101)
        chat = web.transport
        for _ in range(MAX_WAITING + 1):
            web.connect()
        web.clock.advance(0)
        self.assertFalse(chat.aborted or chat.disconnecting)
