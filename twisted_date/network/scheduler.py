"""Peers that ask for much at once take turns, so that none holds up the others."""

from collections import deque
from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

TIME_SLICE = (
    0.001  # seconds that one peer is answered at a stretch: a thousand plain lines, or one of the worst
)
ITERATION_BUDGET = (
    0.004  # seconds in one turn of the reactor for those that wait, and as much for those that just came
)


class Scheduler:
    """Shares the time of each turn of the reactor.

    Who comes is answered at once, for a slice, while there is time in this turn. Who has more to ask, or
    comes when the time is used up, waits: first come, first served.

    :param clock: tells the time and calls.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock
        self._queue: deque[Callable[[], object]] = deque()
        self._charged = 0.0
        self._call: IDelayedCall | None = None
        self.exhausted = False  #: whether those that come now have to wait

    def charge(self, seconds: float) -> None:
        """Tell how long one that came was answered."""
        self._charged += seconds
        if self._charged >= TIME_SLICE:  # it matters: find out when the next turn begins
            self.exhausted = self._charged >= ITERATION_BUDGET
            self._call_soon()

    def enqueue(self, callback: Callable[[], object]) -> None:
        """Call ``go_on``, once, when its turn has come. It may wait again then."""
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
        finally:  # whatever fails, the others have their turn
            if self._queue:
                self._call_soon()
