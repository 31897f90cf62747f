"""The end of a connection: its last line must arrive, and no peer can put it off for ever."""

from twisted.internet.interfaces import IReactorTime

from .connection import Connection
from .timeouts import Timeouts

CLOSE_TIMEOUT = (
    2.0  # seconds that a peer may take to close after us, and between two looks at one that still reads
)
MAX_STALLED_CHECKS = 3  # looks at a peer that reads nothing
MAX_CHECKS = 30  # looks at one that reads: a minute, for what a slow line needs for 64 KB


class GracefulClose:
    """Closes a connection: politely, then patiently, then anyway.

    :param connection: what is to be closed; all was written.
    :param close_timeouts: for the time that it may take; from :func:`close_timeouts`.
    """

    __slots__ = ("_checks", "_close_timeouts", "_connection", "_stalled", "_unsent")

    def __init__(self, connection: Connection, close_timeouts: "Timeouts[GracefulClose]") -> None:
        self._connection = connection
        self._close_timeouts = close_timeouts
        self._unsent = connection.bytes_buffered()
        self._stalled = 0
        self._checks = 0
        close_timeouts.reset(self)

    def begin(self, peer_has_closed: bool) -> None:
        """Close what can be closed now; what the peer sends meanwhile is nobody's business any more.

        :param peer_has_closed: whether the peer has closed its side.
        """
        self._connection.close_gracefully(peer_has_closed)

    def peer_has_closed(self) -> None:
        """The peer closed its side: nothing is left to wait for but what it still reads."""
        self._connection.close()

    def connection_lost(self) -> None:
        """The connection is gone."""
        self._close_timeouts.cancel(self)

    def check(self) -> None:
        """Its time is over: give it more, or cut it off."""
        left = self._connection.bytes_buffered()
        self._checks += 1
        self._stalled = 0 if left < self._unsent else self._stalled + 1
        self._unsent = left
        if left == 0 or self._stalled == MAX_STALLED_CHECKS or self._checks == MAX_CHECKS:
            self._connection.abort()
        else:
            self._close_timeouts.reset(self)


def close_timeouts(clock: IReactorTime) -> Timeouts[GracefulClose]:
    """The time that connections may take to close, of all that belong to one server."""
    return Timeouts(clock, CLOSE_TIMEOUT, GracefulClose.check)
