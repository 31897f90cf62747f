from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.scheduler import ITERATION_BUDGET, Scheduler


class TurnTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.scheduler = Scheduler(self.clock)
        self.order = []

    def test_first_come_first_served(self):
        for name in "abc":
            self.scheduler.enqueue(lambda name=name: self.order.append(name))
        self.assertEqual(self.order, [])
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b", "c"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_waits_again_comes_after_the_others(self):
        def again(name):
            self.order.append(name)
            if len(self.order) < 5:
                self.scheduler.enqueue(lambda: again(name))

        self.scheduler.enqueue(lambda: again("a"))
        self.scheduler.enqueue(lambda: again("b"))
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b"])
        self.clock.advance(0)
        self.assertEqual(self.order, ["a", "b", "a", "b", "a", "b"])

    def test_one_that_fails_does_not_stop_the_others(self):
        self.scheduler.enqueue(lambda: 1 / 0)
        self.scheduler.enqueue(lambda: self.order.append("b"))
        self.assertRaises(ZeroDivisionError, one_turn, self.clock)
        one_turn(self.clock)
        self.assertEqual(self.order, ["b"])

    def test_those_that_take_long_leave_the_reactor_time(self):
        def slow(name):
            self.order.append(name)
            self.clock.rightNow += ITERATION_BUDGET

        self.scheduler.enqueue(lambda: slow("a"))
        self.scheduler.enqueue(lambda: slow("b"))
        one_turn(self.clock)
        self.assertEqual(self.order, ["a"])
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b"])

    def test_those_that_come_have_some_time_in_each_turn(self):
        self.assertFalse(self.scheduler.exhausted)
        self.scheduler.charge(ITERATION_BUDGET / 2)
        self.assertFalse(self.scheduler.exhausted)
        self.scheduler.charge(ITERATION_BUDGET / 2)
        self.assertTrue(self.scheduler.exhausted)
        one_turn(self.clock)
        self.assertFalse(self.scheduler.exhausted)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_those_that_wait_take_no_time_from_those_that_come(self):
        def slow():
            self.clock.rightNow += ITERATION_BUDGET
            self.scheduler.enqueue(slow)

        self.scheduler.enqueue(slow)
        one_turn(self.clock)
        self.assertFalse(self.scheduler.exhausted)
