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


class FakeConnection:
    """A connection with a number of bytes left to send."""

    def __init__(self, left):
        self.left = left
        self.calls = []

    def bytes_buffered(self):
        return self.left

    def close_gracefully(self, peer_has_closed):
        self.calls.append("half" if not peer_has_closed else "whole")

    def close(self):
        self.calls.append("close")

    def abort(self):
        self.calls.append("abort")


class GracefulCloseTests(SynchronousTestCase):
    def closing(self, left):
        self.clock = Clock()
        self.connection = FakeConnection(left)
        closing = GracefulClose(self.connection, close_timeouts(self.clock))
        closing.begin(peer_has_closed=False)
        self.assertEqual(self.connection.calls, ["half"])
        return closing

    def test_peer_that_closes_too_is_not_aborted(self):
        closing = self.closing(0)
        closing.peer_has_closed()
        closing.connection_lost()
        self.assertEqual(self.connection.calls, ["half", "close"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_peer_that_has_read_everything_is_aborted_after_the_timeout(self):
        self.closing(0)
        self.clock.advance(CLOSE_TIMEOUT - 0.1)
        self.assertEqual(self.connection.calls, ["half"])
        self.clock.advance(0.1)
        self.assertEqual(self.connection.calls, ["half", "abort"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_peer_that_reads_nothing_is_aborted_after_a_few_checks(self):
        self.closing(100)
        self.clock.pump([CLOSE_TIMEOUT] * (MAX_STALLED_CHECKS - 1))
        self.assertEqual(self.connection.calls, ["half"])
        self.clock.advance(CLOSE_TIMEOUT)
        self.assertEqual(self.connection.calls, ["half", "abort"])

    def test_peer_that_reads_gets_more_time(self):
        self.closing(100)
        for left in (50, 50, 49, 20, 0):
            self.assertEqual(self.connection.calls, ["half"])
            self.connection.left = left
            self.clock.advance(CLOSE_TIMEOUT)
        self.assertEqual(self.connection.calls, ["half", "abort"])

    def test_peer_that_reads_slowly_is_aborted_in_the_end(self):
        self.closing(10_000)
        for _ in range(MAX_CHECKS):
            self.assertEqual(self.connection.calls, ["half"])
            self.connection.left -= 1
            self.clock.advance(CLOSE_TIMEOUT)
        self.assertEqual(self.connection.calls, ["half", "abort"])

    def test_closed_connection_is_freed_without_garbage_collection(self):
        closing = self.closing(0)
        self.clock.advance(CLOSE_TIMEOUT)
        closing.connection_lost()
        reference = weakref.ref(self.connection)
        self.connection = None
        gc.disable()
        self.addCleanup(gc.enable)
        del closing
        self.assertIsNone(reference())

    def test_lost_connection_leaves_no_timer(self):
        closing = self.closing(100)
        self.clock.pump([CLOSE_TIMEOUT] * MAX_STALLED_CHECKS)
        closing.connection_lost()
        self.assertEqual(self.clock.getDelayedCalls(), [])
