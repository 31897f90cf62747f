import sys

from hypothesis import given, strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.timeouts import MAX_EXPIRED_AT_ONCE, Timeouts


class TimeoutTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.expired = []
        self.timeouts = Timeouts(self.clock, 10.0, self.expired.append)

    def test_each_item_gets_its_full_timeout(self):
        self.timeouts.reset("a")
        self.clock.advance(4)
        self.timeouts.reset("b")
        self.clock.advance(5.9)
        self.assertEqual(self.expired, [])
        self.clock.advance(0.2)
        self.assertEqual(self.expired, ["a"])
        self.clock.advance(4)
        self.assertEqual(self.expired, ["a", "b"])

    def test_all_items_share_one_timer(self):
        for number in range(1000):
            self.timeouts.reset(number)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        for number in range(1000):
            self.timeouts.cancel(number)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_many_expiring_items_are_spread_over_iterations(self):
        for number in range(MAX_EXPIRED_AT_ONCE + 10):
            self.timeouts.reset(number)
        self.clock.rightNow += 10
        one_turn(self.clock)
        self.assertEqual(self.expired, list(range(MAX_EXPIRED_AT_ONCE)))
        one_turn(self.clock)
        self.assertEqual(len(self.expired), MAX_EXPIRED_AT_ONCE + 10)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failing_callback_does_not_stop_the_others(self):
        def on_timeout(item):
            self.expired.append(item)
            1 / int(item)

        timeouts = Timeouts(self.clock, 10.0, on_timeout)
        for item in "012":
            timeouts.reset(item)
        self.assertRaises(ZeroDivisionError, self.clock.advance, 10)
        self.clock.advance(0)
        self.assertEqual(self.expired, ["0", "1", "2"])

    def test_item_that_is_reset_ahead_expires_so_much_later(self):
        self.timeouts.reset("a", ahead=1.0)
        self.clock.advance(10.9)
        self.assertEqual(self.expired, [])
        self.clock.advance(0.1)
        self.assertEqual(self.expired, ["a"])

    def test_many_removed_items_cost_nothing_later(self):
        for number in range(1000):
            self.timeouts.reset(number)
        for number in range(999):
            self.timeouts.cancel(number)
        self.clock.advance(9)
        self.timeouts.reset("last")
        self.clock.advance(1)
        self.assertEqual(self.expired, [999])
        self.assertLess(sys.getsizeof(self.timeouts._started), 1000)
        self.clock.advance(9)
        self.assertEqual(self.expired, [999, "last"])

    def test_unknown_item_can_be_cancelled(self):
        self.timeouts.cancel("a")

    def test_other_items_can_be_reset_while_an_item_expires(self):
        timeouts = Timeouts(self.clock, 10.0, lambda item: timeouts.reset("b") if item == "a" else None)
        timeouts.reset("a")
        self.clock.advance(10)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.advance(10)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    @given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.floats(0, 12))))
    def test_result_equals_one_timer_per_item(self, steps):
        clock, expired, due, expected = Clock(), [], {}, []
        timeouts = Timeouts(clock, 10.0, expired.append)
        for item, reset, seconds in steps:
            if reset:
                timeouts.reset(item)
                due.pop(item, None)
                due[item] = clock.seconds() + 10.0
            else:
                timeouts.cancel(item)
                due.pop(item, None)
            clock.advance(seconds)
            for late in [item for item, end in due.items() if end <= clock.seconds()]:
                expected.append(late)
                del due[late]
        self.assertEqual(expired, expected)
