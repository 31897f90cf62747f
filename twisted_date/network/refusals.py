"""Refused connections: counted, and summed in the log, however many there are."""

from collections import Counter

from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.logger import Logger

from .addresses import format_address

LOG_INTERVAL = 10.0  # seconds between two lines


class RefusalLog:
    """Counts refusals, and tells their sums from time to time while there are any.

    :param clock: says when.
    :param codes: the reasons that there can be.
    """

    def __init__(self, clock: IReactorTime, *codes: str) -> None:
        self.totals = dict.fromkeys(codes, 0)  #: All that there were, by code.
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._last = ""
        self._timer: IDelayedCall | None = None

    def count(self, code: str, address: IAddress | None) -> None:
        """Count one.

        :param code: why: an error's code.
        :param address: the peer's.
        """
        self.totals[code] += 1
        self._counts[code] += 1
        self._last = "an unknown address" if address is None else format_address(address)
        if self._timer is None:
            self._timer = self._clock.callLater(LOG_INTERVAL, self.flush)

    def flush(self) -> None:
        """Tell what was counted now."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        if self._counts:
            sums = ", ".join(f"{number} {code}" for code, number in self._counts.most_common())
            _log.info(
                "Refused connections: {sums}; the last one was from {last}.", sums=sums, last=self._last
            )
            self._counts.clear()


_log = Logger()
