"""Accepts connections in small batches, within the limit of file descriptors, and loses none."""

import os
import selectors
import socket
from typing import Any

from twisted.internet.interfaces import IListeningPort, IReadDescriptor
from twisted.logger import Logger

MAX_ACCEPTS = 64  # connections per call of doRead: about 4 ms, before other events are handled
LOOK_AHEAD = 256  # connections to find descriptors for at a time: about 0.15 ms
SPARE_DESCRIPTORS = 8  # descriptors kept free for files
RETRY_DELAY = 0.05  # seconds until the next attempt after descriptors ran out
LOG_INTERVAL = 60.0  # seconds between two log messages about that
MAX_DRAIN_ROUNDS = 1000  # calls of doRead on a closing port, so that a flood cannot keep it open


class DescriptorBudget:
    """The number of connections that file descriptors are left for; all ports of a process share it.

    To measure it, descriptors are duplicated and closed again, many at a time. One measurement then serves
    as many connections.
    """

    def __init__(self) -> None:
        self.exhausted = False  #: whether the last reservation got no descriptors
        self._available = 0
        self._last_logged = -LOG_INTERVAL

    def reserve(self, count: int, descriptor: int) -> int:
        """Reserve descriptors for connections.

        :param count: the number of connections.
        :param descriptor: any open descriptor, to be duplicated.
        :return: the number reserved: ``count``, or fewer if there are fewer.
        """
        if self._available < count:
            self._available = self._measure(descriptor)
        reserved = min(count, self._available)
        self._available -= reserved
        self.exhausted = not reserved
        return reserved

    def release(self, connections: int) -> None:
        """Return reservations that were not needed.

        :param connections: the number of them.
        """
        self._available += connections

    def log_exhaustion(self, now: float) -> None:
        """Log that new connections wait, but not again within LOG_INTERVAL.

        :param now: the time, in seconds.
        """
        if now - self._last_logged >= LOG_INTERVAL:
            self._last_logged = now
            _log.warn("No more files can be opened (ulimit -n); new connections wait.")

    def _measure(self, descriptor: int) -> int:
        duplicates: list[int] = []
        try:
            while len(duplicates) < LOOK_AHEAD + SPARE_DESCRIPTORS:
                duplicates.append(os.dup(descriptor))
        except OSError:
            pass
        finally:
            for duplicate in duplicates:
                os.close(duplicate)
        return max(0, len(duplicates) - SPARE_DESCRIPTORS)


class ThrottledAcceptor:
    """Makes one of Twisted's ports accept connections in moderation.

    Left alone, a port accepts more and more connections per reactor iteration while they keep arriving, and
    everyone else waits. When it runs out of file descriptors, it closes the connections that it cannot
    accept, with two log messages each. Here they wait in the kernel until descriptors are free.

    :param port: a listening port; ports other than Twisted's own on POSIX are left alone.
    :param budget: the budget from which the port reserves descriptors.
    """

    def __init__(self, port: Any, budget: DescriptorBudget) -> None:
        self._port = port
        self._budget = budget
        if os.name == "posix" and hasattr(port, "numberAccepts"):
            self._accept = self._port.doRead
            self._port.doRead = self._accept_some

    def _accept_some(self) -> object:
        reserved = self._budget.reserve(min(self._port.numberAccepts, MAX_ACCEPTS), self._port.fileno())
        if not reserved:
            self._pause()
            return None
        self._port.numberAccepts = reserved
        result = self._accept()
        # Twisted sets numberAccepts to the number that it accepted, or higher if there may be more.
        self._budget.release(max(0, reserved - self._port.numberAccepts))
        return result

    def _pause(self) -> None:
        clock = self._port.reactor
        self._port.stopReading()
        clock.callLater(RETRY_DELAY, self._resume)
        self._budget.log_exhaustion(clock.seconds())

    def _resume(self) -> None:
        if self._port.connected:
            self._port.startReading()


def set_backlog(port: Any, backlog: int) -> None:
    """Set how many connections may wait to be accepted; Twisted's default of 50 is soon too small.

    The kernel drops connections beyond the backlog, and a client that expects the server to speak first would
    then wait forever.

    :param port: a listening port; a port without a socket is left alone.
    :param backlog: the number of connections.
    """
    if hasattr(port, "socket"):
        port.socket.listen(backlog)


def set_options(port: Any) -> None:
    """Set what every connection of a TCP port gets from it, on Linux: cheaper than for each by itself.

    :param port: a listening port; a port without a TCP socket is left alone.
    """
    if getattr(port, "addressFamily", None) in (socket.AF_INET, socket.AF_INET6) and hasattr(port, "socket"):
        port.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        port.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)


def drain_backlog(port: IListeningPort, budget: DescriptorBudget) -> None:
    """Accept the connections that wait for a port that is about to close; the kernel would reset them.

    :param port: a listening port; a port without a descriptor is left alone.
    :param budget: the budget of the port's acceptor.
    """
    if IReadDescriptor.providedBy(port):
        with selectors.DefaultSelector() as selector:
            selector.register(port.fileno(), selectors.EVENT_READ)
            for _ in range(MAX_DRAIN_ROUNDS):
                if not selector.select(0):
                    break
                port.doRead()
                if budget.exhausted:
                    break


_log = Logger()
