from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.failures import MAX_MESSAGE, summarize


class FailureTests(SynchronousTestCase):
    def summary(self, message):
        try:
            raise ValueError(message)
        except ValueError:
            return summarize(Failure())

    def test_summary_names_the_error_and_its_place(self):
        self.assertRegex(self.summary("no such day"), r"^ValueError: 'no such day'; at test_failures.py:\d+$")

    def test_text_from_a_peer_is_escaped(self):
        summary = self.summary("a\n2026-12-25 forged\r\x1b[2J\x9b\u2028{braces}%s")
        self.assertNotRegex(summary, "[\x00-\x1f\x7f-\x9f\u2028]")
        self.assertIn("{braces}%s", summary)

    def test_long_messages_are_cut_off(self):
        self.assertLess(len(self.summary("x" * 10_000)), MAX_MESSAGE + 100)
