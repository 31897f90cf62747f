import unicodedata

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation import farewell
from twisted_date.conversation.farewell import MAX_FAREWELL, WrongFarewell, check, is_farewell, normalise


class NormaliseTests(SynchronousTestCase):
    def test_case_spaces_and_final_punctuation_do_not_matter(self):
        for phrase in (
            "Au revoir",
            "AU REVOIR",
            "  au revoir  ",
            "au revoir!",
            "au  revoir !?…",
            "au revoir.\t",
        ):
            self.assertEqual(normalise(phrase), "au revoir", phrase)

    def test_words_and_hyphens_matter(self):
        for phrase in ("au revoir Alice", "aurevoir", "au-revoir", "", "revoir"):
            self.assertNotEqual(normalise(phrase), "au revoir", phrase)

    def test_composed_and_decomposed_letters_are_equal(self):
        self.assertEqual(normalise("a\u0300 bientôt"), normalise("à biento\u0302t"))

    @given(st.text())
    def test_normalise_is_idempotent(self, phrase):
        once = normalise(phrase)
        self.assertEqual(normalise(once), once)


class IsFarewellTests(SynchronousTestCase):
    def test_every_spelling_of_a_phrase_is_recognised(self):
        for phrase in ("au revoir", "à bientôt", "ΐ", "straße", "ﬃ"):
            for spelling in (phrase, phrase.upper(), f" {phrase} ! ", unicodedata.normalize("NFD", phrase)):
                self.assertTrue(is_farewell(spelling, normalise(phrase)), spelling)

    @given(st.text(), st.text(min_size=1))
    def test_any_text_is_compared_by_its_normal_form(self, text, phrase):
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
    def test_phrase_is_returned_unchanged(self):
        self.assertEqual(check("À bientôt !"), "À bientôt !")

    def test_phrase_without_letters_is_refused(self):
        for phrase, word in (("", "no letters"), ("  ", "no letters"), ("?!", "no letters")):
            self.assertIn(word, str(self.assertRaises(WrongFarewell, check, phrase)))

    def test_phrase_like_a_command_is_refused(self):
        self.assertIn("begins with /", str(self.assertRaises(WrongFarewell, check, " /bye")))

    def test_overlong_phrase_is_refused(self):
        check("x" * MAX_FAREWELL)
        self.assertIn("too long", str(self.assertRaises(WrongFarewell, check, "x" * (MAX_FAREWELL + 1))))

    def test_control_characters_are_refused(self):
        self.assertIn("control character", str(self.assertRaises(WrongFarewell, check, "bye\nbye")))
