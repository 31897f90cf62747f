"""Timeouts of the same length for any number of items, on a single timer."""

from collections.abc import Callable, Hashable
from itertools import islice, takewhile
from typing import Generic, TypeVar

from twisted.internet.interfaces import IDelayedCall, IReactorTime

MAX_EXPIRED_AT_ONCE = 100  # items per reactor iteration, so that many cannot block it

T = TypeVar("T", bound=Hashable)


class Timeouts(Generic[T]):
    """Calls a function with each item whose timeout expires.

    All timeouts have the same length, so the item that was reset last expires last. A plain dictionary keeps
    the items in that order. To find the first one it passes those that were removed before it, so it is made
    anew when there are many: the cost is the same for any number of items.

    :param clock: measures the time and schedules the calls.
    :param seconds: the length of the timeouts, from an item's last reset.
    :param on_timeout: called with an item when it expires; by then the item has no timeout any more.
    """

    def __init__(self, clock: IReactorTime, seconds: float, on_timeout: Callable[[T], object]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._on_timeout = on_timeout
        self._started: dict[T, float] = {}
        self._removed = 0  # items since the dictionary was made
        self._timer: IDelayedCall | None = None

    def reset(self, thing: T, ahead: float = 0.0) -> None:
        """Start the timeout of an item, or start it again.

        :param ahead: seconds from now at which it starts. Whoever resets an item at most once in so many
            seconds has timeouts that never expire early, and at most so much late.
        """
        self._remove(thing)
        self._started[thing] = self._clock.seconds() + ahead
        if self._timer is None:
            self._timer = self._clock.callLater(self._seconds, self._expire)

    def cancel(self, thing: T) -> None:
        """Cancel the timeout of an item, if it has one."""
        self._remove(thing)
        if not self._started and self._timer is not None and self._timer.active():
            self._timer.cancel()
            self._timer = None

    def _remove(self, thing: T) -> None:
        if self._started.pop(thing, None) is not None:
            self._removed += 1

    def _expire(self) -> None:
        now = self._clock.seconds()
        self._make_anew()
        expired = takewhile(lambda item: item[1] + self._seconds <= now, self._started.items())
        try:
            for thing, started in list(islice(expired, MAX_EXPIRED_AT_ONCE)):
                if self._started.get(thing) is started:  # nobody has cancelled or reset it meanwhile
                    self._remove(thing)
                    self._on_timeout(thing)
        finally:  # if a callback fails, the other timeouts continue
            self._timer = None
            if self._started:
                first = next(iter(self._started.values()))
                self._timer = self._clock.callLater(max(0.0, first + self._seconds - now), self._expire)

    def _make_anew(self) -> None:
        """Make the dictionary anew if it may have more gaps than items."""
        if self._removed > len(self._started):
            self._started = dict(self._started)
            self._removed = 0
