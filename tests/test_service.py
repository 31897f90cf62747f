import errno
import io
import sys
import time
from datetime import timezone
from zoneinfo import ZoneInfo

import tzlocal
from twisted.application.service import IService
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.task import Clock
from twisted.internet.testing import EventLoggingObserver, MemoryReactor
from twisted.logger import globalLogPublisher
from twisted.python.usage import Options as UsageOptions
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.helpers import connect_protocol, make_session
from tests.network.test_fallback import FakePort
from twisted_date import __version__, service
from twisted_date.network.fallback import FallbackServerEndpoint, PortGroup
from twisted_date.network.server import DateFactory
from twisted_date.service import DateService, Options, Settings, machine_zone, make_endpoints

DEFAULTS = Settings((), 50000, 100, "localhost", "au revoir")


class OptionTests(SynchronousTestCase):
    def parse(self, *arguments):
        options = Options()
        options.parseOptions(arguments)
        return options.settings

    def test_the_defaults(self):
        self.assertEqual(self.parse(), DEFAULTS)

    def test_all_of_them(self):
        settings = self.parse(
            "--base-port", "8000", "--port-tries=1", "--interface", "*", "--farewell", "Bye!"
        )
        self.assertEqual(settings, Settings((), 8000, 1, "*", "Bye!"))

    def test_listen_may_be_repeated(self):
        settings = self.parse("--listen", "tcp:1", "--listen", "unix:/x")
        self.assertEqual(settings.listen, ("tcp:1", "unix:/x"))

    def test_what_is_wrong_gets_a_sentence(self):
        for arguments, words in (
            (["--base-port", "many"], "--base-port is 'many'"),
            (["--base-port", "65536"], "from 1 to 65535"),
            (["--port-tries", "0"], "--port-tries is '0'"),
            (["--farewell", " "], "--farewell: the farewell phrase has no letters"),
            (["--farewell", "/bye"], "begins with /"),
            (["--listen", "tcp:1", "--base-port", "2"], "takes the place"),
            (["50000"], "'50000' is not an option"),
            (["--nonsense"], "nonsense"),
        ):
            self.patch(sys, "stderr", io.StringIO())
            self.assertRaises(SystemExit, self.parse, *arguments)
            self.assertIn(words, sys.stderr.getvalue())


class PidfileTests(SynchronousTestCase):
    def pidfile(self, **given):
        class Twistd(UsageOptions):
            optFlags = (("nodaemon", "n", ""),)
            optParameters = (("pidfile", None, "twistd.pid", ""),)

        options = Options()
        options.parent = Twistd()
        options.parent.update(given)
        options.parseOptions([])
        return options.parent["pidfile"]

    def test_in_the_foreground_none_is_written(self):
        self.assertEqual(self.pidfile(nodaemon=1), "")

    def test_one_that_was_asked_for_is(self):
        self.assertEqual(self.pidfile(nodaemon=1, pidfile="mine.pid"), "mine.pid")

    def test_a_daemon_has_one(self):
        self.assertEqual(self.pidfile(), "twistd.pid")


class FakeEndpoint:
    def __init__(self, result):
        self.result = result
        self.listened = 0

    def listen(self, factory):
        self.listened += 1
        return self.result


class ServiceTestCase(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = DateFactory(make_session, self.clock)
        self.failures = []
        self.announcers = []
        self.running = True
        self.when_it_runs = []

    def when_running(self, call):
        if self.running:
            call()
        else:
            self.when_it_runs.append(call)

    def make_service(self, *results):
        self.endpoints = [FakeEndpoint(result) for result in results]
        return DateService(
            self.endpoints, self.factory, self.announcers, self.when_running, self.failures.append
        )


class ListenTests(ServiceTestCase):
    def test_it_is_a_service(self):
        verifyObject(IService, self.make_service())

    def test_it_can_listen_before_it_starts_and_listens_once(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.listen()
        service.privilegedStartService()
        service.startService()
        self.assertEqual(self.endpoints[0].listened, 1)
        self.assertTrue(service.running)

    def test_it_listens_at_the_start_otherwise(self):
        for start in ("privilegedStartService", "startService"):
            service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
            getattr(service, start)()
            self.assertEqual(self.endpoints[0].listened, 1)

    def test_it_listens_on_all_or_on_none(self):
        port = FakePort("127.0.0.1", 50000)
        busy = CannotListenError("127.0.0.1", 80, OSError(errno.EACCES, "no"))
        service = self.make_service(succeed(port), fail(busy), succeed(FakePort("::1", 1)))
        self.assertIs(self.assertRaises(CannotListenError, service.listen), busy)
        self.assertFalse(port.listening)
        self.assertEqual([endpoint.listened for endpoint in self.endpoints], [1, 1, 0])

    def test_an_endpoint_that_raises_has_failed(self):
        service = DateService([object()], self.factory, [], self.when_running, self.failures.append)
        self.assertRaises(AttributeError, service.listen)

    def test_one_that_fails_later_ends_the_service(self):
        slow = Deferred()
        self.assert_fails_later(slow, slow)

    def test_one_that_waits_for_another_can_fail_later_too(self):
        slow = Deferred()
        self.assert_fails_later(slow, succeed(None).addCallback(lambda _: slow))

    def assert_fails_later(self, slow, listening):
        service = self.make_service(listening)
        service.startService()
        self.assertEqual(self.failures, [])
        slow.errback(RuntimeError("the tunnel broke"))
        self.assertEqual(self.failures, ["the tunnel broke"])

    def test_some_can_wait_until_it_starts(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 1)), succeed(FakePort("127.0.0.1", 2)))
        service.listen(self.endpoints[1:])
        self.assertEqual([endpoint.listened for endpoint in self.endpoints], [0, 1])
        service.startService()
        self.assertEqual([endpoint.listened for endpoint in self.endpoints], [1, 1])


