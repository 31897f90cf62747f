"""The end of a connection: its last line must arrive, and no peer can put it off for ever."""

from twisted.internet.interfaces import IReactorTime

from .connection import Connection
from .timeouts import Deadlines

LINGER = 2.0  # seconds that a peer may take to close after us, and between two looks at one that still reads
PATIENCE = 3  # looks at a peer that reads nothing
LONGEST = 30  # looks at one that reads: a minute, for what a slow line needs for 64 KB


class Closing:
    """Closes a connection: politely, then patiently, then anyway.

    :param connection: what is to be closed; all was written.
    :param lingering: for the time that it may take; from :func:`lingering`.
    """

    __slots__ = ("_connection", "_idle", "_lingering", "_looks", "_unsent")

    def __init__(self, connection: Connection, lingering: "Deadlines[Closing]") -> None:
        self._connection = connection
        self._lingering = lingering
        self._unsent = connection.unsent()
        self._idle = 0
        self._looks = 0
        lingering.put_off(self)

    def begin(self, peer_has_closed: bool) -> None:
        """Close what can be closed now; what the peer sends meanwhile is nobody's business any more.

        :param peer_has_closed: whether the peer has closed its side.
        """
        self._connection.begin_to_close(peer_has_closed)

    def peer_has_closed(self) -> None:
        """The peer closed its side: nothing is left to wait for but what it still reads."""
        self._connection.close()

    def over(self) -> None:
        """The connection is gone."""
        self._lingering.cancel(self)

    def look(self) -> None:
        """Its time is over: give it more, or cut it off."""
        left = self._connection.unsent()
        self._looks += 1
        self._idle = 0 if left < self._unsent else self._idle + 1
        self._unsent = left
        if left == 0 or self._idle == PATIENCE or self._looks == LONGEST:
            self._connection.cut_off()
        else:
            self._lingering.put_off(self)


def lingering(clock: IReactorTime) -> Deadlines[Closing]:
    """The time that connections may take to close, of all that belong to one server."""
    return Deadlines(clock, LINGER, Closing.look)
