from twisted.internet.defer import Deferred, fail, succeed

from tests.client_fakes import ClientTestCase, Input, make_settings
from tests.helpers import NOW, make_defaults
from twisted_date.client.errors import CannotConnect
from twisted_date.client.interactive import RECONNECT_DELAYS, Interactive
from twisted_date.client.terminal.history import History
from twisted_date.client.terminal.prompts import PlainPrompter
from twisted_date.client.terminal.streams import Streams
from twisted_date.conversation.commands import COMMANDS
from twisted_date.server.factory import QUIET_PERIOD, DateFactory
from twisted_date.server.limits import Limits

CONNECTED = "You are connected. /help lists the commands."


class MemoryHistory(History):
    """Stores the name in memory."""

    def __init__(self):
        super().__init__(None)
        self.last = ""

    def name(self):
        return self.last

    def save_name(self, name):
        self.last = name


class InteractiveTestCase(ClientTestCase):
    def setUp(self):
        super().setUp()
        self.history = MemoryHistory()
        self.reconnected = []

    columns = None

    def start(self, *lines, ends=True, **settings):
        """Start a conversation; fires with its exit status."""
        client = self.connect()
        self.input = Input(*lines, ends=ends)
        streams = Streams(self.input, self.out, self.err, True, columns=lambda: self.columns)
        self.prompter = PlainPrompter(self.input, self.err)
        interactive = Interactive(
            client,
            make_settings(**settings),
            streams,
            self.prompter,
            self.history,
            self.reconnect,
            self.clock,
        )
        conversation = Deferred.fromCoroutine(interactive.run())
        self.addCleanup(self.leave, conversation)
        self.pump.flush()
        return conversation

    def leave(self, conversation):
        conversation.addErrback(lambda _: None).cancel()
        self.clock.advance(10)
        self.pump.flush()

    def reconnect(self):
        self.reconnected.append(self.clock.seconds())
        return self.new_connection()

    def new_connection(self):
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


class InteractiveTests(InteractiveTestCase):
    def test_first_name_is_asked_before_messages(self):
        conversation = self.start(ends=False)
        self.assertIn("at 127.0.0.1:50000", self.err.text)
        self.assertTrue(self.err.text.endswith("Your first name: "))
        self.type("Alice")
        self.assertTrue(self.err.text.endswith("> "))
        self.type("/date")
        self.assertNoResult(conversation)
        self.type("Au revoir !")
        self.assert_output(
            conversation, "Hello, Alice. You are connected.", NOW, "Goodbye, Alice. The connection is closed."
        )
        self.assertEqual(self.reconnected, [])

    def test_other_words_for_leaving_end_it_too(self):
        for word in ("exit", "Quit", " bye "):
            conversation = self.start("", word, "/date")
            self.assertEqual(self.successResultOf(conversation), 0)
            self.assertEqual(self.out.lines()[-1], "Goodbye. The connection is closed.")

    def test_help_is_a_table_on_a_terminal(self):
        self.columns = 80
        self.start("", "/help", "/help /zone", "au revoir")
        lines = self.out.lines()
        begins = [line.split()[0] for line in lines if line.startswith("/")]
        self.assertEqual(begins[: len(COMMANDS)], list(COMMANDS))
        width = max(len(command.usage) for command in COMMANDS.values())
        self.assertIn(f"{'/version':{width}}  the server's name and version", lines)
        self.assertIn("/zone [PLACE]: the zone in which dates are told; sets it", lines)

    def test_stored_name_is_the_default(self):
        self.history.last = "Zoë"
        self.start("", "au revoir")
        self.assertIn("Your first name (Zoë): ", self.err.text)
        self.assertEqual(self.out.lines()[0], "Hello, Zoë. You are connected.")
        self.start("Alice", "au revoir")
        self.assertEqual(self.history.last, "Alice")

    def test_rejected_name_is_not_stored(self):
        self.start("x" * 100)
        self.assertEqual(self.history.last, "")

    def test_pasted_lines_are_sent_one_by_one(self):
        self.assert_output(
            self.start("Zoë\nB.", "/date\nhello\nau revoir\n/date"),
            "Hello, Zoë B.. You are connected.",
            NOW,
            "You are connected, Zoë B.. /help lists the commands.",
            "Goodbye, Zoë B.. The connection is closed.",
        )

    def test_line_feed_at_the_end_of_what_is_pasted_is_no_message(self):
        self.assert_output(self.start("", "/date\n", "/zone\n"), NOW, "The zone is Europe/Paris.")

    def test_command_in_place_of_a_name_is_sent(self):
        self.assert_output(self.start("/quit"), "Goodbye. The connection is closed.")
        self.assertEqual(self.history.last, "")

    def test_name_can_be_left_empty(self):
        self.assert_output(self.start("", "hello"), CONNECTED)

    def test_name_option_skips_the_question(self):
        self.start("hello", name="Zoë")
        self.assertNotIn("first name", self.err.text)
        self.assertEqual(self.out.lines(), ["You are connected, Zoë. /help lists the commands."])

    def test_end_of_input_ends_the_conversation(self):
        for typed in ((), ("Alice",)):
            self.setUp()
            self.assertEqual(self.successResultOf(self.start(*typed)), 0)
            self.assertTrue(self.err.text.endswith(("name: \n", "> \n")))
            self.assertEqual(self.err.text.count("> "), len(typed))

    def test_clients_own_sentences_are_translated(self):
        self.start(language="fr")
        self.assertIn("/help donne la liste des commandes.\nVotre prénom\N{NO-BREAK SPACE}: ", self.err.text)

    def test_prompter_gets_the_commands_in_the_sessions_language(self):
        completions = {}
        self.patch(
            PlainPrompter,
            "set_completions",
            lambda prompter, commands, hint: completions.update(commands, hint=hint),
        )
        self.start("", "/lang fr", "au revoir")
        self.assertIn("/date", completions)
        self.assertTrue(completions["/until"].text.startswith("/until QUAND"))
        self.assertIn("+iso", completions["/date"].fields["choices"])
        self.assertIn("Ctrl-D quitte", completions["hint"])


