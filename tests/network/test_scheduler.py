from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.scheduler import (
    ALLOWANCE,
    FREE_TIME,
    ITERATION_BUDGET,
    REFILL,
    Allowance,
    Scheduler,
)


class SchedulerTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.scheduler = Scheduler(self.clock)
        self.order = []

    def test_queue_is_first_in_first_out(self):
        for name in "abc":
            self.scheduler.enqueue(lambda name=name: self.order.append(name))
        self.assertEqual(self.order, [])
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b", "c"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_callback_that_enqueues_itself_goes_to_the_end(self):
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

    def test_failing_callback_does_not_stop_the_others(self):
        self.scheduler.enqueue(lambda: 1 / 0)
        self.scheduler.enqueue(lambda: self.order.append("b"))
        self.assertRaises(ZeroDivisionError, one_turn, self.clock)
        one_turn(self.clock)
        self.assertEqual(self.order, ["b"])

    def test_slow_callbacks_run_in_separate_iterations(self):
        def slow(name):
            self.order.append(name)
            self.clock.rightNow += ITERATION_BUDGET

        self.scheduler.enqueue(lambda: slow("a"))
        self.scheduler.enqueue(lambda: slow("b"))
        one_turn(self.clock)
        self.assertEqual(self.order, ["a"])
        one_turn(self.clock)
        self.assertEqual(self.order, ["a", "b"])

    def test_new_input_has_a_budget_per_iteration(self):
        self.assertFalse(self.scheduler.exhausted)
        self.scheduler.charge(ITERATION_BUDGET / 2)
        self.assertFalse(self.scheduler.exhausted)
        self.scheduler.charge(ITERATION_BUDGET / 2)
        self.assertTrue(self.scheduler.exhausted)
        one_turn(self.clock)
        self.assertFalse(self.scheduler.exhausted)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_queued_callbacks_do_not_use_the_budget_of_new_input(self):
        def slow():
            self.clock.rightNow += ITERATION_BUDGET
            self.scheduler.enqueue(slow)

        self.scheduler.enqueue(slow)
        one_turn(self.clock)
        self.assertFalse(self.scheduler.exhausted)

    def test_delayed_callback_joins_the_queue_later(self):
        self.scheduler.enqueue(lambda: self.order.append("late"), 2.0)
        self.scheduler.enqueue(lambda: self.order.append("now"))
        self.clock.advance(1.9)
        self.assertEqual(self.order, ["now"])
        self.clock.pump([0.1, 0])
        self.assertEqual(self.order, ["now", "late"])


class AllowanceTests(SynchronousTestCase):
    def setUp(self):
        self.allowance = Allowance(0.0)

    def test_time_that_the_length_justifies_is_free(self):
        for _ in range(1000):
            self.assertEqual(self.allowance.charge(1000 * FREE_TIME, 1000, 0.0), 0.0)
        self.assertEqual(self.allowance.charge(ALLOWANCE, 0, 0.0), 0.0)

    def test_peer_waits_once_the_allowance_is_used_up(self):
        self.assertEqual(self.allowance.charge(ALLOWANCE, 0, 0.0), 0.0)
        wait = self.allowance.charge(0.003, 0, 0.0)
        self.assertAlmostEqual(wait, 0.003 / REFILL)
        self.assertAlmostEqual(self.allowance.charge(0.003, 0, wait), 0.003 / REFILL)

    def test_allowance_is_refilled_but_not_hoarded(self):
        self.allowance.charge(ALLOWANCE, 0, 0.0)
        self.assertEqual(self.allowance.charge(ALLOWANCE / 2, 0, ALLOWANCE / REFILL), 0.0)
        self.assertEqual(self.allowance.charge(ALLOWANCE, 0, 1e6), 0.0)
        self.assertGreater(self.allowance.charge(ALLOWANCE, 0, 1e6), 0.0)

    def test_allowance_is_full_until_it_is_charged_and_once_it_is_refilled(self):
        self.allowance.charge(FREE_TIME, 1, 0.0)
        self.assertTrue(self.allowance.is_full)
        self.allowance.charge(ALLOWANCE / 2, 0, 0.0)
        self.assertFalse(self.allowance.is_full)
        self.allowance.charge(0.0, 0, ALLOWANCE / REFILL)
        self.assertTrue(self.allowance.is_full)

    def test_clock_that_is_set_back_takes_nothing_away(self):
        self.assertEqual(self.allowance.charge(ALLOWANCE / 2, 0, 10.0), 0.0)
        self.assertEqual(self.allowance.charge(ALLOWANCE / 2, 0, -3600.0), 0.0)
