import errno

from twisted.application.service import IService
from twisted.internet.address import IPv4Address
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import capturedLogs, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import FakePort, FakeServerEndpoint, connect_protocol
from tests.helpers import make_defaults
from twisted_date import __version__
from twisted_date.endpoints.ports import PortGroup
from twisted_date.server.announce import CannotAnnounce
from twisted_date.server.factory import QUIET_PERIOD, DateFactory
from twisted_date.server.service import DateService, Listener


class ServiceTestCase(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = DateFactory(make_defaults(), self.clock)
        self.failures = []
        self.announcers = []
        self.running = True
        self.on_start = []

    def when_running(self, call):
        if self.running:
            call()
        else:
            self.on_start.append(call)

    def fail(self, sentence):
        self.failures.append(sentence)

    def handle_hangup(self):
        self.handles_hangup = True

    def on_second_signal(self, hurry):
        self.hurry = hurry

    def stopping(self):
        self.process_is_stopping = True

    def make_service(self, *results):
        self.endpoints = [FakeServerEndpoint(result) for result in results]
        self.listeners = [Listener(endpoint, self.factory) for endpoint in self.endpoints]
        return DateService(self.listeners, self.factory, self.announcers, self, 5.0)


class ListenTests(ServiceTestCase):
    def test_service_provides_the_interface(self):
        verifyObject(IService, self.make_service())

    def test_service_that_listens_early_listens_once(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.listen()
        service.privilegedStartService()
        service.startService()
        self.assertEqual(self.endpoints[0].listened, 1)
        self.assertTrue(service.running)
        self.assertTrue(self.handles_hangup)

    def test_service_listens_at_the_start_by_default(self):
        for start in ("privilegedStartService", "startService"):
            service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
            getattr(service, start)()
            self.assertEqual(self.endpoints[0].listened, 1)

    def test_service_listens_on_all_endpoints_or_none(self):
        port = FakePort("127.0.0.1", 50000)
        busy = CannotListenError("127.0.0.1", 80, OSError(errno.EACCES, "no"))
        service = self.make_service(succeed(port), fail(busy), succeed(FakePort("::1", 1)))
        self.assertIs(self.assertRaises(CannotListenError, service.listen), busy)
        self.assertFalse(port.listening)
        self.assertEqual([endpoint.listened for endpoint in self.endpoints], [1, 1, 0])

    def test_error_raised_by_an_endpoint_is_raised(self):
        service = DateService([Listener(object(), self.factory)], self.factory, [], self, 5.0)
        self.assertRaises(AttributeError, service.listen)

    def test_later_failure_ends_the_process(self):
        slow = Deferred()
        self.assert_fails_later(slow, slow)

    def test_later_failure_of_a_chained_deferred_ends_the_process(self):
        slow = Deferred()
        self.assert_fails_later(slow, succeed(None).addCallback(lambda _: slow))

    def assert_fails_later(self, slow, listening):
        service = self.make_service(listening)
        service.startService()
        self.assertEqual(self.failures, [])
        slow.errback(RuntimeError("the tunnel broke"))
        self.assertEqual(self.failures, ["the tunnel broke"])

    def test_some_endpoints_can_wait_for_the_start(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 1)), succeed(FakePort("127.0.0.1", 2)))
        service.listen(self.listeners[1:])
        self.assertEqual([endpoint.listened for endpoint in self.endpoints], [0, 1])
        service.startService()
        self.assertEqual([endpoint.listened for endpoint in self.endpoints], [1, 1])


class LogTests(ServiceTestCase):
    def logged(self, *results):
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        service = self.make_service(*results)
        service.startService()
        return [event["log_format"].format(**event) for event in observer if event.get("log_format")]

    def test_addresses_are_logged(self):
        group = PortGroup([FakePort("::1", 50001), FakePort("127.0.0.1", 50001)])
        self.assertEqual(
            self.logged(succeed(group)),
            [f"datechat {__version__} listens on [::1]:50001 and 127.0.0.1:50001."],
        )

    def test_other_protocols_are_logged(self):
        self.make_service(succeed(FakePort("127.0.0.1", 13)))
        service = DateService(
            [Listener(self.endpoints[0], Factory(), "serves the date")], self.factory, [], self, 5.0
        )
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        service.startService()
        self.assertEqual(
            [formatEvent(event) for event in observer],
            [f"datechat {__version__} serves the date on 127.0.0.1:13."],
        )

    def test_slow_endpoint_is_logged_when_it_listens(self):
        slow = Deferred()
        self.assertEqual(self.logged(slow), [])
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        slow.callback(FakePort("127.0.0.1", 7))
        self.assertEqual(len(observer), 1)

    def test_stop_is_logged(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 7)))
        service.startService()
        connect_protocol(self.factory.buildProtocol(None))
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        service.stopService()
        self.assertEqual(
            [formatEvent(event) for event in observer], ["datechat is stopping; open connections: 1."]
        )


