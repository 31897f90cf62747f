import unicodedata

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.text import EXCERPT_LENGTH, clean, excerpt, is_clean


class CleanTests(SynchronousTestCase):
    def test_letters_of_every_script_are_kept(self):
        for text in ("Zoë", "Jürgen", "李明", "دانیال\u200cپور", "O’Brien", "👩\u200d💻"):
            self.assertEqual(clean(text), text)
            self.assertTrue(is_clean(text))

    def test_terminal_control_characters_are_replaced(self):
        for character in "\x00\x07\x1b\n\r\t\x7f\x80\x9b\x9f":
            self.assertEqual(clean(f"a{character}b"), "a\ufffdb")
            self.assertFalse(is_clean(f"a{character}b"))

    def test_direction_marks_and_line_separators_are_replaced(self):
        for character in "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069":
            self.assertEqual(clean(f"a{character}b"), "a\ufffdb")

    def test_lone_surrogates_are_replaced(self):
        for character in "\ud800\udbff\udc00\udfff":
            self.assertEqual(clean(f"a{character}b"), "a\ufffdb")

    @given(st.text(st.characters()))
    def test_cleaned_text_is_clean(self, text):
        cleaned = clean(text)
        self.assertTrue(is_clean(cleaned))
        self.assertEqual(len(cleaned), len(text))
        self.assertFalse(
            {unicodedata.category(character) for character in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
        )


class ExcerptTests(SynchronousTestCase):
    def test_short_words_are_kept(self):
        self.assertEqual(excerpt("/dat"), "/dat")

    def test_long_words_are_cut(self):
        cut = excerpt("x" * 1000)
        self.assertEqual(len(cut), EXCERPT_LENGTH)
        self.assertTrue(cut.endswith("x…"))

    def test_excerpt_is_clean(self):
        self.assertEqual(excerpt("a\x1b[31m"), "a\ufffd[31m")
