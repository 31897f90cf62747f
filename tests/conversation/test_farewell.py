import unicodedata

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation import farewell
from twisted_date.conversation.farewell import MAX_FAREWELL, WrongFarewell, check, is_farewell, normalise


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


class IsFarewellTests(SynchronousTestCase):
    def test_it_agrees_with_the_normal_form(self):
        for phrase in ("au revoir", "à bientôt", "ΐ", "straße", "ﬃ"):
            for said in (phrase, phrase.upper(), f" {phrase} ! ", unicodedata.normalize("NFD", phrase)):
                self.assertTrue(is_farewell(said, normalise(phrase)), said)

    @given(st.text(), st.text(min_size=1))
    def test_on_any_text(self, text, phrase):
        normal = normalise(phrase)
        if normal:
            self.assertEqual(is_farewell(text, normal), normalise(text) == normal)

    def test_long_lines_are_not_folded(self):
        folded = []
        self.patch(farewell, "_fold", lambda text: folded.append(text) or text)
        for line in ("a\u0301" * 500, "x" * 1000, "!" * 1000, "a" + "!" * 1000):
            self.assertFalse(is_farewell(line, "au revoir"))
        self.assertEqual(folded, ["", "a"])


class CheckTests(SynchronousTestCase):
    def test_a_phrase_is_kept_as_given(self):
        self.assertEqual(check("À bientôt !"), "À bientôt !")

    def test_phrases_that_nobody_could_say(self):
        for phrase, word in (("", "no letters"), ("  ", "no letters"), ("?!", "no letters")):
            self.assertIn(word, str(self.assertRaises(WrongFarewell, check, phrase)))

    def test_phrases_that_are_taken_for_commands(self):
        self.assertIn("begins with /", str(self.assertRaises(WrongFarewell, check, " /bye")))

    def test_phrases_that_are_too_long(self):
        check("x" * MAX_FAREWELL)
        self.assertIn("too long", str(self.assertRaises(WrongFarewell, check, "x" * (MAX_FAREWELL + 1))))

    def test_control_characters(self):
        self.assertIn("control character", str(self.assertRaises(WrongFarewell, check, "bye\nbye")))
