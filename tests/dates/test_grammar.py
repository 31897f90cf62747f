"""The grammar in ``docs/when.abnf`` and the code accept the same sentences."""

import re
import string
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from abnf import ParseError, Rule
from abnf.parser import Alternation, Concatenation, Literal, Option, Repetition
from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import parsing, when
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.vocabulary import LANGUAGES, Vocabulary

GRAMMAR = Path(__file__).parents[2] / "docs" / "when.abnf"
UNITS = [word for language in LANGUAGES for words in language.units.values() for word in words]

# Ambiguous sentences, which the code parses in another way than they were derived: "in 1 day 2 days ago";
# "2 heures and 1 day" (at two o'clock); "2026 years"; "in 1h30 years next" (30 years)
TWO_WAYS = re.compile(
    r"\b(in|dans|il y a) .*(ago|hence|from now)|(heures?|h) (and|et)\b|\b[0-9]{4} [a-z]|"
    rf"(?:heures?|h) ?[0-9]{{2}} ({'|'.join(UNITS)})\b"
)

# These reasons reject the words themselves; all others reject a meaning that cannot be.
REJECTED_WORDS = (Reason.NOT_UNDERSTOOD, Reason.UNKNOWN_PLACE, Reason.TOO_MANY_PLACES, Reason.AMBIGUOUS_PLACE)


class Grammar(Rule):
    """The rules of the file, and a rule for a moment without places."""


Grammar.load_grammar(GRAMMAR.read_text().replace("\n", "\r\n"))
Grammar.create("moment = when *( SP when )")


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


def literals(name):
    """The literal words of a rule, without those of the rules that it refers to."""

    def within(parser):
        if isinstance(parser, Literal):
            return {parser.value}
        if isinstance(parser, Rule):
            return set()
        if isinstance(parser, Option):
            return within(parser.alternation)
        if isinstance(parser, Repetition):
            return within(parser.element)
        return set().union(*map(within, parser.parsers))

    return within(Grammar(name).definition)


def words(attribute):
    """The words of one attribute in all vocabularies."""
    collected = set()
    for language in LANGUAGES:
        listed = getattr(language, attribute)
        if attribute == "units":
            listed = listed.values()
        for word in listed:
            collected.update([word] if isinstance(word, str) else word)
    return collected


def refusal(text):
    """The reason for which these words are refused; None when they are not."""
    try:
        parsing.parse(text, ZoneInfo("UTC"))
    except DateError as error:
        return error.reason
    return None


class GrammarTests(SynchronousTestCase):
    @given(sentences(Grammar("moment")))
    def test_derived_sentences_are_parsed(self, sentence):
        if TWO_WAYS.search(sentence):
            return
        self.assertNotIn(refusal(sentence), REJECTED_WORDS, sentence)

    @given(sentences(Grammar("when")), st.data())
    def test_parsed_sentences_are_derived(self, sentence, data):
        """Tries sentences with a small change."""
        begin = data.draw(st.integers(0, len(sentence)))
        end = data.draw(st.integers(begin, min(begin + 3, len(sentence))))
        changed = sentence[:begin] + data.draw(st.text("0123aehmnotz:-+ /.", max_size=3)) + sentence[end:]
        text = " ".join(filter(None, map(when.normalize, changed.split())))
        try:
            if not text or parsing.parse(text, ZoneInfo("UTC")).places:
                return
        except DateError:
            return
        try:
            Grammar("moment").parse_all(text)
        except ParseError:
            self.fail(f"{text!r} is parsed, but not derived")

    def test_words_match_the_vocabularies(self):
        for rule, attribute in {
            "on": "on",
            "at": "at",
            "before": "before",
            "behind": "ago",
            "joining": "joining",
            "number": "numbers",
            "occurrence": "occurrence",
            "occurrence-behind": "occurrence_behind",
            "day": "days",
            "now": "now",
            "unit": "units",
            "weekday-name": "weekdays",
            "month": "months",
            "to": "places",
            "here": "here",
        }.items():
            others = {"before": words("after"), "behind": words("hence")}.get(rule, set())
            self.assertEqual(literals(rule), words(attribute) | others, rule)
        self.assertLessEqual(words("times"), literals("time"))

    def test_every_vocabulary_attribute_is_checked(self):
        checked = {
            "on",
            "at",
            "before",
            "after",
            "ago",
            "hence",
            "joining",
            "numbers",
            "occurrence",
            "occurrence_behind",
        }
        checked |= {"days", "now", "units", "weekdays", "months", "places", "here", "times"}
        self.assertEqual(set(Vocabulary.__slots__), checked)
