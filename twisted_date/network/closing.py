"""Closes connections within a bounded time, without losing their last line."""

from twisted.internet.interfaces import IReactorTime

from .connection import Connection
from .timeouts import Timeouts

CLOSE_TIMEOUT = 2.0  # seconds for the peer to close after us, and between two checks
MAX_STALLED_CHECKS = 3  # checks in a row at which the peer has read nothing
MAX_CHECKS = 30  # checks of a peer that reads: one minute, which 64 KB may take on a slow line


class GracefulClose:
    """Closes a connection gracefully, waits while the peer reads, and aborts it if that takes too long.

    :param connection: the connection, with all its output written.
    :param close_timeouts: the timeouts from :func:`close_timeouts`.
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
        """Close as far as possible now. The caller ignores whatever the peer still sends.

        :param peer_has_closed: whether the peer has closed its side.
        """
        self._connection.close_gracefully(peer_has_closed)

    def peer_has_closed(self) -> None:
        """The peer has closed its side: close once it has read the output."""
        self._connection.close()

    def connection_lost(self) -> None:
        """The connection is closed: cancel the timeout."""
        self._close_timeouts.cancel(self)

    def check(self) -> None:
        """The timeout has expired: extend it while output is left and the peer reads, or abort."""
        unsent = self._connection.bytes_buffered()
        self._checks += 1
        self._stalled = 0 if unsent < self._unsent else self._stalled + 1
        self._unsent = unsent
        if unsent == 0 or self._stalled == MAX_STALLED_CHECKS or self._checks == MAX_CHECKS:
            self._connection.abort()
        else:
            self._close_timeouts.reset(self)


def close_timeouts(clock: IReactorTime) -> Timeouts[GracefulClose]:
    """Return the timeouts of closing connections, which all connections of a server share."""
    return Timeouts(clock, CLOSE_TIMEOUT, GracefulClose.check)
