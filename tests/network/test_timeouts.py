from hypothesis import given, strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.timeouts import MAX_EXPIRED_AT_ONCE, Timeouts


class DeadlineTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.on_timeout = []
        self.deadlines = Timeouts(self.clock, 10.0, self.on_timeout.append)

    def test_each_has_all_of_its_time(self):
        self.deadlines.reset("a")
        self.clock.advance(4)
        self.deadlines.reset("b")
        self.clock.advance(5.9)
        self.assertEqual(self.on_timeout, [])
        self.clock.advance(0.2)
        self.assertEqual(self.on_timeout, ["a"])
        self.clock.advance(4)
        self.assertEqual(self.on_timeout, ["a", "b"])

    def test_there_is_one_timer_however_many_there_are(self):
        for number in range(1000):
            self.deadlines.reset(number)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        for number in range(1000):
            self.deadlines.cancel(number)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_many_that_expire_leave_the_reactor_time(self):
        for number in range(MAX_EXPIRED_AT_ONCE + 10):
            self.deadlines.reset(number)
        self.clock.rightNow += 10
        one_turn(self.clock)
        self.assertEqual(self.on_timeout, list(range(MAX_EXPIRED_AT_ONCE)))
        one_turn(self.clock)
        self.assertEqual(len(self.on_timeout), MAX_EXPIRED_AT_ONCE + 10)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_fails_does_not_stop_the_others(self):
        def on_timeout(thing):
            self.on_timeout.append(thing)
            1 / int(thing)

        deadlines = Timeouts(self.clock, 10.0, on_timeout)
        for thing in "012":
            deadlines.reset(thing)
        self.assertRaises(ZeroDivisionError, self.clock.advance, 10)
        self.clock.advance(0)
        self.assertEqual(self.on_timeout, ["0", "1", "2"])

    def test_one_that_is_not_known_can_be_cancelled(self):
        self.deadlines.cancel("a")

    def test_others_can_be_put_off_while_one_expires(self):
        deadlines = Timeouts(self.clock, 10.0, lambda one: deadlines.reset("b") if one == "a" else None)
        deadlines.reset("a")
        self.clock.advance(10)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.advance(10)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    @given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.floats(0, 12))))
    def test_it_agrees_with_one_timer_for_each(self, steps):
        clock, on_timeout, due, expected = Clock(), [], {}, []
        deadlines = Timeouts(clock, 10.0, on_timeout.append)
        for thing, reset, seconds in steps:
            if reset:
                deadlines.reset(thing)
                due.pop(thing, None)
                due[thing] = clock.seconds() + 10.0
            else:
                deadlines.cancel(thing)
                due.pop(thing, None)
            clock.advance(seconds)
            for late in [thing for thing, end in due.items() if end <= clock.seconds()]:
                expected.append(late)
                del due[late]
        self.assertEqual(on_timeout, expected)
