from dataclasses import replace

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.testing import MemoryReactorClock

from tests.client_fakes import ClientTestCase, Input, Output, make_settings
from tests.helpers import NOW
from twisted_date import __version__
from twisted_date.client import connect
from twisted_date.client.run import STATUS_NO_SERVER, run
from twisted_date.client.settings import Target
from twisted_date.client.terminal.streams import Streams
from twisted_date.conversation import commands, session
from twisted_date.conversation.errors import CommandError, ErrorKind
from twisted_date.server.factory import QUIET_PERIOD


class RunTests(ClientTestCase):
    """Connecting, exit statuses and error messages around a conversation."""

    def run_client(self, reactor=None, **settings):
        streams = Streams(Input("never asked"), self.out, self.err, False)
        return Deferred.fromCoroutine(
            run(reactor or MemoryReactorClock(), make_settings(**settings), streams)
        )

    def test_invalid_endpoint_is_a_usage_error(self):
        self.assertEqual(self.successResultOf(self.run_client(target=Target(endpoint="nonsense:1"))), 2)
        self.assertIn("datechat: --connect 'nonsense:1' is not an endpoint", self.err.text)

    def test_missing_server_is_one_sentence_and_status_3(self):
        for ports, where in ((range(50000, 50002), "ports 50000 to 50001"), (range(9, 10), "port 9")):
            self.setUp()
            reactor = MemoryReactorClock()
            running = self.run_client(reactor, target=Target("localhost", ports))
            reactor.advance(10.0)
            self.assertEqual(self.successResultOf(running), 3)
            self.assertIn(f"no datechat server on localhost, {where}: ", self.err.text)
            self.assertIn(f"twistd -n datechat --base-port {ports[0]}", self.err.text)
            self.assertEqual(len(self.err.lines()), 1)
            self.assertEqual(self.out.text, "")

    def run_connected(self, **settings):
        client = self.connect()
        self.patch(connect, "open_endpoint", lambda endpoint, clock, *options: succeed(client))
        running = self.run_client(target=Target(endpoint="tcp:127.0.0.1:50000"), **settings)
        self.pump.flush()
        return client, running

    def test_connection_is_closed_at_the_end(self):
        client, running = self.run_connected(message="/date")
        self.assertEqual(self.successResultOf(running), 0)
        self.assertEqual(self.out.lines(), [NOW])
        self.successResultOf(client.when_closed())

    def test_unwritable_reply_is_reported(self):
        self.out = Output(broken=True)
        client, running = self.run_connected(message="/date")
        self.assertEqual(self.successResultOf(running), 1)
        self.assertEqual(self.err.text, "datechat: cannot read or write: Broken pipe\n")
        self.successResultOf(client.when_closed())

    def test_stopping_server_is_reported(self):
        client = self.connect()
        self.patch(connect, "open_endpoint", lambda endpoint, clock, *options: succeed(client))
        self.factory.shut_down(1.0)
        self.factory.scheduler.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.pump.flush()
        running = self.run_client(target=Target(endpoint="tcp:127.0.0.1:50000"), message="/date")
        self.assertEqual(self.successResultOf(running), 3)
        self.assertEqual(self.err.text, "datechat: datechat is stopping; please connect again later\n")

    def test_where_option_prints_arguments_for_nc(self):
        _, running = self.run_connected(where=True)
        self.assertEqual(self.successResultOf(running), 0)
        self.assertEqual(self.out.lines(), ["127.0.0.1 50000"])

    def test_url_option_prints_the_address_for_a_browser(self):
        self.factory.defaults.urls[:] = ["http://[::1]:8080/", "http://127.0.0.1:8080/"]
        _, running = self.run_connected(url=True)
        self.assertEqual(self.successResultOf(running), 0)
        self.assertEqual(self.out.lines(), ["http://[::1]:8080/"])

    def test_url_option_fails_where_there_is_none(self):
        _, running = self.run_connected(url=True)
        self.assertEqual(self.successResultOf(running), 1)
        sentence = "the server has no address for a browser; --web gives it one"
        self.assertEqual(self.err.text, f"datechat: {sentence}\n")

    def test_check_option_prints_version_and_health(self):
        _, running = self.run_connected(check=True)
        self.assertEqual(self.successResultOf(running), 0)
        health = "Whether the clock is synchronised is not known; zone data of an unknown version."
        self.assertEqual(self.out.lines(), [f"datechat {__version__}: {health}"])

    def test_check_option_fails_where_there_is_no_health(self):
        def refuse(state, argument):
            raise CommandError(ErrorKind.UNKNOWN_COMMAND, command="/health")

        self.patch(commands, "COMMANDS", dict(commands.COMMANDS))
        commands.COMMANDS["/health"] = replace(commands.COMMANDS["/health"], run=refuse)
        self.patch(session, "COMMANDS", commands.COMMANDS)
        _, running = self.run_connected(check=True)
        self.assertEqual(self.successResultOf(running), 1)
        self.assertEqual(self.err.text, f"datechat: datechat {__version__} does not tell its health\n")

    def test_error_is_translated(self):
        reactor = MemoryReactorClock()
        running = self.run_client(reactor, locale="fr_FR.UTF-8", timeout=1.0)
        reactor.advance(2)
        self.assertEqual(self.successResultOf(running), STATUS_NO_SERVER)
        self.assertIn("pas de serveur datechat sur localhost, ports 50000 à 50001", self.err.text)

    def test_cancelling_prints_nothing(self):
        self.patch(connect, "open_endpoint", lambda endpoint, clock, *options: Deferred())
        running = self.run_client(target=Target(endpoint="tcp:127.0.0.1:50000"))
        running.cancel()
        self.failureResultOf(running, CancelledError)
        self.assertEqual(self.err.text, "")

    def test_unexpected_failure_is_a_sentence(self):
        self.patch(connect, "open_endpoint", lambda endpoint, clock, *options: 1 // 0)
        running = self.run_client(target=Target(endpoint="tcp:127.0.0.1:50000"))
        self.assertEqual(self.successResultOf(running), 1)
        self.assertRegex(
            self.err.text, r"^datechat: the client failed on what it does not know: ZeroDivisionError: .*\n$"
        )
