import json

from twisted.internet.defer import Deferred

from tests.client_fakes import ClientTestCase, Input, make_settings
from tests.helpers import NOW
from twisted_date.cli.options import WrongSettings
from twisted_date.client.batch import PIPELINE_DEPTH, Batch
from twisted_date.client.errors import ConnectionClosed
from twisted_date.client.terminal.streams import Streams

CONNECTED = "You are connected. /help lists the commands."
GOODBYE = "Goodbye. The connection is closed."


class BatchTestCase(ClientTestCase):
    colours = False
    columns = None

    def start(self, *lines, **settings):
        """Start a conversation; fires with its exit status."""
        client = self.connect()
        self.input = Input(*lines)
        streams = Streams(self.input, self.out, self.err, False, self.colours, lambda: self.columns)
        conversation = Deferred.fromCoroutine(Batch(client, make_settings(**settings), streams).run())
        self.pump.flush()
        return conversation


class SettingsTests(BatchTestCase):
    def test_zone_and_language_are_sent_first(self):
        self.assert_output(self.start(message="/date", zone="Tokyo"), "2026-12-26T03:00:00+09:00")
        self.assert_output(
            self.start(message="/until 20:00", language="fr"), "2026-12-26T03:00:00+09:00", "dans 1 heure"
        )
        self.assertEqual(self.err.text, "")

    def test_locale_sets_the_language(self):
        self.assert_output(self.start(message="/until 20:00", locale="fr_FR.UTF-8"), "dans 1 heure")

    def test_locale_prefers_no_towns_but_the_language_option_does(self):
        for settings, offset in (
            ({"locale": "fr_FR"}, "+03:00"),
            ({"locale": "fr_FR.ISO-8859-1"}, "+03:00"),
            ({"locale": "fr_FR.UTF-8", "language": "fr"}, "+01:00"),
        ):
            self.out.text = ""
            self.assert_output(self.start(message="/date 19:00 in Brest +%:z", **settings), offset)

    def test_language_option_overrides_the_locale(self):
        self.assert_output(self.start(message="/until 20:00", locale="fr_FR", language="en"), "in 1 hour")

    def test_unknown_options_are_errors_but_an_unknown_locale_is_not(self):
        self.assert_output(self.start(message="/until 20:00", locale="xx_XX"), "in 1 hour")
        failure = self.failureResultOf(self.start(message="/date", language="xx"), WrongSettings)
        self.assertIn("--lang: xx is not a language", str(failure.value))
        failure = self.failureResultOf(self.start(message="/date", zone="USA"), WrongSettings)
        self.assertIn("--zone: USA may mean several places", str(failure.value))


class MessageTests(BatchTestCase):
    def test_message_gets_its_reply(self):
        self.assert_output(self.start(message="/date"), NOW)
        self.assertEqual(self.err.text, "")

    def test_input_is_not_read(self):
        self.start("more", message="/date")
        self.assertEqual(self.input.lines, ["more"])

    def test_error_reply_sets_the_status(self):
        self.assert_output(
            self.start(message="/dat"), "error: /dat is not a command; did you mean /date?", status=1
        )

    def test_reply_can_be_json(self):
        self.assertEqual(self.successResultOf(self.start(message="/date", json=True)), 0)
        self.assertEqual(json.loads(self.out.text)["unix"], 1798221600)

    def test_name_is_sent_first(self):
        self.assert_output(
            self.start(message="hello", name="Zoë"), "You are connected, Zoë. /help lists the commands."
        )

    def test_rejected_name_stops_before_the_message(self):
        error = self.failureResultOf(self.start(message="hello", name="x" * 100), WrongSettings).value
        self.assertEqual(str(error), "--name: the name is too long; 64 characters are the most")
        self.assertEqual(self.out.text, "")


class LineTests(BatchTestCase):
    def test_each_line_is_a_message(self):
        self.assert_output(self.start("hello", "/date", ""), CONNECTED, NOW, CONNECTED)

    def test_empty_input_prints_nothing(self):
        self.assert_output(self.start())

    def test_farewell_is_the_last_message(self):
        self.assert_output(self.start("au revoir", "/date"), GOODBYE)

    def test_one_error_sets_the_status(self):
        self.assertEqual(self.successResultOf(self.start("/dat", "/date")), 1)

    def test_json_command_switches_the_output(self):
        self.successResultOf(self.start("/json", "/date", "/json off", "/date", "/json maybe", "au revoir"))
        self.assertEqual([line.startswith("{") for line in self.out.lines()], [True, True] + [False] * 4)
        self.assertEqual(self.out.lines()[-1], GOODBYE)

    def test_indented_json_command_is_plain_text(self):
        self.assert_output(self.start(" /json off", " /json"), CONNECTED, CONNECTED)

    def test_many_lines_are_pipelined(self):
        count = 3 * PIPELINE_DEPTH
        conversation = self.start(*["/version"] * count, "au revoir", "/date")
        for _ in range(10):
            self.pump.flush()
        self.assertEqual(self.successResultOf(conversation), 0)
        self.assertEqual(len(self.out.lines()), count + 1)
        self.assertEqual(self.out.lines()[-1], GOODBYE)

    def test_lost_server_ends_the_conversation(self):
        client = self.connect()
        streams = Streams(Input("/date", "/date"), self.out, self.err, False)
        conversation = Deferred.fromCoroutine(Batch(client, make_settings(), streams).run())
        self.factory.abort_all()
        self.pump.flush()
        self.failureResultOf(conversation, ConnectionClosed)
        self.assertEqual(self.flushLoggedErrors(), [])


class ColourTests(BatchTestCase):
    colours = True

    def test_errors_are_red(self):
        self.start("/date", "/foo")
        self.assertEqual(
            self.out.lines(), [NOW, "\x1b[31merror: /foo is not a command; /help lists them\x1b[0m"]
        )


class TerminalTests(BatchTestCase):
    colours = True
    columns = 40

    def test_date_is_told_in_words_too(self):
        there = "/date 26 december 15:00 in Tokyo"
        self.start("/date", there, "/date in Tokyo +%H", "/date @0 in Tokyo, Rome")
        self.assertEqual(
            self.out.lines(),
            [
                NOW,
                "\x1b[2mFriday 25 December 2026, 19:00\x1b[0m",
                "2026-12-26T15:00:00+09:00",
                "\x1b[2mSaturday 26 December 2026, 15:00 in",
                "Tokyo · in 12 hours · 07:00 here\x1b[0m",
                "03",
                "Tokyo 1970-01-01T09:00:00+09:00, Rome",
                "1970-01-01T01:00:00+01:00",
            ],
        )

    def test_errors_are_in_the_language_and_wrapped_between_words(self):
        self.start("/foo", language="fr")
        text = "".join(self.out.lines())
        self.assertTrue(text.startswith("\x1b[31merreur\xa0: /foo"), text)
        self.assertTrue(all(len(line) <= 45 for line in self.out.lines()))

    def test_json_is_as_it_comes(self):
        self.start("/date", json=True)
        self.assertEqual(len(self.out.lines()), 1)
