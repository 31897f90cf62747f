import json

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.test.iosim import FakeTransport, connect as connect_in_memory
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, make_session
from twisted_date import talk
from twisted_date.network.client import DateClient
from twisted_date.network.server import LULL, DateFactory
from twisted_date.talk import Settings, Streams, Talk, WrongSettings, run

CONNECTED = "You are connected. /help lists the commands."
GOODBYE = "Goodbye. The connection is closed."


def make_settings(**changes):
    return Settings(
        **{
            "host": "localhost",
            "ports": range(50000, 50002),
            "endpoint": None,
            "where": False,
            "name": None,
            "json": False,
            "timeout": 10.0,
            "message": None,
            **changes,
        }
    )


class Input:
    """Lines that are there, or that a test gives later."""

    def __init__(self, *lines, ends=True):
        self.lines = list(lines)
        self.ends = ends
        self.waiting = None

    def next(self):
        if self.lines:
            return succeed(self.lines.pop(0))
        if self.ends:
            return succeed(None)
        self.waiting = Deferred()
        return self.waiting


class Output:
    """Keeps what is written; breaks when it is told to."""

    def __init__(self, broken=False):
        self.text = ""
        self.broken = broken

    def write(self, text):
        if self.broken:
            raise BrokenPipeError(32, "Broken pipe")
        self.text += text

    def lines(self):
        return self.text.splitlines()


