"""Time-outs of one length for any number of things, on one timer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from twisted.internet.interfaces import IDelayedCall, IReactorTime

MAX_EXPIRED_AT_ONCE = 100  # that expire in one turn of the reactor, so that many cannot hold it up

T = TypeVar("T", bound=Hashable)


class Timeouts(Generic[T]):
    """Calls a function with each thing whose time is over.

    All have the same time, so the one that was put off last is due last: keeping them in that order costs the
    same however many there are.

    :param clock: tells the time.
    :param seconds: the time that each has, from when it was last put off.
    :param expired: called with a thing when its time is over; it has no deadline any more then.
    """

    def __init__(self, clock: IReactorTime, seconds: float, on_timeout: Callable[[T], object]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._on_timeout = on_timeout
        self._started: OrderedDict[T, float] = OrderedDict()
        self._timer: IDelayedCall | None = None

    def reset(self, thing: T) -> None:
        """Give a thing all of its time, from now."""
        self._started[thing] = self._clock.seconds()
        self._started.move_to_end(thing)
        if self._timer is None:
            self._timer = self._clock.callLater(self._seconds, self._expire)

    def cancel(self, thing: T) -> None:
        """Forget a thing, known or not."""
        self._started.pop(thing, None)
        if not self._started and self._timer is not None and self._timer.active():
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        now = self._clock.seconds()
        try:
            for _ in range(MAX_EXPIRED_AT_ONCE):
                if not self._started or self._next() > now:
                    break
                thing, _ = self._started.popitem(last=False)
                self._on_timeout(thing)
        finally:  # whatever fails, the time of the others goes on
            left = max(0.0, self._next() - now) if self._started else None
            self._timer = None if left is None else self._clock.callLater(left, self._expire)

    def _next(self) -> float:
        """When the first one is due."""
        return next(iter(self._started.values())) + self._seconds
