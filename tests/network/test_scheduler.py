from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.scheduler import TURN, Turns


class TurnTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.turns = Turns(self.clock)
        self.order = []

    def test_first_come_first_served(self):
        for name in "abc":
            self.turns.wait(lambda name=name: self.order.append(name))
        self.assertEqual(self.order, [])
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b", "c"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_waits_again_comes_after_the_others(self):
        def again(name):
            self.order.append(name)
            if len(self.order) < 5:
                self.turns.wait(lambda: again(name))

        self.turns.wait(lambda: again("a"))
        self.turns.wait(lambda: again("b"))
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b"])
        self.clock.advance(0)
        self.assertEqual(self.order, ["a", "b", "a", "b", "a", "b"])

    def test_one_that_fails_does_not_stop_the_others(self):
        self.turns.wait(lambda: 1 / 0)
        self.turns.wait(lambda: self.order.append("b"))
        self.assertRaises(ZeroDivisionError, one_turn, self.clock)
        one_turn(self.clock)
        self.assertEqual(self.order, ["b"])

    def test_those_that_take_long_leave_the_reactor_time(self):
        def slow(name):
            self.order.append(name)
            self.clock.rightNow += TURN

        self.turns.wait(lambda: slow("a"))
        self.turns.wait(lambda: slow("b"))
        one_turn(self.clock)
        self.assertEqual(self.order, ["a"])
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b"])

    def test_those_that_come_have_some_time_in_each_turn(self):
        self.assertFalse(self.turns.used_up)
        self.turns.spend(TURN / 2)
        self.assertFalse(self.turns.used_up)
        self.turns.spend(TURN / 2)
        self.assertTrue(self.turns.used_up)
        one_turn(self.clock)
        self.assertFalse(self.turns.used_up)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_those_that_wait_take_no_time_from_those_that_come(self):
        def slow():
            self.clock.rightNow += TURN
            self.turns.wait(slow)

        self.turns.wait(slow)
        one_turn(self.clock)
        self.assertFalse(self.turns.used_up)
