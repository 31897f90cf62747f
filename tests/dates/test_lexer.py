from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import lexer
from twisted_date.dates.lexer import Lexer, Line


class NormalizeTests(SynchronousTestCase):
    def test_case_accents_apostrophes_and_punctuation_do_not_matter(self):
        for word, normalized in {
            "Févr.": "fevr",
            "AOÛT,": "aout",
            "aujourd’hui": "aujourdhui",
            "p.m.": "pm",
            "19:00:30.5": "19:00:30.5",
            "L'an": "lan",
            "now\u00b4": "now",  # decomposes into a space and an accent
        }.items():
            self.assertEqual(lexer.normalize(word), normalized)


class LexerTests(SynchronousTestCase):
    def setUp(self):
        self.lexer = Lexer({"month": ["may", "mar"], "weekday": ["mar"], "before": ["il y a"]}, ["of", "t"])

    def assert_kind(self, kind, *words):
        for word in words:
            shape, _ = self.lexer.split(word)
            self.assertRegex(shape, f"^{self.lexer.class_of(kind)}$", word)

    def assert_no_kind(self, kind, *words):
        for word in words:
            shape, _ = self.lexer.split(word)
            self.assertNotRegex(shape, f"^{self.lexer.class_of(kind)}$", word)

    def test_word_has_all_its_kinds(self):
        self.assert_kind("month", "may", "mar")
        self.assert_kind("weekday", "mar")
        self.assert_kind('"of"', "of")
        self.assert_no_kind("weekday", "may", "of", "x", "1")

    def test_number_has_the_kinds_of_its_digits(self):
        self.assert_kind("nn", "1", "61")
        self.assert_kind("mm", "59")
        self.assert_no_kind("mm", "61", "1", "159")
        self.assert_kind("yyyy", "1961")
        self.assert_no_kind("hhmm", "1961")
        self.assert_kind("count", "1", "123456789", "1.5", "1,5")
        self.assert_no_kind("count", "1234567890", "1.0123456789")
        self.assert_kind("decimal", "1234567890", "1.0123456789")

    def test_phrase_is_a_kind(self):
        line = Line("il y a", self.lexer)
        self.assertRegex(line.shape, f"^{self.lexer.class_of('before')}$")

    def test_word_is_split_where_letters_numbers_and_signs_meet(self):
        for word, pieces in {
            "2026-12-25t19:00+01:00": ("2026-12-25", "t", "19:00", "+", "01:00"),
            "25-may-2026": ("25", "-", "may", "-", "2026"),
            "25/12": ("25/12",),
            "may1": ("may", "1"),
            "25/12/2026/1x": ("25/12/2026/1x",),
        }.items():
            self.assertEqual(self.lexer.split(word)[1], pieces)

    @given(st.text("0123456789:/-+.,'may", min_size=1))
    def test_any_digits_and_signs_are_split(self, word):
        shape, pieces = self.lexer.split(word)
        self.assertEqual((len(shape), "".join(pieces)), (len(pieces), word))

    def test_word_with_an_unknown_piece_is_one_piece(self):
        self.assertEqual(self.lexer.split("1xyzzy"), ("?", ("1xyzzy",)))


class LineTests(SynchronousTestCase):
    def test_pieces_and_words_are_found_by_their_place(self):
        line = Line("8May, , Tokyo", Lexer({"month": ["may"]}, []))
        self.assertEqual(line.words, ["8May,", "Tokyo"])
        self.assertEqual(line.normalized, ["8may", "tokyo"])
        self.assertEqual(line.starts, [0, 3, 5])
        self.assertEqual((line.text(0, 2), line.text(0, 4)), ("8may", "8may tokyo"))
        self.assertEqual(line.word_at(3), 1)
