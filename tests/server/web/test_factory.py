from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import WebSide, parse_response

REQUEST = b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n"


class StopTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide()
        self.transport = self.web.transport

    def test_idle_connections_are_closed_at_once(self):
        stopped = self.web.factory.shut_down(5.0)
        self.assertTrue(self.transport.half_closed)
        self.assertNoResult(stopped)
        self.transport.finish()
        self.successResultOf(stopped)
        self.assertEqual(self.web.clock.getDelayedCalls(), [])

    def test_request_under_way_is_answered_before_the_connection_is_closed(self):
        self.transport.protocol.dataReceived(REQUEST * 2)
        stopped = self.web.factory.shut_down(5.0)
        self.assertFalse(self.transport.half_closed)
        self.web.clock.advance(0)
        self.assertEqual(self.transport.value().count(b"200 OK"), 1)
        self.assertTrue(self.transport.half_closed)
        self.transport.finish()
        self.successResultOf(stopped)

    def test_request_that_is_complete_after_the_stop_is_refused(self):
        self.transport.protocol.dataReceived(REQUEST[:-2])
        self.web.factory.shut_down(5.0)
        self.web.server.stopping = True
        status, fields, _ = parse_response(self.web.send(REQUEST[-2:]))
        self.assertEqual((status, fields["Datechat-Error"]), (503, "stopping"))
        self.assertTrue(self.transport.half_closed)

    def test_peer_that_never_completes_its_request_is_aborted_after_the_drain(self):
        self.transport.protocol.dataReceived(REQUEST[:-2])
        stopped = self.web.factory.shut_down(5.0)
        self.web.clock.advance(4.9)
        self.assertNoResult(stopped)
        self.web.clock.advance(0.1)
        self.transport.finish()
        self.successResultOf(stopped)

    def test_websocket_is_left_to_the_server(self):
        self.assertEqual(self.web.upgrade()[0], 101)
        self.successResultOf(self.web.factory.shut_down(5.0))
        self.web.factory.abort_all()
        self.assertFalse(self.transport.half_closed or self.transport.aborted)
        stopped = self.web.server.shut_down(5.0)
        self.web.clock.advance(0.1)
        self.assertTrue(self.transport.half_closed)
        self.transport.finish()
        self.successResultOf(stopped)

    def test_stopped_factory_can_start_again(self):
        self.web.factory.shut_down(5.0)
        self.web.factory.doStart()
        self.web.transport = self.web.connect()
        self.assertEqual(self.web.get("/version")[0], 200)
        self.assertFalse(self.web.transport.half_closed)
        self.web.factory.doStop()


class CountTests(SynchronousTestCase):
    def test_responses_are_counted_by_their_status(self):
        web = WebSide()
        web.get("/version")
        web.get("/version")
        web.get("/frob")
        web.send(b"nonsense\r\n")
        web.transport = web.connect()
        web.upgrade()
        self.assertEqual(web.factory.responses, {200: 2, 404: 1, 400: 1, 101: 1})
