"""The grammar in ``docs/when.abnf`` and the code accept the same sentences."""

import re
import runpy
import string
from functools import lru_cache
from pathlib import Path

from abnf import ParseError, Rule
from abnf.parser import Alternation, Concatenation, Literal, Option, Repetition
from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import parsing
from twisted_date.dates.context import Context
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.grammar import Grammar
from twisted_date.dates.lexer import normalize
from twisted_date.dates.vocabulary import LANGUAGES
from twisted_date.dates.when import GRAMMAR

FILE = Path(__file__).parents[2] / "docs" / "when.abnf"
TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "grammar.py"))
HERE = Context(2026)
UNITS = [word for language in LANGUAGES for words in language.units.values() for word in words]

BEHIND_SPANS = "|".join([*GRAMMAR.vocabulary["behind"], *GRAMMAR.vocabulary["relation"]])
QUARTERS = "|".join(GRAMMAR.vocabulary["quarters"])
RELATIONS = "|".join(GRAMMAR.vocabulary["relation"])

# Ambiguous sentences, which the code parses in another way than they were derived: "in 1 day 2 days ago";
# "+1 day 2 days before"; "2 heures and 1 day" (at two o'clock); "2026 years", "20261225 days";
# "in 1h30 years next" (30 years); "mar. 1 may 2" (Tuesday, May 1);
# "1 day and a half an hour and a half" (half an hour); "+2 days 9h-10h" (plus 9 hours)
TWO_WAYS = re.compile(
    rf"\b(in|dans|il y a) .*({BEHIND_SPANS})|[-+].*({RELATIONS})|(heures?|h) (and|et)\b|"
    rf"\b(?:[0-9]{{4}}){{1,2}} [a-z]|mar\. [0-9]|[+-].*h(eures?)? ?-|"
    rf"(and|et) .*({QUARTERS}) .*({QUARTERS})|(?:heures?|h) ?[0-9]{{2}} ({'|'.join(UNITS)})\b|"
    rf"[a-z](am|pm)\b"  # one word: "threepm"
)

# These reasons reject the words themselves; all others reject a meaning that cannot be.
REJECTED_WORDS = (Reason.NOT_UNDERSTOOD, Reason.UNKNOWN_PLACE, Reason.TOO_MANY_PLACES, Reason.AMBIGUOUS_PLACE)


class ABNF(Rule):
    """The rules of the file, and a rule for a moment without places."""


ABNF.load_grammar(FILE.read_text().replace("\n", "\r\n"))
ABNF.create("moment = when *( SP when )")


@lru_cache
def sentences(parser):
    """A strategy for the texts that a part of the grammar derives."""
    if isinstance(parser, Rule):
        if parser.name in ("DIGIT", "SP"):
            return st.sampled_from(string.digits if parser.name == "DIGIT" else " ")
        return st.deferred(lambda: sentences(parser.definition))
    if isinstance(parser, Alternation):
        return st.one_of([sentences(part) for part in parser.parsers])
    if isinstance(parser, Concatenation):
        return st.tuples(*(sentences(part) for part in parser.parsers)).map("".join)
    if isinstance(parser, Option):
        return st.just("") | sentences(parser.alternation)
    if isinstance(parser, Repetition):
        fewest = parser.repeat.min
        most = min(parser.repeat.max or fewest + 3, fewest + 8)
        return st.lists(sentences(parser.element), min_size=fewest, max_size=most).map("".join)
    assert isinstance(parser, Literal), parser
    if isinstance(parser.value, tuple):  # a range of characters
        return st.characters(min_codepoint=ord(parser.value[0]), max_codepoint=ord(parser.value[1]))
    return st.just(parser.value)


def refusal(text):
    """The reason for which these words are refused; None when they are not."""
    try:
        parsing.parse(text, HERE)
    except DateError as error:
        return error.reason
    return None


class GrammarTests(SynchronousTestCase):
    @given(sentences(ABNF("when")))
    def test_derived_parts_are_parsed(self, sentence):
        """Several in a row may be read in other ways than they were derived: what must not follow a part is
        not in the file, as ABNF cannot say it."""
        if TWO_WAYS.search(sentence):
            return
        self.assertNotIn(refusal(sentence), REJECTED_WORDS, sentence)

    @given(sentences(ABNF("when")), st.data())
    def test_parsed_sentences_are_derived(self, sentence, data):
        """Tries sentences with a small change."""
        begin = data.draw(st.integers(0, len(sentence)))
        end = data.draw(st.integers(begin, min(begin + 3, len(sentence))))
        changed = sentence[:begin] + data.draw(st.text("0123aehmnotz:-+ /.", max_size=3)) + sentence[end:]
        text = " ".join(filter(None, map(normalize, changed.split())))
        try:
            if not text or (phrase := parsing.parse(text, HERE)).source or phrase.targets:
                return
        except DateError:
            return
        try:
            ABNF("moment").parse_all(text)
        except ParseError:
            self.fail(f"{text!r} is parsed, but not derived")

    def test_file_is_up_to_date(self):
        self.assertEqual(TOOL["text"](), FILE.read_text(), "run: python -m tools")


class TimeTests(SynchronousTestCase):
    def test_repeated_words_take_linear_time(self):
        """A pattern that could split them in several ways would never come to an end."""
        for words in (
            "1h 1m 1s ",
            "1h1m1s ",
            "1m1s ",
            "a day and a half ",
            "1 an et demi ",
            "1 h 30 min ",
            "an an ",
        ):
            self.assertIsNotNone(refusal(words * 60 + "xyzzy"))


class ReadTests(SynchronousTestCase):
    """A grammar of two rules."""

    def setUp(self):
        self.grammar = Grammar(
            {"month": ["may"], "unit": ["days"]},
            {"span": "amount:count unit:unit"},
            [
                (lambda match, state: [*state, match], "month:month"),
                (lambda match, state: [*state, *match.each("spans", "span")], "spans:(span{ span})"),
            ],
        )

    def read(self, text):
        return self.grammar.read(self.grammar.line(text), 0, [])

    def test_first_rule_that_fits_reads_whole_words(self):
        end, (match,) = self.read("may 5 days")
        self.assertEqual((end, match.text, match["month"], match.get("other")), (1, "may", "may", None))
        self.assertIsNone(self.read("may5"))

    def test_match_tells_what_was_typed(self):
        _, (match,) = self.read("MAY, 5 days")
        self.assertEqual((match.typed, match.pieces), ("MAY", ["may"]))

    def test_words_may_mean_other_words(self):
        line = self.grammar.line("mai", {"mai": "may"})
        self.assertEqual(self.grammar.read(line, 0, [])[1][0].text, "may")

    def test_definition_matches_each_part_of_a_group(self):
        _, matches = self.read("5 days 6 days")
        self.assertEqual([match["amount"] for match in matches], ["5", "6"])

    def test_rule_that_fits_is_seen_before_it_reads(self):
        self.assertTrue(self.grammar.fits(self.grammar.line("x may"), 2))
        self.assertFalse(self.grammar.fits(self.grammar.line("x may"), 0))
