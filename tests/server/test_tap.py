import time
from types import SimpleNamespace

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import FakeEndpoint, FakePort, connect_protocol
from tests.helpers import make_session, refusal
from twisted_date.server import listeners, tap as service
from twisted_date.server.factory import make_factory
from twisted_date.server.limits import Limits
from twisted_date.server.tap import BETWEEN_PIECES, SPARE_FILES, WARM_UP_LINES, Options


class WarmUpTests(SynchronousTestCase):
    def test_a_piece_at_a_time_and_then_no_more_pauses(self):
        done, clock = [], Clock()
        self.patch(service, "disable_full_gc", lambda: done.append("never pause"))
        service._warm_up(clock, SimpleNamespace(reply_to=done.append))
        self.assertEqual(done, [WARM_UP_LINES[0]])
        clock.pump([BETWEEN_PIECES] * 10)
        self.assertEqual(done, [*WARM_UP_LINES, "never pause"])

    def test_what_is_asked_for_that_is_answered(self):
        session = make_session()
        self.assertEqual({session.reply_to(line).error for line in WARM_UP_LINES}, {None})


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

    def given_limits(self, *arguments):
        endpoint = FakeEndpoint(succeed(FakePort("127.0.0.1", 1)))
        self.patch(listeners, "serverFromString", lambda reactor, description: endpoint)
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
        self.patch(listeners, "serverFromString", lambda reactor, description: FakeEndpoint(slow))
        made = self.make("--listen", "slow")
        made.startService()
        self.assertEqual(self.failures, [])
        slow.errback(RuntimeError("the tunnel broke"))
        self.assertEqual(self.failures, ["the tunnel broke"])

    def test_it_tells_the_time_of_this_machine(self):
        port = FakePort("127.0.0.1", 1)
        endpoint = FakeEndpoint(succeed(port))
        self.patch(listeners, "serverFromString", lambda reactor, description: endpoint)
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
