from twisted.internet.address import IPv6Address
from twisted.internet.task import Clock
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.refusals import LOG_INTERVAL, RefusalLog


class RefusalLogTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.refusals = RefusalLog(self.clock, "full", "stopping")
        self.observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)

    @property
    def logged(self):
        return [formatEvent(event) for event in self.observer]

    def test_totals_are_kept_after_logging(self):
        self.assertEqual(self.refusals.totals, {"full": 0, "stopping": 0})
        self.refusals.count("full", None)
        self.clock.advance(LOG_INTERVAL)
        self.refusals.count("full", None)
        self.assertEqual(self.refusals.totals, {"full": 2, "stopping": 0})
        self.refusals.flush()

    def test_refusals_are_summed_in_one_log_message(self):
        for number in range(1000):
            self.refusals.count("full" if number % 3 else "stopping", None)
        self.refusals.count("full", IPv6Address("TCP", "2001:db8::1", 7))
        self.assertEqual(self.logged, [])
        self.clock.advance(LOG_INTERVAL)
        self.assertEqual(
            self.logged,
            ["Refused connections: 667 full, 334 stopping; the last one was from [2001:db8::1]:7."],
        )

    def test_nothing_is_logged_without_refusals(self):
        self.refusals.count("full", None)
        self.clock.advance(LOG_INTERVAL)
        self.clock.advance(LOG_INTERVAL)
        self.refusals.flush()
        self.assertEqual(
            self.logged, ["Refused connections: 1 full; the last one was from an unknown address."]
        )
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_flush_logs_remaining_refusals(self):
        self.refusals.count("full", None)
        self.refusals.flush()
        self.assertEqual(len(self.logged), 1)
        self.assertEqual(self.clock.getDelayedCalls(), [])
