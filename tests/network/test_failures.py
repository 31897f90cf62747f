from twisted.internet.error import ConnectError, ConnectionDone, DNSLookupError
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.failures import LOG_INTERVAL, MAX_MESSAGE, FailureLog, connect_reason, summarize


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


class FailureLogTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.failures = FailureLog(self.clock, "A session failed")

    def logged(self, *messages):
        """The lines that failures with these messages leave in the log."""
        with capturedLogs() as events:
            for message in messages:
                self.failures.log(Failure(ValueError(message)))
        return [formatEvent(event) for event in events]

    def test_failure_is_logged_with_what_failed(self):
        self.assertEqual(self.logged("no such day"), ["A session failed: ValueError: 'no such day'; at "])

    def test_many_in_a_row_are_counted_and_not_logged(self):
        self.assertEqual(len(self.logged(*["again"] * 1000)), 1)
        self.clock.advance(LOG_INTERVAL)
        (line,) = self.logged("later", "and again")
        self.assertEqual(line, "A session failed: ValueError: 'later'; at  (999 more since the last message)")


class ConnectReasonTests(SynchronousTestCase):
    def test_reason_is_the_words_of_the_system_or_of_the_error(self):
        for error, words in (
            (ConnectError(111, "An error occurred"), "Connection refused"),
            (DNSLookupError("no results for nowhere."), "DNS lookup failed: no results for nowhere"),
            (ValueError(), "ValueError"),
        ):
            self.assertEqual(connect_reason(error), words)

    def test_failure_within_an_error_is_not_shown(self):
        error = ConnectError(string=Failure(ConnectionDone()))  # as Twisted raises it
        self.assertEqual(connect_reason(error), "what listens there accepts no connections at the moment")
