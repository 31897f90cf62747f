from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.client.terminal.completion import Wanted, hint, wanted
from twisted_date.conversation.replies import Reply

COMMANDS = {
    "/date": Reply("/date [WHEN]: the date", fields={"choices": ["+iso", "+rfc3339", "+rfc5322"]}),
    "/zone": Reply("/zone [PLACE]: the zone"),
    "/zones": Reply("/zones TEXT: places"),
    "/json": Reply("/json [on|off]: JSON", fields={"choices": ["on", "off"]}),
    "/odd": Reply("/odd: made elsewhere", fields={"choices": "x"}),
}


class WantedTests(SynchronousTestCase):
    def fitting(self, line):
        return wanted(line, COMMANDS).fitting()

    def test_commands(self):
        self.assertEqual(self.fitting("/"), list(COMMANDS))
        self.assertEqual(self.fitting("/Z"), ["/zone", "/zones"])
        self.assertEqual(self.fitting("/x"), [])
        self.assertEqual(self.fitting("bonjour"), [])

    def test_words_that_follow_one(self):
        self.assertEqual(self.fitting("/json o"), ["on", "off"])
        self.assertEqual(self.fitting("/date tomorrow +rfc"), ["+rfc3339", "+rfc5322"])
        self.assertEqual(self.fitting("/date +x"), [])
        self.assertEqual(self.fitting("/odd x"), [])

    def test_places(self):
        for line, text in (
            ("/zone new y", "new y"),
            ("/ZONES san", "san"),
            ("/date Tok", "Tok"),
            ("/date in Tok", "Tok"),
            ("/date 19:00 New York in Ber", "Ber"),
            ("/date demain 15h à san f", "san f"),
            ("/until 19:00 here in in San", "San"),
            ("/date midi au Jap", "Jap"),
            ("/zone in Tok", "in Tok"),
        ):
            self.assertEqual(wanted(line, COMMANDS), Wanted(text, is_place=True), line)

    def test_nothing_typed_is_no_place(self):
        self.assertFalse(wanted("/zone ", COMMANDS).is_place)
        self.assertFalse(wanted("/date in ", COMMANDS).is_place)

    @given(st.text(max_size=30))
    def test_any_line_ends_with_what_is_completed(self, line):
        self.assertTrue(line.endswith(wanted(line, COMMANDS).text))
        self.assertTrue(("/date " + line).endswith(wanted("/date " + line, COMMANDS).text))


class HintTests(SynchronousTestCase):
    def test_what_the_server_says_of_the_command(self):
        self.assertEqual(hint("/DATE tomorrow", COMMANDS), "/date [WHEN]: the date")

    def test_nothing_of_other_lines(self):
        for line in ("", " ", "bonjour", "/unknown"):
            self.assertIsNone(hint(line, COMMANDS))