class LogTests(ServiceTestCase):
    def told(self, *results):
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        service = self.make_service(*results)
        service.startService()
        return [event["log_format"].format(**event) for event in observer if event.get("log_format")]

    def test_where_it_listens(self):
        group = PortGroup([FakePort("::1", 50001), FakePort("127.0.0.1", 50001)])
        self.assertEqual(
            self.told(succeed(group)),
            [f"datechat {__version__} listens on [::1]:50001 and 127.0.0.1:50001."],
        )

    def test_an_endpoint_that_is_not_ready_is_told_when_it_is(self):
        slow = Deferred()
        self.assertEqual(self.told(slow), [])
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)
        slow.callback(FakePort("127.0.0.1", 7))
        self.assertEqual(len(observer), 1)


class Told:
    """An announcer that remembers, or cannot write."""

    def __init__(self, error=None):
        self.told = []
        self.error = error

    def listening(self, addresses):
        if self.error is not None:
            raise self.error
        self.told.append([address.port for address in addresses])

    def stopping(self):
        self.told.append("stopping")


class AnnounceTests(ServiceTestCase):
    def test_once_every_address_listens_and_at_the_stop(self):
        self.announcers = [Told(), Told()]
        slow = Deferred()
        group = PortGroup([FakePort("::1", 1), FakePort("127.0.0.1", 1)])
        service = self.make_service(succeed(group), slow)
        service.listen()
        service.startService()
        self.assertEqual(self.announcers[0].told, [])
        slow.callback(FakePort("127.0.0.1", 2))
        service.stopService()
        for announcer in self.announcers:
            self.assertEqual(announcer.told, [[1, 1, 2], "stopping"])

    def test_nothing_is_told_before_the_service_starts(self):
        self.announcers = [Told()]
        self.make_service(succeed(FakePort("127.0.0.1", 1))).listen()
        self.assertEqual(self.announcers[0].told, [])

    def test_nothing_is_told_before_the_reactor_runs(self):
        self.announcers = [Told()]
        self.running = False
        self.make_service(succeed(FakePort("127.0.0.1", 1))).startService()
        self.assertEqual(self.announcers[0].told, [])
        (call,) = self.when_it_runs
        call()
        self.assertEqual(self.announcers[0].told, [[1]])

    def test_one_that_cannot_be_told_ends_the_service(self):
        self.announcers = [Told(OSError("cannot write the port file"))]
        self.make_service(succeed(FakePort("127.0.0.1", 1))).startService()
        self.assertEqual(self.failures, ["cannot write the port file"])


