import time
from types import SimpleNamespace

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import FakePort, FakeServerEndpoint, connect_protocol
from tests.helpers import make_session, refusal
from twisted_date.network.scheduler import Scheduler
from twisted_date.server import listeners, tap as service
from twisted_date.server.factory import make_factory
from twisted_date.server.limits import Limits
from twisted_date.server.tap import (
    SAMPLES,
    SPARE_FILES,
    USUAL_TIME,
    WARM_UP_INTERVAL,
    WARM_UP_LINES,
    Options,
)


class WarmUpTests(SynchronousTestCase):
    def test_warm_up_goes_line_by_line_and_then_disables_full_gc(self):
        done, clock = [], Clock()
        scheduler = Scheduler(clock)
        self.patch(service, "disable_full_gc", lambda: done.append("full gc disabled"))
        self.patch(service, "_slowness", lambda session: 7.0)
        service._warm_up(scheduler, SimpleNamespace(reply_to=done.append))
        self.assertEqual(done, [WARM_UP_LINES[0]])
        clock.pump([WARM_UP_INTERVAL] * 10)
        self.assertEqual(done, [*WARM_UP_LINES, "full gc disabled"])
        self.assertEqual(scheduler.slowness, 7.0)

    def test_slow_machine_is_known_by_the_time_that_usual_lines_take(self):
        session = make_session()
        for factor, expected in ((0.5, 1.0), (1.0, 1.0), (4.0, 4.0)):
            times = iter((10.0, 10.0 + factor * SAMPLES * USUAL_TIME))
            self.patch(service, "time", SimpleNamespace(thread_time=lambda times=times: next(times)))
            self.assertAlmostEqual(service._slowness(session), expected)

    def test_warm_up_lines_are_valid(self):
        session = make_session()
        self.assertEqual({session.reply_to(line).error for line in WARM_UP_LINES}, {None})


class FakeProcess:
    def __init__(self, failures):
        self.fail = failures.append

    def __call__(self, reactor):
        return self

    def when_running(self, call):
        """The reactor never runs."""

    def handle_hangup(self):
        """No signal comes."""


class MakeServiceTests(SynchronousTestCase):
    def setUp(self):
        self.failures = []
        self.limits = []
        self.room = 0
        self.patch(service, "Process", FakeProcess(self.failures))
        self.patch(service, "disable_full_gc", lambda: None)
        self.patch(service, "raise_descriptor_limit", lambda: self.room)
        self.patch(service, "make_factory", self.make_factory)

    def make_factory(self, reactor, **given):
        self.limits.append(given["limits"])
        return make_factory(reactor, **given)

    def make(self, *arguments):
        options = Options()
        options.parseOptions(arguments)
        return service.makeService(options)

    def limits_of(self, *arguments):
        endpoint = FakeServerEndpoint(succeed(FakePort("127.0.0.1", 1)))
        self.patch(listeners, "serverFromString", lambda reactor, description: endpoint)
        self.make("--listen", "any", *arguments)
        return self.limits.pop()

    def test_limits_are_those_of_the_options(self):
        given = self.limits_of("--idle-timeout", "2.5", "--max-connections=7", "--max-per-host", "2")
        self.assertEqual(given, Limits(idle=2.5, connections=7, per_host=2))
        self.assertEqual(self.limits_of("--idle-timeout", "0"), Limits())

    def test_connections_are_limited_by_open_files(self):
        for files, room in ((20_000, 20_000 - SPARE_FILES), (256, 128), (1, 1)):
            self.room = files
            self.assertEqual(self.limits_of(), Limits(idle=600, connections=room))
        self.room = 1000
        message = refusal(self, self.limits_of, "--max-connections", "1000")
        self.assertIn(
            "--max-connections is 1000; the limit of open files (ulimit -n) has room for 744", message
        )

    def test_failure_to_listen_exits_with_a_sentence(self):
        raised = self.assertRaises(SystemExit, self.make, "--interface", "192.0.2.7")
        self.assertIn("datechat: cannot listen on port 50000 of 192.0.2.7", raised.code)
        self.assertNotIn("\n", raised.code)

    def test_later_failure_ends_the_process(self):
        slow = Deferred()
        self.patch(listeners, "serverFromString", lambda reactor, description: FakeServerEndpoint(slow))
        made = self.make("--listen", "slow")
        made.startService()
        self.assertEqual(self.failures, [])
        slow.errback(RuntimeError("the tunnel broke"))
        self.assertEqual(self.failures, ["the tunnel broke"])

    def test_dates_are_those_of_the_machine(self):
        port = FakePort("127.0.0.1", 1)
        endpoint = FakeServerEndpoint(succeed(port))
        self.patch(listeners, "serverFromString", lambda reactor, description: endpoint)
        factories = []
        endpoint.listen = lambda factory: factories.append(factory) or succeed(port)
        self.make("--listen", "any", "--farewell", "tschüss")
        factories[0].scheduler.clock = Clock()  # on a busy machine no line waits for an iteration
        before = int(time.time())
        transport = connect_protocol(factories[0].buildProtocol(None))
        transport.protocol.dataReceived("/json\n/date\nTSCHÜSS\n".encode())
        _, date, _ = transport.lines()
        unix = int(date.split('"unix": ')[1].split(",")[0])
        self.assertTrue(before <= unix <= time.time())
        transport.finish()