class RecordingAnnouncer:
    """An announcer that records its calls, or fails."""

    def __init__(self, error=None):
        self.calls = []
        self.error = error

    def listening(self, addresses, urls):
        if self.error is not None:
            raise self.error
        self.calls.append([*(address.port for address in addresses), *urls])

    def stopping(self):
        if self.error is not None:
            raise self.error
        self.calls.append("stopping")


class AnnounceTests(ServiceTestCase):
    def test_announced_once_every_address_listens_and_at_the_stop(self):
        self.announcers = [RecordingAnnouncer(), RecordingAnnouncer()]
        slow = Deferred()
        group = PortGroup([FakePort("::1", 1), FakePort("127.0.0.1", 1)])
        service = self.make_service(succeed(group), slow)
        service.listen()
        service.startService()
        self.assertEqual(self.announcers[0].calls, [])
        slow.callback(FakePort("127.0.0.1", 2))
        service.stopService()
        for announcer in self.announcers:
            self.assertEqual(announcer.calls, [[1, 1, 2], "stopping"])

    def test_only_addresses_of_sessions_are_announced(self):
        self.announcers = [RecordingAnnouncer()]
        self.make_service(succeed(FakePort("127.0.0.1", 1)), succeed(FakePort("127.0.0.1", 2)))
        listeners = [self.listeners[0], Listener(self.endpoints[1], Factory())]
        DateService(listeners, self.factory, self.announcers, self, 5.0).startService()
        self.assertEqual(self.announcers[0].calls, [[1]])

    def test_urls_of_browsers_are_announced_and_logged(self):
        self.announcers = [RecordingAnnouncer()]
        self.make_service(succeed(FakePort("127.0.0.1", 1)), succeed(FakePort("::1", 2)))
        web = Listener(self.endpoints[1], Factory(), "serves the web", is_web=True)
        service = DateService([self.listeners[0], web], self.factory, self.announcers, self, 5.0)
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        service.startService()
        self.assertEqual(self.announcers[0].calls, [[1, "http://[::1]:2/"]])
        self.assertEqual(self.factory.defaults.urls, ["http://[::1]:2/"])
        last = [formatEvent(event) for event in observer][-1]
        self.assertEqual(last, f"datechat {__version__} serves the web on http://[::1]:2/.")

    def test_nothing_is_announced_before_the_service_starts(self):
        self.announcers = [RecordingAnnouncer()]
        self.make_service(succeed(FakePort("127.0.0.1", 1))).listen()
        self.assertEqual(self.announcers[0].calls, [])

    def test_nothing_is_announced_before_the_reactor_runs(self):
        self.announcers = [RecordingAnnouncer()]
        self.running = False
        self.make_service(succeed(FakePort("127.0.0.1", 1))).startService()
        self.assertEqual(self.announcers[0].calls, [])
        for call in self.on_start:
            call()
        self.assertEqual(self.announcers[0].calls, [[1]])

    def test_failed_announcement_ends_the_process(self):
        self.announcers = [RecordingAnnouncer(CannotAnnounce("cannot write the port file"))]
        self.make_service(succeed(FakePort("127.0.0.1", 1))).startService()
        self.assertEqual(self.failures, ["cannot write the port file"])

    def test_failed_announcement_of_the_stop_is_logged_and_the_stop_goes_on(self):
        self.announcers = [RecordingAnnouncer(RecursionError("too deep")), RecordingAnnouncer()]
        service = self.make_service(succeed(FakePort("127.0.0.1", 1)))
        with capturedLogs() as events:
            stopped = service.stopService()
            self.clock.advance(QUIET_PERIOD)
        self.successResultOf(stopped)
        self.assertEqual(self.announcers[1].calls, ["stopping"])
        self.assertIn("Cannot announce the stop: RecursionError: 'too deep'", formatEvent(events[0]))


