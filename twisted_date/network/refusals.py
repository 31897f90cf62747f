"""Counts refused connections and logs totals, so that a flood does not fill the log."""

from collections import Counter

from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.logger import Logger

from .addresses import format_address

LOG_INTERVAL = 10.0  # seconds between two log messages


class RefusalLog:
    """Counts refusals and, while there are any, logs their totals at intervals.

    :param clock: schedules the log messages.
    :param codes: the error codes of all possible reasons.
    """

    def __init__(self, clock: IReactorTime, *codes: str) -> None:
        self.totals = dict.fromkeys(codes, 0)  #: all refusals so far, by code
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._last = ""
        self._timer: IDelayedCall | None = None

    def count(self, code: str, address: IAddress | None) -> None:
        """Count a refusal.

        :param code: the reason: one of the error codes.
        :param address: the peer's address; None if it is not known.
        """
        self.totals[code] += 1
        self._counts[code] += 1
        self._last = "an unknown address" if address is None else format_address(address)
        if self._timer is None:
            self._timer = self._clock.callLater(LOG_INTERVAL, self.flush)

    def flush(self) -> None:
        """Log the refusals since the last log message, now."""
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
