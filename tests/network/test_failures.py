from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.failures import MAX_MESSAGE, summarize


class FailureTests(SynchronousTestCase):
    def told(self, words):
        try:
            raise ValueError(words)
        except ValueError:
            return summarize(Failure())

    def test_what_and_where(self):
        self.assertRegex(self.told("no such day"), r"^ValueError: 'no such day'; at test_failures.py:\d+$")

    def test_a_peers_words_are_only_words(self):
        told = self.told("a\n2026-12-25 forged\r\x1b[2J\x9b\u2028{braces}%s")
        self.assertNotRegex(told, "[\x00-\x1f\x7f-\x9f\u2028]")
        self.assertIn("{braces}%s", told)

    def test_they_are_not_long(self):
        self.assertLess(len(self.told("x" * 10_000)), MAX_MESSAGE + 100)
