"""What tests of the rules for moments share."""

from datetime import datetime

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import PARIS
from twisted_date.dates.answer import answer
from twisted_date.dates.errors import DateError
from twisted_date.dates.rules.words import IN_ITS_LANGUAGE
from twisted_date.dates.spec import MomentSpec
from twisted_date.dates.when import GRAMMAR, check

NOW = datetime(2026, 11, 26, 14, tzinfo=PARIS)  # a Thursday


def spec(words, language="en"):
    """Parse all these words into a :class:`MomentSpec`."""
    line = GRAMMAR.line(words, IN_ITS_LANGUAGE[language])
    parsed, start = MomentSpec(), 0
    while start < len(line.shape):
        end, parsed = GRAMMAR.read(line, start, parsed)
        start = end + 1
    return check(parsed)


def told(words, language="en"):
    """The local time that these words mean in Paris on Thursday, 2026-11-26, at 14:00."""
    return str(answer(words, int(NOW.timestamp()) * 10**9, PARIS, language).moment.local)[:19]


class RuleTestCase(SynchronousTestCase):
    def assert_spec(self, *sentences, language="en", **parts):
        for words in sentences:
            self.assertEqual(spec(words, language), MomentSpec(**parts), words)

    def assert_told(self, expected, *sentences, language="en"):
        """All these sentences mean this date and time of day; without one, that of the question."""
        for words in sentences:
            self.assertEqual(told(words, language), f"{expected} 14:00:00"[:19], words)

    def assert_refused(self, words, reason, language="en", **values):
        error = self.assertRaises(DateError, told, words, language)
        self.assertEqual((error.reason, error.values), (reason, values), words)
        for choice in values.get("choices", ()):
            told(choice, language)  # it works as it is typed
