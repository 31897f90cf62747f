from twisted.internet.defer import Deferred, fail, succeed

from tests.client_fakes import Input, TalkTestCase, make_settings
from tests.helpers import NOW, make_defaults
from twisted_date.client.errors import CannotConnect
from twisted_date.client.interactive import RECONNECT_DELAYS, Interactive
from twisted_date.client.terminal.history import History
from twisted_date.client.terminal.prompts import PlainPrompter
from twisted_date.client.terminal.streams import Streams
from twisted_date.server.factory import QUIET_PERIOD, DateFactory
from twisted_date.server.limits import Limits

CONNECTED = "You are connected. /help lists the commands."


class Names(History):
    """Remembers in memory."""

    def __init__(self):
        super().__init__(None)
        self.last = ""

    def name(self):
        return self.last

    def save_name(self, name):
        self.last = name


class DialogueTestCase(TalkTestCase):
    def setUp(self):
        super().setUp()
        self.history = Names()
        self.again = []

    def start(self, *lines, ends=True, **settings):
        """A conversation; fires with its status."""
        client = self.connect()
        self.input = Input(*lines, ends=ends)
        streams = Streams(self.input, self.out, self.err, True)
        self.prompter = PlainPrompter(self.input, self.err)
        dialogue = Interactive(
            client,
            make_settings(**settings),
            streams,
            self.prompter,
            self.history,
            self.reconnect,
            self.clock,
        )
        talking = Deferred.fromCoroutine(dialogue.run())
        self.addCleanup(self.leave, talking)
        self.pump.flush()
        return talking

    def leave(self, talking):
        talking.addErrback(lambda _: None).cancel()
        self.clock.advance(10)
        self.pump.flush()

    def reconnect(self):
        self.again.append(self.clock.seconds())
        return self.reached()

    def reached(self):
        return succeed(self.connect())

    def wait(self, seconds):
        self.clock.advance(seconds)
        self.pump.flush()

    def type(self, line):
        waiting, self.input.waiting = self.input.waiting, None
        waiting.callback(line)
        self.pump.flush()

    def stop_server(self):
        self.factory.shut_down(1.0)
        self.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.pump.flush()
        self.factory = DateFactory(make_defaults(), self.clock)


class DialogueTests(DialogueTestCase):
    def test_the_first_name_then_the_conversation(self):
        talking = self.start(ends=False)
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
        self.assertEqual(self.again, [])

    def test_the_last_name_is_the_default(self):
        self.history.last = "Zoë"
        self.start("", "au revoir")
        self.assertIn("Your first name (Zoë): ", self.err.text)
        self.assertEqual(self.out.lines()[0], "Hello, Zoë. You are connected.")
        self.start("Alice", "au revoir")
        self.assertEqual(self.history.last, "Alice")

    def test_a_name_that_is_refused_is_not_kept(self):
        self.start("x" * 100)
        self.assertEqual(self.history.last, "")

    def test_several_lines_can_be_pasted(self):
        self.assert_talked(
            self.start("Zoë\nB.", "/date\nhello\nau revoir\n/date"),
            "Hello, Zoë B.. You are connected.",
            NOW,
            "You are connected, Zoë B.. /help lists the commands.",
            "Goodbye, Zoë B.. The connection is closed.",
        )

    def test_a_command_is_no_name(self):
        self.assert_talked(self.start("/quit"), "Goodbye. The connection is closed.")
        self.assertEqual(self.history.last, "")

    def test_no_name_is_a_choice(self):
        self.assert_talked(self.start("", "hello"), CONNECTED)

    def test_a_name_on_the_command_line_is_not_asked_for(self):
        self.start("hello", name="Zoë")
        self.assertNotIn("first name", self.err.text)
        self.assertEqual(self.out.lines(), ["You are connected, Zoë. /help lists the commands."])

    def test_the_end_of_the_input_leaves(self):
        for typed in ((), ("Alice",)):
            self.setUp()
            self.assertEqual(self.successResultOf(self.start(*typed)), 0)
            self.assertTrue(self.err.text.endswith(("name: \n", "> \n")))
            self.assertEqual(self.err.text.count("> "), len(typed))

    def test_the_clients_own_sentences_have_a_language(self):
        self.start(language="fr")
        self.assertIn("/help donne la liste des commandes.\nVotre prénom\N{NO-BREAK SPACE}: ", self.err.text)

    def test_the_prompter_learns_the_commands(self):
        told = {}
        self.patch(
            PlainPrompter,
            "set_completions",
            lambda prompter, commands, hint: told.update(commands, hint=hint),
        )
        self.start("", "/lang fr", "au revoir")
        self.assertIn("/date", told)
        self.assertTrue(told["/until"].text.startswith("/until QUAND"))
        self.assertIn("+iso", told["/date"].fields["choices"])
        self.assertIn("Ctrl-D quitte", told["hint"])