class StopTests(ServiceTestCase):
    def test_it_stops_listening_and_closes_the_sessions(self):
        port = FakePort("127.0.0.1", 50000)
        service = self.make_service(succeed(port))
        service.startService()
        transport = connect_protocol(self.factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1)))
        stopped = service.stopService()
        self.assertFalse(port.listening)
        self.assertIn("datechat is stopping", transport.value().decode())
        self.assertNoResult(stopped)
        transport.finish()
        self.successResultOf(stopped)
        self.assertFalse(service.running)

    def test_a_peer_that_does_not_leave_is_cut_off(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        connect_protocol(self.factory.buildProtocol(None)).dataBuffer = b"unread"
        stopped = service.stopService()
        self.clock.advance(5.0)
        self.successResultOf(stopped)

    def test_an_endpoint_that_is_not_ready_is_given_up(self):
        slow = Deferred()
        service = self.make_service(slow)
        service.startService()
        self.successResultOf(service.stopService())
        self.assertEqual(self.failures, [])

    def test_a_port_that_cannot_be_closed_is_logged_and_holds_nothing_up(self):
        port = FakePort("127.0.0.1", 50000)
        port.stopListening = lambda: fail(RuntimeError("stuck"))
        service = self.make_service(succeed(port))
        service.startService()
        transport = connect_protocol(self.factory.buildProtocol(None))
        stopped = service.stopService()
        self.assertNoResult(stopped)
        transport.finish()
        self.successResultOf(stopped)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_an_endpoint_that_fails_while_it_is_given_up_is_no_failure(self):
        def broken(deferred):
            deferred.errback(RuntimeError("broken"))

        service = self.make_service(Deferred(broken))
        service.startService()
        self.successResultOf(service.stopService())
        self.assertEqual(self.failures, [])

    def test_it_can_start_again(self):
        service = self.make_service(succeed(FakePort("127.0.0.1", 50000)))
        service.startService()
        self.successResultOf(service.stopService())
        self.endpoints[0].result = succeed(FakePort("127.0.0.1", 50000))
        service.startService()
        self.assertEqual(self.endpoints[0].listened, 2)


class EndpointTests(SynchronousTestCase):
    def test_the_fallback_unless_told_otherwise(self):
        (endpoint,) = make_endpoints(MemoryReactor(), DEFAULTS)
        self.assertIsInstance(endpoint, FallbackServerEndpoint)

    def test_descriptions(self):
        settings = Settings(("tcp:1", "fallback:2"), 50000, 100, "localhost", "au revoir")
        self.assertEqual(len(make_endpoints(MemoryReactor(), settings)), 2)

    def test_what_is_none_gets_a_sentence(self):
        for description in ("nonsense", "tcp:x", "fallback:0", "tcp:1:2:3:4"):
            settings = Settings((description,), 50000, 100, "localhost", "au revoir")
            error = self.assertRaises(ValueError, make_endpoints, MemoryReactor(), settings)
            self.assertIn(f"--listen {description!r} is not an endpoint like tcp:8000: ", str(error))


class MachineZoneTests(SynchronousTestCase):
    def zone(self, get_localzone):
        self.patch(tzlocal, "get_localzone", get_localzone)
        return machine_zone()

    def test_the_machines(self):
        self.assertEqual(self.zone(lambda: ZoneInfo("Asia/Tokyo")), ZoneInfo("Asia/Tokyo"))

    def test_utc_where_there_is_none(self):
        self.assertEqual(self.zone(lambda: timezone.utc), ZoneInfo("UTC"))

    def test_utc_and_a_warning_where_it_cannot_be_read(self):
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)

        def broken():
            raise ValueError("no such zone")

        self.assertEqual(self.zone(broken), ZoneInfo("UTC"))
        self.assertIn("cannot be read", next(iter(observer))["log_format"])


class MakeServiceTests(SynchronousTestCase):
    def make(self, *arguments):
        options = Options()
        options.parseOptions(arguments)
        return service.makeService(options)

    def test_a_failure_is_one_sentence_and_a_status(self):
        ended = self.assertRaises(SystemExit, self.make, "--interface", "192.0.2.7")
        self.assertIn("datechat: cannot listen on port 50000 of 192.0.2.7", ended.code)
        self.assertNotIn("\n", ended.code)

    def test_a_failure_that_comes_later_ends_the_process(self):
        slow = Deferred()
        self.patch(service, "serverFromString", lambda reactor, description: FakeEndpoint(slow))
        stopped = []
        self.patch(service, "stop_with_status", lambda *call: stopped.append(call))
        made = self.make("--listen", "slow")
        made.startService()
        self.assertEqual(stopped, [])
        slow.errback(RuntimeError("the tunnel broke"))
        self.assertEqual(stopped, [(reactor, 1)])

    def test_it_tells_the_time_of_this_machine(self):
        port = FakePort("127.0.0.1", 1)
        endpoint = FakeEndpoint(succeed(port))
        self.patch(service, "serverFromString", lambda reactor, description: endpoint)
        factories = []
        endpoint.listen = lambda factory: factories.append(factory) or succeed(port)
        self.make("--listen", "any", "--farewell", "tschüss")
        before = int(time.time())
        transport = connect_protocol(factories[0].buildProtocol(None))
        transport.protocol.dataReceived("/json\n/date\nTSCHÜSS\n".encode())
        _, date, _ = transport.lines()
        told = int(date.split('"unix": ')[1].split(",")[0])
        self.assertTrue(before <= told <= time.time())
        transport.finish()
