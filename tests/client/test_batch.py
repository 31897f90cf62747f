import json

from twisted.internet.defer import Deferred

from tests.client_fakes import Input, TalkTestCase, make_settings
from tests.helpers import NOW
from twisted_date.cli.options import WrongSettings
from twisted_date.client.batch import PIPELINE_DEPTH, Batch
from twisted_date.client.errors import ConnectionClosed
from twisted_date.client.terminal.streams import Streams

CONNECTED = "You are connected. /help lists the commands."
GOODBYE = "Goodbye. The connection is closed."


class AskTestCase(TalkTestCase):
    colours = False

    def start(self, *lines, **settings):
        """A conversation; fires with its status."""
        client = self.connect()
        self.input = Input(*lines)
        streams = Streams(self.input, self.out, self.err, False, self.colours)
        talking = Deferred.fromCoroutine(Batch(client, make_settings(**settings), streams).run())
        self.pump.flush()
        return talking


class IntroductionTests(AskTestCase):
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


class MessageTests(AskTestCase):
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


class LineTests(AskTestCase):
    def test_each_line_is_asked(self):
        self.assert_talked(self.start("hello", "/date", ""), CONNECTED, NOW, CONNECTED)

    def test_no_line_at_all(self):
        self.assert_talked(self.start())

    def test_nothing_is_asked_behind_the_farewell(self):
        self.assert_talked(self.start("au revoir", "/date"), GOODBYE)

    def test_one_error_is_the_status_of_all(self):
        self.assertEqual(self.successResultOf(self.start("/dat", "/date")), 1)

    def test_json_on_and_off_are_for_the_eyes(self):
        self.successResultOf(self.start("/json", "/date", "/json off", "/date", "/json maybe", "au revoir"))
        self.assertEqual([line.startswith("{") for line in self.out.lines()], [True, True] + [False] * 4)
        self.assertEqual(self.out.lines()[-1], GOODBYE)

    def test_what_looks_like_it_is_not(self):
        self.assert_talked(self.start(" /json off", " /json"), CONNECTED, CONNECTED)

    def test_many_are_asked_before_the_first_is_answered(self):
        count = 3 * PIPELINE_DEPTH
        talking = self.start(*["/version"] * count, "au revoir", "/date")
        for _ in range(10):
            self.pump.flush()
        self.assertEqual(self.successResultOf(talking), 0)
        self.assertEqual(len(self.out.lines()), count + 1)
        self.assertEqual(self.out.lines()[-1], GOODBYE)

    def test_a_server_that_leaves_is_the_end(self):
        client = self.connect()
        streams = Streams(Input("/date", "/date"), self.out, self.err, False)
        talking = Deferred.fromCoroutine(Batch(client, make_settings(), streams).run())
        self.factory.abort_all()
        self.pump.flush()
        self.failureResultOf(talking, ConnectionClosed)
        self.assertEqual(self.flushLoggedErrors(), [])


class ColourTests(AskTestCase):
    colours = True

    def test_errors_are_red(self):
        self.start("/date", "/foo")
        self.assertEqual(
            self.out.lines(), [NOW, "\x1b[31merror: /foo is not a command; /help lists them\x1b[0m"]
        )
