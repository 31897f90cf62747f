import gc
import weakref

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.closing import LINGER, LONGEST, PATIENCE, Closing, lingering


class Connection:
    """A connection with so many bytes to send."""

    def __init__(self, left):
        self.left = left
        self.done = []

    def unsent(self):
        return self.left

    def begin_to_close(self, peer_has_closed):
        self.done.append("half" if not peer_has_closed else "whole")

    def close(self):
        self.done.append("close")

    def cut_off(self):
        self.done.append("cut off")


class ClosingTests(SynchronousTestCase):
    def closing(self, left):
        self.clock = Clock()
        self.connection = Connection(left)
        closing = Closing(self.connection, lingering(self.clock))
        closing.begin(peer_has_closed=False)
        self.assertEqual(self.connection.done, ["half"])
        return closing

    def test_a_peer_that_closes_too_is_left_in_peace(self):
        closing = self.closing(0)
        closing.peer_has_closed()
        closing.over()
        self.assertEqual(self.connection.done, ["half", "close"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_has_all_is_waited_for_for_a_while(self):
        self.closing(0)
        self.clock.advance(LINGER - 0.1)
        self.assertEqual(self.connection.done, ["half"])
        self.clock.advance(0.1)
        self.assertEqual(self.connection.done, ["half", "cut off"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_reads_nothing_has_a_little_more(self):
        self.closing(100)
        self.clock.pump([LINGER] * (PATIENCE - 1))
        self.assertEqual(self.connection.done, ["half"])
        self.clock.advance(LINGER)
        self.assertEqual(self.connection.done, ["half", "cut off"])

    def test_one_that_reads_is_waited_for(self):
        self.closing(100)
        for left in (50, 50, 49, 20, 0):
            self.assertEqual(self.connection.done, ["half"])
            self.connection.left = left
            self.clock.advance(LINGER)
        self.assertEqual(self.connection.done, ["half", "cut off"])

    def test_but_not_for_ever(self):
        self.closing(10_000)
        for _ in range(LONGEST):
            self.assertEqual(self.connection.done, ["half"])
            self.connection.left -= 1
            self.clock.advance(LINGER)
        self.assertEqual(self.connection.done, ["half", "cut off"])

    def test_nothing_keeps_it_once_it_is_over(self):
        closing = self.closing(0)
        self.clock.advance(LINGER)
        closing.over()
        left = weakref.ref(self.connection)
        self.connection = None
        gc.disable()
        self.addCleanup(gc.enable)
        del closing
        self.assertIsNone(left())

    def test_one_that_is_gone_needs_nothing_more(self):
        closing = self.closing(100)
        self.clock.pump([LINGER] * PATIENCE)
        closing.over()
        self.assertEqual(self.clock.getDelayedCalls(), [])