class LostTests(DialogueTestCase):
    def test_it_is_said_at_once_and_connected_again(self):
        talking = self.start("Alice", "/zone Tokyo", "/lang fr", ends=False)
        self.stop_server()
        self.assertIn("> \ndatechat: datechat s’arrête", self.err.text)
        self.assertEqual(self.again, [])
        self.wait(RECONNECT_DELAYS[0])
        self.assertEqual(len(self.again), 1)
        self.assertTrue(self.err.text.endswith("> "))
        self.type("/date")
        self.type("bonjour")
        self.assertEqual(
            self.out.lines()[-2:],
            [
                "2026-12-26T03:00:00+09:00",
                "La connexion est établie, Alice. /help donne la liste des commandes.",
            ],
        )
        self.assertNoResult(talking)

    def test_the_waits_grow(self):
        self.start("Alice", ends=False)
        self.reached = lambda: fail(CannotConnect("refused"))
        self.stop_server()
        begin = self.clock.seconds()
        for wait in (*RECONNECT_DELAYS, RECONNECT_DELAYS[-1]):
            self.wait(wait)
        tried = [round(time - begin, 3) for time in self.again]
        self.assertEqual(
            tried,
            [
                round(sum((*RECONNECT_DELAYS, RECONNECT_DELAYS[-1])[: n + 1]), 3)
                for n in range(len(RECONNECT_DELAYS) + 1)
            ],
        )
        self.assertEqual(self.err.text.count("connecting again"), 1)

    def test_what_was_not_answered_is_not_asked_again(self):
        self.start("Alice", ends=False)
        self.factory.abort_all()
        self.type("/version")
        self.wait(RECONNECT_DELAYS[0])
        self.assertEqual(len(self.again), 1)
        self.assertEqual(self.out.lines(), ["Hello, Alice. You are connected."])
        self.assertTrue(self.err.text.endswith("/version\n> "))
        self.type("/version")
        self.assertIn("datechat ", self.out.lines()[-1])

    def test_one_that_was_idle_can_wait_until_somebody_types(self):
        self.factory = DateFactory(make_defaults(), self.clock, Limits(idle=600))
        talking = self.start("Alice", ends=False)
        self.clock.pump([600, 1])
        self.pump.flush()
        self.assertIn("as nothing was asked for long", self.err.text)
        self.clock.pump([1000] * 3)
        self.assertEqual(self.again, [])
        self.type("/date")
        self.assertEqual(len(self.again), 1)
        self.assertEqual(self.out.lines()[-1], NOW)
        self.assertNoResult(talking)

    def test_a_farewell_is_no_loss(self):
        talking = self.start("", "au revoir", ends=False)
        self.wait(100)
        self.assertEqual(self.successResultOf(talking), 0)
        self.assertEqual(self.again, [])

    def test_leaving_while_it_connects_ends_the_line(self):
        talking = self.start("Alice", ends=False)
        self.stop_server()
        talking.cancel()
        self.failureResultOf(talking)
        self.assertTrue(self.err.text.endswith("leaves\n\n"))
        self.assertEqual(
            [call for call in self.clock.getDelayedCalls() if call.getTime() < self.clock.seconds() + 30], []
        )
