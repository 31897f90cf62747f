from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.testing import MemoryReactorClock

from tests.client_fakes import Input, Output, TalkTestCase, make_settings
from tests.helpers import NOW
from twisted_date.client import connect
from twisted_date.client.run import STATUS_NO_SERVER, run
from twisted_date.client.settings import Target
from twisted_date.client.terminal.streams import Streams
from twisted_date.server.factory import QUIET_PERIOD


class RunTests(TalkTestCase):
    """Everything around the conversation: what is said when it fails."""

    def run_talk(self, reactor=None, **settings):
        streams = Streams(Input("never asked"), self.out, self.err, False)
        return Deferred.fromCoroutine(
            run(reactor or MemoryReactorClock(), make_settings(**settings), streams)
        )

    def test_an_endpoint_that_is_none(self):
        self.assertEqual(self.successResultOf(self.run_talk(target=Target(endpoint="nonsense:1"))), 2)
        self.assertIn("datechat: --connect 'nonsense:1' is not an endpoint", self.err.text)

    def test_no_server(self):
        for ports, where in ((range(50000, 50002), "ports 50000 to 50001"), (range(9, 10), "port 9")):
            self.setUp()
            reactor = MemoryReactorClock()
            running = self.run_talk(reactor, target=Target("localhost", ports))
            reactor.advance(10.0)
            self.assertEqual(self.successResultOf(running), 3)
            self.assertIn(f"no datechat server on localhost, {where}: ", self.err.text)
            self.assertIn(f"twistd -n datechat --base-port {ports[0]}", self.err.text)
            self.assertEqual(len(self.err.lines()), 1)
            self.assertEqual(self.out.text, "")

    def run_connected(self, **settings):
        client = self.connect()
        self.patch(connect, "open_endpoint", lambda endpoint, clock, timeout: succeed(client))
        running = self.run_talk(target=Target(endpoint="tcp:127.0.0.1:50000"), **settings)
        self.pump.flush()
        return client, running

    def test_it_hangs_up_when_all_is_said(self):
        client, running = self.run_connected(message="/date")
        self.assertEqual(self.successResultOf(running), 0)
        self.assertEqual(self.out.lines(), [NOW])
        self.successResultOf(client.when_closed())

    def test_a_reply_that_cannot_be_written(self):
        self.out = Output(broken=True)
        client, running = self.run_connected(message="/date")
        self.assertEqual(self.successResultOf(running), 1)
        self.assertEqual(self.err.text, "datechat: cannot read or write: Broken pipe\n")
        self.successResultOf(client.when_closed())

    def test_a_server_that_leaves(self):
        client = self.connect()
        self.patch(connect, "open_endpoint", lambda endpoint, clock, timeout: succeed(client))
        self.factory.shut_down(1.0)
        self.factory.scheduler.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.pump.flush()
        running = self.run_talk(target=Target(endpoint="tcp:127.0.0.1:50000"), message="/date")
        self.assertEqual(self.successResultOf(running), 3)
        self.assertEqual(self.err.text, "datechat: datechat is stopping; please connect again later\n")

    def test_where_is_told_as_nc_takes_it(self):
        _, running = self.run_connected(where=True)
        self.assertEqual(self.successResultOf(running), 0)
        self.assertEqual(self.out.lines(), ["127.0.0.1 50000"])

    def test_in_the_persons_language(self):
        reactor = MemoryReactorClock()
        running = self.run_talk(reactor, locale="fr_FR.UTF-8", timeout=1.0)
        reactor.advance(2)
        self.assertEqual(self.successResultOf(running), STATUS_NO_SERVER)
        self.assertIn("pas de serveur datechat sur localhost, ports 50000 à 50001", self.err.text)

    def test_being_stopped_is_none(self):
        self.patch(connect, "open_endpoint", lambda endpoint, clock, timeout: Deferred())
        running = self.run_talk(target=Target(endpoint="tcp:127.0.0.1:50000"))
        running.cancel()
        self.failureResultOf(running, CancelledError)
        self.assertEqual(self.err.text, "")

    def test_an_unexpected_failure_is_a_sentence_too(self):
        self.patch(connect, "open_endpoint", lambda endpoint, clock, timeout: 1 // 0)
        running = self.run_talk(target=Target(endpoint="tcp:127.0.0.1:50000"))
        self.assertEqual(self.successResultOf(running), 1)
        self.assertRegex(
            self.err.text, r"^datechat: the client failed on what it does not know: ZeroDivisionError: .*\n$"
        )
