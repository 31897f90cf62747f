"""Shares the reactor's time among peers, so that a busy peer does not delay the others."""

import time
from collections import deque
from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

TIME_SLICE = 0.001  # seconds for one peer at a stretch: a thousand plain lines, or one of the slowest
ITERATION_BUDGET = 0.002  # seconds per reactor iteration for queued peers, and as much for new input

FREE_TIME = 0.000_005  # seconds per byte of input that are not charged to a peer: more than the usual
ALLOWANCE = 0.1  # seconds beyond that, before a peer has to wait
REFILL = 0.1  # seconds of the allowance that a second brings back


class Scheduler:
    """Shares out the time of each reactor iteration.

    New input is served at once while this iteration's budget lasts; everything else queues, first in, first
    out. The code that serves a peer charges the time, stops after TIME_SLICE and enqueues the
    rest.

    :param clock: measures the time and schedules the iterations.
    :param cpu_time: measures the processor time of this thread, in seconds.
    """

    def __init__(self, clock: IReactorTime, cpu_time: Callable[[], float] = time.thread_time) -> None:
        self.clock = clock
        self.cpu_time = cpu_time
        self._queue: deque[Callable[[], object]] = deque()
        self._charged = 0.0
        self._call: IDelayedCall | None = None
        self.exhausted = False  #: whether new input has to be queued
        #: How many times longer usual input takes on this machine than where FREE_TIME was measured.
        self.slowness = 1.0

    def charge(self, seconds: float) -> None:
        """Charge this iteration's budget with time that was spent on new input.

        :param seconds: the time spent.
        """
        self._charged += seconds
        if self._charged >= TIME_SLICE:  # worth a call in the next iteration, which resets it
            self.exhausted = self._charged >= ITERATION_BUDGET
            self._call_soon()

    def enqueue(self, callback: Callable[[], object], delay: float = 0.0) -> None:
        """Call a function once, when its turn comes. It may enqueue itself again.

        :param callback: serves one peer for one time slice.
        :param delay: seconds before it joins the queue.
        """
        if delay:
            self.clock.callLater(delay, self.enqueue, callback)
        else:
            self._queue.append(callback)
            self._call_soon()

    def _call_soon(self) -> None:
        if self._call is None:
            self._call = self.clock.callLater(0, self._run)

    def _run(self) -> None:
        self._call = None
        self._charged = 0.0
        self.exhausted = False
        end = self.clock.seconds() + ITERATION_BUDGET
        try:
            for _ in range(len(self._queue)):
                self._queue.popleft()()
                if self.clock.seconds() >= end:
                    break
        finally:  # if a callback fails, the others are still called
            if self._queue:
                self._call_soon()


class Allowance:
    """Bounds what one peer's input costs, where its length does not: a few bytes can load a language.

    :param now: the time, in seconds.
    """

    __slots__ = ("_charged_at", "_left")

    def __init__(self, now: float) -> None:
        self._left = ALLOWANCE
        self._charged_at = now

    @property
    def is_full(self) -> bool:
        """Whether nothing was left of earlier charges at the last one, and that one was free."""
        return self._left == ALLOWANCE

    def charge(self, seconds: float, size: float, now: float) -> float:
        """Charge the time that input took, but for :data:`FREE_TIME` per byte.

        :param seconds: the time spent.
        :param size: the bytes of input, times the :attr:`.Scheduler.slowness` of the machine.
        :param now: the time, in seconds.
        :return: the seconds for which the peer has to wait; 0 while it has some of its allowance left.
        """
        elapsed = max(0.0, now - self._charged_at)  # an embedder's clock can be set back
        refilled = min(ALLOWANCE, self._left + REFILL * elapsed)
        self._left = refilled - max(0.0, seconds - size * FREE_TIME)
        self._charged_at = now
        return max(0.0, -self._left / REFILL)
