"""The connections that wait to be accepted: not too many at a time, none without room, and none lost."""

import os
import selectors
from typing import Any

from twisted.internet.interfaces import IListeningPort, IReadDescriptor
from twisted.logger import Logger

MAX_ACCEPTS = 64  # connections: some 4 ms, before the others have their turn
LOOK_AHEAD = 256  # connections: some 0.15 ms
SPARE_DESCRIPTORS = 8  # descriptors that are left for files
RETRY_DELAY = 0.05  # seconds until the next look when there are no more
LOG_INTERVAL = 60.0  # seconds between two lines in the log about that
MAX_DRAIN_ROUNDS = 1000  # that a port accepts when it closes, so that a flood cannot hold it


class DescriptorBudget:
    """How many more connections there are descriptors for. All ports of a process share one.

    To find out, descriptors are taken and given back, many at a time: what was found lasts for as many
    connections.
    """

    def __init__(self) -> None:
        self.exhausted = False  #: whether there was none when somebody wanted some
        self._found = 0

    def reserve(self, count: int, descriptor: int) -> int:
        """Set apart as many as are wanted, or as there are.

        :param descriptor: an open one.
        """
        if self._found < count:
            self._found = self._find(descriptor)
        taken = min(count, self._found)
        self._found -= taken
        self.exhausted = not taken
        return taken

    def release(self, connections: int) -> None:
        """So many that were set apart were not needed."""
        self._found += connections

    def _find(self, descriptor: int) -> int:
        had: list[int] = []
        try:
            while len(had) < LOOK_AHEAD + SPARE_DESCRIPTORS:
                had.append(os.dup(descriptor))
        except OSError:
            pass
        finally:
            for one in had:
                os.close(one)
        return max(0, len(had) - SPARE_DESCRIPTORS)


class ThrottledAcceptor:
    """Has one of Twisted's ports accept in moderation.

    Left alone, a port accepts more and more in one turn of the reactor while more come in, and everybody
    waits meanwhile. When it runs out of file descriptors it closes what it cannot accept, with two lines in
    the log for each. Here these connections wait until there is room.

    :param port: listens; others than Twisted's on POSIX are left as they are.
    :param room: for connections.
    """

    def __init__(self, port: Any, room: DescriptorBudget) -> None:
        self._port = port
        self._budget = room
        self._logged = -LOG_INTERVAL
        if os.name == "posix" and hasattr(port, "numberAccepts"):
            self._accept = self._port.doRead
            self._port.doRead = self._accept_some

    def _accept_some(self) -> object:
        room = self._budget.reserve(min(self._port.numberAccepts, MAX_ACCEPTS), self._port.fileno())
        if not room:
            self._pause()
            return None
        self._port.numberAccepts = room
        result = self._accept()
        # Twisted's port keeps there how many it accepted, or more when it might have accepted more.
        self._budget.release(max(0, room - self._port.numberAccepts))
        return result

    def _pause(self) -> None:
        clock = self._port.reactor
        self._port.stopReading()
        clock.callLater(RETRY_DELAY, self._go_on)
        if clock.seconds() - self._logged >= LOG_INTERVAL:
            self._logged = clock.seconds()
            _log.warn("No more files can be opened (ulimit -n); new connections wait.")

    def _go_on(self) -> None:
        if self._port.connected:
            self._port.startReading()


def set_backlog(port: Any, backlog: int) -> None:
    """Let more connections wait to be accepted; Twisted's own number, 50, is soon too small.

    The kernel forgets those beyond it, and who waits to be spoken to waits for ever.
    """
    if hasattr(port, "socket"):
        port.socket.listen(backlog)


def drain_backlog(port: IListeningPort, room: DescriptorBudget) -> None:
    """Accept the connections that wait for a port that is about to close: the kernel would reset them.

    :param room: what the port's acceptor has.
    """
    if IReadDescriptor.providedBy(port):
        with selectors.DefaultSelector() as selector:
            selector.register(port.fileno(), selectors.EVENT_READ)
            for _ in range(MAX_DRAIN_ROUNDS):
                if not selector.select(0):
                    break
                port.doRead()
                if room.exhausted:
                    break


_log = Logger()
