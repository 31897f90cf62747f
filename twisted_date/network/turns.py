"""Peers that ask for much at once take turns, so that none holds up the others."""

from collections import deque
from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

SLICE = 0.001  # seconds that one peer is answered at a stretch: a thousand plain lines, or one of the worst
TURN = 0.004  # seconds for those that wait, before the reactor looks after the others again


class Turns:
    """Those that have used up their slice wait here, first come, first served.

    :param clock: tells the time and calls.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._waiting: deque[Callable[[], object]] = deque()
        self._call: IDelayedCall | None = None

    def wait(self, go_on: Callable[[], object]) -> None:
        """Call ``go_on``, once, when its turn has come. It may wait again then."""
        self._waiting.append(go_on)
        if self._call is None:
            self._call = self._clock.callLater(0, self._run)

    def _run(self) -> None:
        end = self._clock.seconds() + TURN
        for _ in range(len(self._waiting)):
            self._waiting.popleft()()
            if self._clock.seconds() >= end:
                break
        self._call = self._clock.callLater(0, self._run) if self._waiting else None