class StopTests(ServiceTestCase):
    def stop(self, service):
        """Stop the service, and let the time for the latest input pass."""
        stopped = service.stopService()
        self.clock.advance(QUIET_PERIOD)
        return stopped

    def test_stop_closes_the_ports_and_the_sessions(self):
        port = FakePort("127.0.0.1", 50000)
        service = self.make_service(succeed(port))
        service.startService()
        transport = connect_protocol(self.factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1)))
        stopped = service.stopService()
        self.assertTrue(self.process_is_stopping)
        self.assertFalse(port.listening)
        self.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.assertIn("datechat is stopping", transport.value().decode())
        self.assertNoResult(stopped)
        transport.finish()
        self.successResultOf(stopped)
        self.assertFalse(service.running)

    def test_peer_that_does_not_leave_is_aborted(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        connect_protocol(self.factory.buildProtocol(None)).dataBuffer = b"unread"
        stopped = service.stopService()
        self.clock.pump([QUIET_PERIOD] * 101)
        self.successResultOf(stopped)

    def test_waiting_for_the_sessions_can_be_cancelled(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        connect_protocol(self.factory.buildProtocol(None)).dataBuffer = b"unread"
        stopped = service.stopService()
        self.clock.advance(QUIET_PERIOD)
        stopped.cancel()
        self.failureResultOf(stopped, CancelledError)
        self.clock.pump([1.0] * 10)
        self.assertEqual(self.factory.open_sessions, 0)

    def test_second_signal_ends_the_drain(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        connect_protocol(self.factory.buildProtocol(None)).dataBuffer = b"unread"
        stopped = self.stop(service)
        self.assertNoResult(stopped)
        self.hurry()
        self.successResultOf(stopped)

    def test_second_signal_ends_the_drain_for_connections_that_are_accepted_late(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        stopped = service.stopService()
        self.hurry()
        connect_protocol(self.factory.buildProtocol(None)).dataBuffer = b"unread"
        self.clock.pump([QUIET_PERIOD, 0, 0])
        self.successResultOf(stopped)

    def test_last_listener_listens_until_the_sessions_are_closed(self):
        ports = [FakePort("127.0.0.1", 1), FakePort("127.0.0.1", 2)]
        self.make_service(*map(succeed, ports))
        metrics = Listener(self.endpoints[1], DateFactory(make_defaults(), self.clock), is_last=True)
        service = DateService([self.listeners[0], metrics], self.factory, [], self, 5.0)
        service.startService()
        transport = connect_protocol(self.factory.buildProtocol(None))
        stopped = self.stop(service)
        self.assertEqual([port.listening for port in ports], [False, True])
        transport.finish()
        self.assertEqual([port.listening for port in ports], [False, False])
        self.successResultOf(stopped)

    def test_every_factory_is_shut_down_once(self):
        other = DateFactory(make_defaults(), self.clock)
        self.make_service(*(succeed(FakePort("127.0.0.1", port)) for port in (1, 2, 3)))
        factories = (self.factory, other, other)
        listeners = [Listener(*pair) for pair in zip(self.endpoints, factories, strict=True)]
        service = DateService(listeners, self.factory, [], self, 5.0)
        service.startService()
        transport = connect_protocol(other.buildProtocol(None))
        stopped = self.stop(service)
        self.assertNoResult(stopped)
        transport.finish()
        self.successResultOf(stopped)

    def test_slow_endpoint_is_cancelled(self):
        slow = Deferred()
        service = self.make_service(slow)
        service.startService()
        self.successResultOf(self.stop(service))
        self.assertEqual(self.failures, [])

    def test_failure_to_close_a_port_is_logged_and_ignored(self):
        port = FakePort("127.0.0.1", 50000)
        port.stopListening = lambda: fail(RuntimeError("stuck"))
        service = self.make_service(succeed(port))
        service.startService()
        transport = connect_protocol(self.factory.buildProtocol(None))
        stopped = self.stop(service)
        self.assertNoResult(stopped)
        transport.finish()
        self.successResultOf(stopped)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_failure_of_a_cancelled_endpoint_is_ignored(self):
        def broken(deferred):
            deferred.errback(RuntimeError("broken"))

        service = self.make_service(Deferred(broken))
        service.startService()
        self.successResultOf(self.stop(service))
        self.assertEqual(self.failures, [])

    def test_stopped_service_can_start_again(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        self.successResultOf(self.stop(service))
        self.endpoints[0].result = succeed(FakePort("127.0.0.1", 50000))
        service.startService()
        self.assertEqual(self.endpoints[0].listened, 2)