class TalkTestCase(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.out, self.err = Output(), Output()

    def connect(self):
        """A client that is connected to a server in memory."""
        self.factory = DateFactory(make_session, self.clock)
        server, client = self.factory.buildProtocol(None), DateClient(self.clock)
        here, there = IPv4Address("TCP", "127.0.0.1", 40000), IPv4Address("TCP", "127.0.0.1", 50000)
        self.pump = connect_in_memory(
            server,
            FakeTransport(server, isServer=True, hostAddress=there, peerAddress=here),
            client,
            FakeTransport(client, isServer=False, hostAddress=here, peerAddress=there),
        )
        introduced = Deferred.fromCoroutine(client.introduce())
        self.pump.flush()
        self.successResultOf(introduced)
        return client

    def start(self, *lines, interactive=False, ends=True, **settings):
        """A conversation; fires with its status."""
        client = self.connect()
        self.input = Input(*lines, ends=ends)
        streams = Streams(self.input, self.out, self.err, interactive)
        talking = Deferred.fromCoroutine(Talk(client, make_settings(**settings), streams).run())
        self.pump.flush()
        return talking

    def assert_talked(self, talking, *lines, status=0):
        self.assertEqual(self.successResultOf(talking), status)
        self.assertEqual(self.out.lines(), list(lines))


class IntroductionTests(TalkTestCase):
    def test_zone_and_language(self):
        self.assert_talked(self.start(message="/date", zone="Tokyo"), "2026-12-26T03:00:00+09:00")
        self.assert_talked(
            self.start(message="/until 20:00", language="fr"), "2026-12-26T03:00:00+09:00", "dans 1 heure"
        )
        self.assertEqual(self.err.text, "")

    def test_the_language_of_the_environment(self):
        self.assert_talked(self.start(message="/until 20:00", locale="fr_FR.UTF-8"), "dans 1 heure")

    def test_an_option_is_stronger(self):
        self.assert_talked(self.start(message="/until 20:00", locale="fr_FR", language="en"), "in 1 hour")

    def test_one_that_the_server_does_not_know(self):
        self.assert_talked(self.start(message="/until 20:00", locale="xx_XX"), "in 1 hour")
        failure = self.failureResultOf(self.start(message="/date", language="xx"), WrongSettings)
        self.assertIn("--lang: xx is not a language", str(failure.value))
        failure = self.failureResultOf(self.start(message="/date", zone="USA"), WrongSettings)
        self.assertIn("--zone: USA may mean several places", str(failure.value))


class LanguageTests(TalkTestCase):
    def test_the_clients_own_sentences(self):
        self.start(interactive=True, language="fr")
        self.assertIn("/help donne la liste des commandes.\nVotre prénom\N{NO-BREAK SPACE}: ", self.err.text)

    def test_what_went_wrong(self):
        reactor = MemoryReactorClock()
        running = Deferred.fromCoroutine(
            run(
                reactor,
                make_settings(locale="fr_FR.UTF-8", timeout=1.0),
                Streams(Input(), self.out, self.err, False),
            )
        )
        reactor.advance(2)
        self.assertEqual(self.successResultOf(running), talk.STATUS_NO_SERVER)
        self.assertIn("pas de serveur datechat sur localhost, ports 50000 à 50001", self.err.text)


class MessageTests(TalkTestCase):
    def test_one_is_asked_and_answered(self):
        self.assert_talked(self.start(message="/date"), NOW)
        self.assertEqual(self.err.text, "")

    def test_the_input_is_left_alone(self):
        self.start("more", message="/date")
        self.assertEqual(self.input.lines, ["more"])

    def test_an_error_is_a_status(self):
        self.assert_talked(
            self.start(message="/dat"), "error: /dat is not a command; did you mean /date?", status=1
        )

    def test_in_json(self):
        self.assertEqual(self.successResultOf(self.start(message="/date", json=True)), 0)
        self.assertEqual(json.loads(self.out.text)["unix"], 1798221600)

    def test_with_a_name(self):
        self.assert_talked(
            self.start(message="hello", name="Zoë"), "You are connected, Zoë. /help lists the commands."
        )

    def test_with_a_name_that_is_refused_nothing_is_asked(self):
        error = self.failureResultOf(self.start(message="hello", name="x" * 100), WrongSettings).value
        self.assertEqual(str(error), "--name: the name is too long; 64 characters are the most")
        self.assertEqual(self.out.text, "")


class WhereTests(TalkTestCase):
    def test_it_is_told_as_nc_takes_it(self):
        self.assert_talked(self.start("never asked", where=True), "127.0.0.1 50000")


class LineTests(TalkTestCase):
    def test_each_line_is_asked(self):
        self.assert_talked(self.start("hello", "/date", ""), CONNECTED, NOW, CONNECTED)

    def test_no_line_at_all(self):
        self.assert_talked(self.start())

    def test_nothing_is_asked_behind_the_farewell(self):
        self.assert_talked(self.start("au revoir", "/date"), GOODBYE)
        self.assertEqual(self.input.lines, ["/date"])

    def test_one_error_is_the_status_of_all(self):
        self.assertEqual(self.successResultOf(self.start("/dat", "/date")), 1)

    def test_json_on_and_off_are_for_the_eyes(self):
        self.successResultOf(self.start("/json", "/date", "/json off", "/date", "/json maybe", "au revoir"))
        self.assertEqual([line.startswith("{") for line in self.out.lines()], [True, True] + [False] * 4)
        self.assertEqual(self.out.lines()[-1], GOODBYE)

    def test_what_looks_like_it_is_not(self):
        self.assert_talked(self.start(" /json off", " /json"), CONNECTED, CONNECTED)


class DialogueTests(TalkTestCase):
    def type(self, line):
        waiting, self.input.waiting = self.input.waiting, None
        waiting.callback(line)
        self.pump.flush()

    def test_the_first_name_then_the_conversation(self):
        talking = self.start(interactive=True, ends=False)
        self.assertIn("at 127.0.0.1:50000", self.err.text)
        self.assertTrue(self.err.text.endswith("Your first name: "))
        self.type("Alice")
        self.assertTrue(self.err.text.endswith("> "))
        self.type("/date")
        self.assertNoResult(talking)
        self.type("Au revoir !")
        self.assert_talked(
            talking, "Hello, Alice. You are connected.", NOW, "Goodbye, Alice. The connection is closed."
        )

    def test_no_name_is_a_choice(self):
        talking = self.start("", "hello", interactive=True)
        self.assert_talked(talking, CONNECTED)

    def test_a_name_on_the_command_line_is_not_asked_for(self):
        self.start("hello", interactive=True, name="Zoë")
        self.assertNotIn("first name", self.err.text)
        self.assertEqual(self.out.lines(), ["You are connected, Zoë. /help lists the commands."])

    def test_the_end_of_the_input_leaves(self):
        for typed in ((), ("Alice",)):
            self.setUp()
            self.assertEqual(self.successResultOf(self.start(*typed, interactive=True)), 0)
            self.assertTrue(self.err.text.endswith(("name: \n", "> \n")))
            self.assertEqual(self.err.text.count("> "), len(typed))

    def test_a_server_that_stops_is_told_at_the_prompt(self):
        talking = self.start("Alice", interactive=True, ends=False)
        self.factory.close_sessions(1.0)
        self.factory.clock.pump([LULL, LULL])
        self.pump.flush()
        error = self.failureResultOf(talking, talk.ServerError).value
        self.assertIn("datechat is stopping", str(error))
        self.assertTrue(self.err.text.endswith("> \n"))


class RunTests(TalkTestCase):
    """Everything around the conversation: what is said when it fails."""

    def run_talk(self, reactor=None, **settings):
        streams = Streams(Input(), self.out, self.err, False)
        return Deferred.fromCoroutine(
            run(reactor or MemoryReactorClock(), make_settings(**settings), streams)
        )

    def test_an_endpoint_that_is_none(self):
        self.assertEqual(self.successResultOf(self.run_talk(endpoint="nonsense:1")), 2)
        self.assertIn("datechat: --connect 'nonsense:1' is not an endpoint", self.err.text)

    def test_no_server(self):
        for ports, where in ((range(50000, 50002), "ports 50000 to 50001"), (range(9, 10), "port 9")):
            self.setUp()
            reactor = MemoryReactorClock()
            running = self.run_talk(reactor, ports=ports, host="localhost")
            reactor.advance(10.0)
            self.assertEqual(self.successResultOf(running), 3)
            self.assertIn(f"no datechat server on localhost, {where}: ", self.err.text)
            self.assertIn(f"twistd -n datechat --base-port {ports[0]}", self.err.text)
            self.assertEqual(len(self.err.lines()), 1)
            self.assertEqual(self.out.text, "")

    def run_connected(self, **settings):
        client = self.connect()
        self.patch(talk, "connect", lambda endpoint, clock, timeout: succeed(client))
        running = self.run_talk(endpoint="tcp:127.0.0.1:50000", **settings)
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
        self.patch(talk, "connect", lambda endpoint, clock, timeout: succeed(client))
        self.factory.close_sessions(1.0)
        self.factory.clock.pump([LULL, LULL])
        self.pump.flush()
        running = self.run_talk(endpoint="tcp:127.0.0.1:50000", message="/date")
        self.assertEqual(self.successResultOf(running), 3)
        self.assertEqual(self.err.text, "datechat: datechat is stopping; please connect again later\n")
