import time
from datetime import timezone
from zoneinfo import ZoneInfo

import tzlocal
from twisted.internet.defer import Deferred, succeed
from twisted.internet.testing import EventLoggingObserver, MemoryReactor
from twisted.logger import globalLogPublisher
from twisted.python.usage import Options as UsageOptions
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import connect_protocol, refusal
from tests.network.test_fallback import FakePort
from tests.test_listening import FakeEndpoint
from twisted_date import service
from twisted_date.network.fallback import FallbackServerEndpoint
from twisted_date.network.limits import Limits
from twisted_date.network.server import DateFactory
from twisted_date.service import SPARE_FILES, Options, Settings, machine_zone, make_endpoints

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
            "--base-port",
            "8000",
            "--port-tries=1",
            "--interface",
            "*",
            "--farewell",
            "Bye!",
            "--zone",
            "tokyo",
            "--lang=fr_CA",
            "--idle-timeout=0",
            "--max-connections=10",
            "--max-per-host=3",
            "--drain=2.5",
            "--tls=/some.pem",
        )
        self.assertEqual(settings.zone.key, "Asia/Tokyo")
        more = {"tls": "/some.pem", "idle_timeout": 0, "max_connections": 10, "max_per_host": 3, "drain": 2.5}
        self.assertEqual(settings, Settings((), 8000, 1, "*", "Bye!", settings.zone, "fr_CA", **more))

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
            (["--zone", "Xyzzy"], "--zone: Xyzzy is not a place"),
            (["--zone", "USA"], "New York City"),
            (["--lang", "xyzzy"], "--lang: xyzzy is not a language"),
            (["--listen", "tcp:1", "--tls", "/x"], "write fallback:50000:tls=PATH"),
            (["--idle-timeout", "-1"], "--idle-timeout is '-1'; give a number of seconds"),
            (["--max-connections", "0"], "--max-connections is '0'"),
            (["--max-per-host", "some"], "--max-per-host is 'some'"),
            (["--drain", "nan"], "--drain is 'nan'"),
            (["50000"], "'50000' is not an option"),
            (["--nonsense"], "nonsense"),
        ):
            self.assertIn(words, refusal(self, self.parse, *arguments))


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

    def test_a_socket_that_was_not_passed_is_told_so(self):
        for where in ("index=0", "name=none"):
            settings = Settings((f"systemd:domain=INET:{where}",), 50000, 100, "localhost", "au revoir")
            error = self.assertRaises(ValueError, make_endpoints, MemoryReactor(), settings)
            self.assertIn("no such socket was passed", str(error))


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


class FakeProcess:
    def __init__(self, failures):
        self.fail = failures.append

    def __call__(self, reactor):
        return self

    def when_running(self, call):
        """The reactor never runs."""


class MakeServiceTests(SynchronousTestCase):
    def setUp(self):
        self.failures = []
        self.limits = []
        self.room = 0
        self.patch(service, "Process", FakeProcess(self.failures))
        self.patch(service, "never_pause", lambda: None)
        self.patch(service, "raise_descriptor_limit", lambda: self.room)
        self.patch(
            service, "DateFactory", lambda *given: self.limits.append(given[-1]) or DateFactory(*given)
        )

    def make(self, *arguments):
        options = Options()
        options.parseOptions(arguments)
        return service.makeService(options)

    def given_limits(self, *arguments):
        endpoint = FakeEndpoint(succeed(FakePort("127.0.0.1", 1)))
        self.patch(service, "serverFromString", lambda reactor, description: endpoint)
        self.make("--listen", "any", *arguments)
        return self.limits.pop()

    def test_the_limits_are_those_that_were_asked_for(self):
        given = self.given_limits("--idle-timeout", "2.5", "--max-connections=7", "--max-per-host", "2")
        self.assertEqual(given, Limits(idle=2.5, connections=7, per_host=2))
        self.assertEqual(self.given_limits("--idle-timeout", "0"), Limits())

    def test_there_are_no_more_connections_than_files_may_be_open(self):
        for files, room in ((20_000, 20_000 - SPARE_FILES), (256, 128), (1, 1)):
            self.room = files
            self.assertEqual(self.given_limits(), Limits(idle=600, connections=room))
        self.room = 1000
        told = refusal(self, self.given_limits, "--max-connections", "1000")
        self.assertIn("--max-connections is 1000; the limit of open files (ulimit -n) has room for 744", told)

    def test_a_failure_is_one_sentence_and_a_status(self):
        ended = self.assertRaises(SystemExit, self.make, "--interface", "192.0.2.7")
        self.assertIn("datechat: cannot listen on port 50000 of 192.0.2.7", ended.code)
        self.assertNotIn("\n", ended.code)

    def test_a_failure_that_comes_later_ends_the_process(self):
        slow = Deferred()
        self.patch(service, "serverFromString", lambda reactor, description: FakeEndpoint(slow))
        made = self.make("--listen", "slow")
        made.startService()
        self.assertEqual(self.failures, [])
        slow.errback(RuntimeError("the tunnel broke"))
        self.assertEqual(self.failures, ["the tunnel broke"])

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
