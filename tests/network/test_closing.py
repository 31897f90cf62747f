import gc
import weakref

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.closing import (
    CLOSE_TIMEOUT,
    MAX_CHECKS,
    MAX_STALLED_CHECKS,
    GracefulClose,
    close_timeouts,
)


class Connection:
    """A connection with so many bytes to send."""

    def __init__(self, left):
        self.left = left
        self.done = []

    def bytes_buffered(self):
        return self.left

    def close_gracefully(self, peer_has_closed):
        self.done.append("half" if not peer_has_closed else "whole")

    def close(self):
        self.done.append("close")

    def abort(self):
        self.done.append("cut off")


class ClosingTests(SynchronousTestCase):
    def closing(self, left):
        self.clock = Clock()
        self.connection = Connection(left)
        closing = GracefulClose(self.connection, close_timeouts(self.clock))
        closing.begin(peer_has_closed=False)
        self.assertEqual(self.connection.done, ["half"])
        return closing

    def test_a_peer_that_closes_too_is_left_in_peace(self):
        closing = self.closing(0)
        closing.peer_has_closed()
        closing.connection_lost()
        self.assertEqual(self.connection.done, ["half", "close"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_has_all_is_waited_for_for_a_while(self):
        self.closing(0)
        self.clock.advance(CLOSE_TIMEOUT - 0.1)
        self.assertEqual(self.connection.done, ["half"])
        self.clock.advance(0.1)
        self.assertEqual(self.connection.done, ["half", "cut off"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_that_reads_nothing_has_a_little_more(self):
        self.closing(100)
        self.clock.pump([CLOSE_TIMEOUT] * (MAX_STALLED_CHECKS - 1))
        self.assertEqual(self.connection.done, ["half"])
        self.clock.advance(CLOSE_TIMEOUT)
        self.assertEqual(self.connection.done, ["half", "cut off"])

    def test_one_that_reads_is_waited_for(self):
        self.closing(100)
        for left in (50, 50, 49, 20, 0):
            self.assertEqual(self.connection.done, ["half"])
            self.connection.left = left
            self.clock.advance(CLOSE_TIMEOUT)
        self.assertEqual(self.connection.done, ["half", "cut off"])

    def test_but_not_for_ever(self):
        self.closing(10_000)
        for _ in range(MAX_CHECKS):
            self.assertEqual(self.connection.done, ["half"])
            self.connection.left -= 1
            self.clock.advance(CLOSE_TIMEOUT)
        self.assertEqual(self.connection.done, ["half", "cut off"])

    def test_nothing_keeps_it_once_it_is_over(self):
        closing = self.closing(0)
        self.clock.advance(CLOSE_TIMEOUT)
        closing.connection_lost()
        left = weakref.ref(self.connection)
        self.connection = None
        gc.disable()
        self.addCleanup(gc.enable)
        del closing
        self.assertIsNone(left())

    def test_one_that_is_gone_needs_nothing_more(self):
        closing = self.closing(100)
        self.clock.pump([CLOSE_TIMEOUT] * MAX_STALLED_CHECKS)
        closing.connection_lost()
        self.assertEqual(self.clock.getDelayedCalls(), [])