class ReconnectTests(InteractiveTestCase):
    def test_lost_connection_is_reported_and_restored(self):
        conversation = self.start("Alice", "/zone Tokyo", "/lang fr", ends=False)
        self.stop_server()
        self.assertIn("> \ndatechat: datechat s’arrête", self.err.text)
        self.assertEqual(self.reconnected, [])
        self.wait(RECONNECT_DELAYS[0])
        self.assertEqual(len(self.reconnected), 1)
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
        self.assertNoResult(conversation)

    def test_reconnect_delays_grow(self):
        self.start("Alice", ends=False)
        self.new_connection = lambda: fail(CannotConnect("refused"))
        self.stop_server()
        lost_at = self.clock.seconds()
        for delay in (*RECONNECT_DELAYS, RECONNECT_DELAYS[-1]):
            self.wait(delay)
        attempts = [round(time - lost_at, 3) for time in self.reconnected]
        self.assertEqual(
            attempts,
            [
                round(sum((*RECONNECT_DELAYS, RECONNECT_DELAYS[-1])[: n + 1]), 3)
                for n in range(len(RECONNECT_DELAYS) + 1)
            ],
        )
        self.assertEqual(self.err.text.count("connecting again"), 1)

    def test_unanswered_message_is_not_sent_again(self):
        self.start("Alice", ends=False)
        self.factory.abort_all()
        self.type("/version")
        self.wait(RECONNECT_DELAYS[0])
        self.assertEqual(len(self.reconnected), 1)
        self.assertEqual(self.out.lines(), ["Hello, Alice. You are connected."])
        self.assertTrue(self.err.text.endswith("/version\n> "))
        self.type("/version")
        self.assertIn("datechat ", self.out.lines()[-1])

    def test_idle_connection_reopens_with_the_next_message(self):
        self.factory = DateFactory(make_defaults(), self.clock, Limits(idle=600))
        conversation = self.start("Alice", ends=False)
        self.clock.pump([600, 1])
        self.pump.flush()
        self.assertIn("as nothing was asked for long", self.err.text)
        self.clock.pump([1000] * 3)
        self.assertEqual(self.reconnected, [])
        self.type("/date")
        self.assertEqual(len(self.reconnected), 1)
        self.assertEqual(self.out.lines()[-1], NOW)
        self.assertNoResult(conversation)

    def test_farewell_does_not_reconnect(self):
        conversation = self.start("", "au revoir", ends=False)
        self.wait(100)
        self.assertEqual(self.successResultOf(conversation), 0)
        self.assertEqual(self.reconnected, [])

    def test_leaving_while_reconnecting_ends_the_line(self):
        conversation = self.start("Alice", ends=False)
        self.stop_server()
        conversation.cancel()
        self.failureResultOf(conversation)
        self.assertTrue(self.err.text.endswith("leaves\n\n"))
        self.assertEqual(
            [call for call in self.clock.getDelayedCalls() if call.getTime() < self.clock.seconds() + 30], []
        )
