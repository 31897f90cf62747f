import time

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.cli.clock import use_monotonic_time


class MonotonicTimeTests(SynchronousTestCase):
    def test_reactor_measures_time_by_the_monotonic_clock(self):
        reactor = Clock()
        use_monotonic_time(reactor)
        self.assertIs(reactor.seconds, time.monotonic)

    def test_reactor_with_calls_to_make_keeps_its_clock(self):
        reactor = Clock()
        call = reactor.callLater(5, lambda: None)
        use_monotonic_time(reactor)
        reactor.advance(4)
        self.assertTrue(call.active())
        self.assertEqual(reactor.seconds(), 4)
