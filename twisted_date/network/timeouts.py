"""Timeouts of the same length for any number of items, on a single timer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from twisted.internet.interfaces import IDelayedCall, IReactorTime

MAX_EXPIRED_AT_ONCE = 100  # items per reactor iteration, so that many cannot block it

T = TypeVar("T", bound=Hashable)


class Timeouts(Generic[T]):
    """Calls a function with each item whose timeout expires.

    All timeouts have the same length, so the item that was reset last expires last. Keeping the items in that
    order costs the same for any number of them.

    :param clock: measures the time and schedules the calls.
    :param seconds: the length of the timeouts, from an item's last reset.
    :param on_timeout: called with an item when it expires; by then the item has no timeout any more.
    """

    def __init__(self, clock: IReactorTime, seconds: float, on_timeout: Callable[[T], object]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._on_timeout = on_timeout
        self._started: OrderedDict[T, float] = OrderedDict()
        self._timer: IDelayedCall | None = None

    def reset(self, thing: T, ahead: float = 0.0) -> None:
        """Start the timeout of an item, or start it again.

        :param ahead: seconds from now at which it starts. Whoever resets an item at most once in so many
            seconds has timeouts that never expire early, and at most so much late.
        """
        self._started[thing] = self._clock.seconds() + ahead
        self._started.move_to_end(thing)
        if self._timer is None:
            self._timer = self._clock.callLater(self._seconds, self._expire)

    def cancel(self, thing: T) -> None:
        """Cancel the timeout of an item, if it has one."""
        self._started.pop(thing, None)
        if not self._started and self._timer is not None and self._timer.active():
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        now = self._clock.seconds()
        try:
            for _ in range(MAX_EXPIRED_AT_ONCE):
                if not self._started or self._next_expiry() > now:
                    break
                thing, _ = self._started.popitem(last=False)
                self._on_timeout(thing)
        finally:  # if a callback fails, the other timeouts continue
            delay = max(0.0, self._next_expiry() - now) if self._started else None
            self._timer = None if delay is None else self._clock.callLater(delay, self._expire)

    def _next_expiry(self) -> float:
        """Return the time when the first item expires."""
        return next(iter(self._started.values())) + self._seconds
