from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.client.terminal.completion import CompletionContext, completion_context, hint
from twisted_date.conversation.replies import Reply

COMMANDS = {
    "/date": Reply("/date [WHEN]: the date", fields={"choices": ["+iso", "+rfc3339", "+rfc5322"]}),
    "/zone": Reply("/zone [PLACE]: the zone"),
    "/zones": Reply("/zones TEXT: places"),
    "/json": Reply("/json [on|off]: JSON", fields={"choices": ["on", "off"]}),
    "/odd": Reply("/odd: made elsewhere", fields={"choices": "x"}),
}


class WantedTests(SynchronousTestCase):
    def matching(self, line):
        return completion_context(line, COMMANDS).matching()

    def test_commands_complete_by_prefix(self):
        self.assertEqual(self.matching("/"), list(COMMANDS))
        self.assertEqual(self.matching("/Z"), ["/zone", "/zones"])
        self.assertEqual(self.matching("/x"), [])
        self.assertEqual(self.matching("bonjour"), [])

    def test_arguments_of_a_command_complete(self):
        self.assertEqual(self.matching("/json o"), ["on", "off"])
        self.assertEqual(self.matching("/date tomorrow +rfc"), ["+rfc3339", "+rfc5322"])
        self.assertEqual(self.matching("/date +x"), [])
        self.assertEqual(self.matching("/odd x"), [])

    def test_words_of_moments_complete_beside_places(self):
        for line, choice in (
            ("/date tomor", "tomorrow"),
            ("/date next fri", "friday"),
            ("/between now and chr", "christmas"),
            ("/date ven", "vendredi"),
        ):
            self.assertEqual(self.matching(line), [choice])
        self.assertTrue(completion_context("/date mo", COMMANDS).is_place)
        self.assertFalse(completion_context("/date next mo", COMMANDS).is_place)

    def test_places_complete_after_commands_and_prepositions(self):
        for line, text in (
            ("/zone new y", "new y"),
            ("/ZONES san", "san"),
            ("/date Tok", "Tok"),
            ("/changes Tok", "Tok"),
            ("/date tomorrow in Mo", "Mo"),
            ("/date in Tok", "Tok"),
            ("/date 19:00 New York in Ber", "Ber"),
            ("/date demain 15h à san f", "san f"),
            ("/until 19:00 here in in San", "San"),
            ("/date midi au Jap", "Jap"),
            ("/zone in Tok", "in Tok"),
        ):
            self.assertEqual(completion_context(line, COMMANDS), CompletionContext(text, is_place=True), line)

    def test_empty_text_is_not_a_place(self):
        self.assertFalse(completion_context("/zone ", COMMANDS).is_place)
        self.assertFalse(completion_context("/date in ", COMMANDS).is_place)

    @given(st.text(max_size=30))
    def test_completed_text_is_the_end_of_any_line(self, line):
        self.assertTrue(line.endswith(completion_context(line, COMMANDS).text))
        self.assertTrue(("/date " + line).endswith(completion_context("/date " + line, COMMANDS).text))


class HintTests(SynchronousTestCase):
    def test_command_has_the_servers_help(self):
        self.assertEqual(hint("/DATE tomorrow", COMMANDS), "/date [WHEN]: the date")

    def test_other_lines_have_no_hint(self):
        for line in ("", " ", "bonjour", "/unknown"):
            self.assertIsNone(hint(line, COMMANDS))
