from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.farewell import check, normalise


class NormaliseTests(SynchronousTestCase):
    def test_what_does_not_matter(self):
        for written in (
            "Au revoir",
            "AU REVOIR",
            "  au revoir  ",
            "au revoir!",
            "au  revoir !?…",
            "au revoir.\t",
        ):
            self.assertEqual(normalise(written), "au revoir", written)

    def test_what_matters(self):
        for written in ("au revoir Alice", "aurevoir", "au-revoir", "", "revoir"):
            self.assertNotEqual(normalise(written), "au revoir", written)

    def test_composed_and_decomposed_letters_are_the_same(self):
        self.assertEqual(normalise("a\u0300 bientôt"), normalise("à biento\u0302t"))

    @given(st.text())
    def test_twice_is_as_once(self, phrase):
        once = normalise(phrase)
        self.assertEqual(normalise(once), once)


class CheckTests(SynchronousTestCase):
    def test_a_phrase_is_kept_as_given(self):
        self.assertEqual(check("À bientôt !"), "À bientôt !")

    def test_phrases_that_nobody_could_say(self):
        for phrase, word in (("", "no letters"), ("  ", "no letters"), ("?!", "no letters")):
            self.assertIn(word, str(self.assertRaises(ValueError, check, phrase)))

    def test_phrases_that_are_taken_for_commands(self):
        self.assertIn("begins with /", str(self.assertRaises(ValueError, check, " /bye")))

    def test_control_characters(self):
        self.assertIn("control character", str(self.assertRaises(ValueError, check, "bye\nbye")))
