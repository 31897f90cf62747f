"""Serves the connections of a server's ports from an epoll object of their own, nested in the reactor."""

import select
import time
from collections.abc import Callable, Iterable
from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHalfCloseableDescriptor, IReadDescriptor
from twisted.internet.main import CONNECTION_DONE, CONNECTION_LOST
from twisted.python import log
from twisted.python.failure import Failure
from zope.interface import implementer

TIME_SLICE = 0.001  # seconds for events, before it is the turn of timers and other descriptors
MAX_EVENTS = 128  # at a time: about 1 ms

EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP = 0x1, 0x4, 0x8, 0x10  # the module select has them on Linux only
READABLE = (EPOLLIN, EPOLLIN | EPOLLHUP)  # all that there is to do is to read

Watched = dict[int, Any]  # transports by their descriptors

_DONE, _LOST = Failure(CONNECTION_DONE), Failure(CONNECTION_LOST)


def nested_poller(reactor: Any) -> "Poller | None":
    """A poller in a reactor, or None: only Twisted's epoll reactor gains by it."""
    try:
        from twisted.internet.epollreactor import EPollReactor

        return Poller(reactor) if isinstance(reactor, EPollReactor) else None
    except (ImportError, OSError):  # not Linux; no more files can be opened
        return None


@implementer(IReadDescriptor)
class Poller:
    """An epoll object, which the reactor watches as one descriptor, and the connections that it watches.

    The reactor makes a log context for each event, looks things up and checks flags: about 4 µs, as much as
    the answer to a line takes. Here a plain loop calls ``doRead``.

    It stands in for the reactor at the transports of a port: they add and remove themselves here, and find
    everything else of the reactor, too.

    :param reactor: an epoll reactor.
    :param seconds: a clock that is never set.
    :raises OSError: when no more files can be opened.
    """

    def __init__(self, reactor: Any, seconds: Callable[[], float] = time.monotonic) -> None:
        self._reactor = reactor
        self._seconds = seconds
        self._epoll = select.epoll()
        self._readers: Watched = {}
        self._writers: Watched = {}
        reactor.addReader(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def adopt(self, port: Any) -> None:
        """Have a port hand its new connections over; a port without transports of Twisted's is left alone."""
        if hasattr(port, "transport"):
            make: Callable[..., Any] = port.transport
            port.transport = lambda *arguments: make(*arguments[:-1], self)

    def close(self) -> None:
        """Close the epoll object; the reactor takes over, for connections that are left, too."""
        if self._epoll.closed:
            return
        self._reactor.removeReader(self)
        readers, writers = self._forget_all()
        for name in ("addReader", "addWriter", "removeReader", "removeWriter"):
            setattr(self, name, getattr(self._reactor, name))
        for reader in readers:
            reader.reactor = self._reactor
            self._reactor.addReader(reader)
        for writer in writers:
            writer.reactor = self._reactor
            self._reactor.addWriter(writer)

    # What a transport calls

    def addReader(self, reader: Any) -> None:
        """Watch a connection for input."""
        self._add(reader, self._readers, self._writers, EPOLLIN, EPOLLOUT)

    def addWriter(self, writer: Any) -> None:
        """Watch a connection for room for output."""
        self._add(writer, self._writers, self._readers, EPOLLOUT, EPOLLIN)

    def removeReader(self, reader: Any) -> None:
        """Watch a connection for input no longer."""
        self._remove(reader, self._readers, self._writers, EPOLLOUT)

    def removeWriter(self, writer: Any) -> None:
        """Watch a connection for room for output no longer."""
        self._remove(writer, self._writers, self._readers, EPOLLIN)

    def getReaders(self) -> list[Any]:
        """What waits for input, here and in the reactor."""
        return [*self._readers.values(), *self._reactor.getReaders()]

    def getWriters(self) -> list[Any]:
        """What waits for room for output, here and in the reactor."""
        return [*self._writers.values(), *self._reactor.getWriters()]

    # What the reactor calls

    def fileno(self) -> int:
        """The descriptor of the epoll object."""
        return self._epoll.fileno()

    def logPrefix(self) -> str:
        """What the log calls it."""
        return type(self).__name__

    def doRead(self) -> None:
        """Serve connections that have events, and those that have some by then."""
        end = self._seconds() + TIME_SLICE
        while not self._epoll.closed and (events := self._epoll.poll(0, MAX_EVENTS)):
            self._serve(events)
            if self._seconds() >= end:
                break

    def _serve(self, events: Iterable[tuple[int, int]]) -> None:
        readers, writers = self._readers, self._writers
        for fd, event in events:
            selectable = readers.get(fd) or writers.get(fd)
            if selectable is None:  # it was closed by one of those before
                continue
            if event not in READABLE:
                log.callWithLogger(selectable, self._read_or_write, selectable, fd, event)
                continue
            try:
                why = selectable.doRead()
            except BaseException as error:  # as in the reactor, only this connection is lost
                why = error
                log.callWithLogger(selectable, log.err)
            if why:
                self._end_input(selectable, why)

    def connectionLost(self, reason: Failure) -> None:
        """The reactor has stopped: everything that is watched here is lost as well."""
        readers, writers = self._forget_all()
        for selectable in dict.fromkeys([*readers, *writers]):
            log.callWithLogger(selectable, selectable.connectionLost, reason)

    def _read_or_write(self, selectable: Any, fd: int, event: int) -> None:
        """Serve a connection that has any events, as the reactor does."""
        why: Any = None
        is_read = bool(event & EPOLLIN)
        try:
            if is_read:
                why = selectable.doRead()
            elif event & (EPOLLHUP | EPOLLERR):
                is_read = fd in self._readers
                why = CONNECTION_DONE if is_read else CONNECTION_LOST
            if not why and event & EPOLLOUT:
                is_read = False
                why = selectable.doWrite()
        except BaseException as error:
            why = error
            log.err()
        if why:
            self._disconnect(selectable, why, is_read)

    def _end_input(self, selectable: Any, why: BaseException) -> None:
        """What ``doRead`` returned ends the connection, or its input; failures are logged."""
        try:
            self._disconnect(selectable, why, True)
        except BaseException:
            log.callWithLogger(selectable, log.err)

    def _disconnect(self, selectable: Any, why: BaseException, is_read: bool) -> None:
        """End a connection, or its input if the peer has closed no more than that."""
        self.removeReader(selectable)
        is_done = why.__class__ is ConnectionDone
        if is_done and is_read and IHalfCloseableDescriptor.providedBy(selectable):
            selectable.readConnectionLost(_DONE)
            return
        self.removeWriter(selectable)
        selectable.connectionLost(_DONE if is_done else _LOST if why is CONNECTION_LOST else Failure(why))

    def _add(self, selectable: Any, ours: Watched, others: Watched, event: int, other_event: int) -> None:
        fd = selectable.fileno()
        if fd in ours:
            return
        if fd in others:
            self._epoll.modify(fd, event | other_event)
        else:
            self._epoll.register(fd, event)
        ours[fd] = selectable

    def _remove(self, selectable: Any, ours: Watched, others: Watched, other_event: int) -> None:
        fd = selectable.fileno()
        if fd == -1:  # its socket was closed by somebody else
            fd = next((fd for fd, other in ours.items() if other is selectable), -1)
        if ours.pop(fd, None) is None:
            return
        if fd in others:
            self._epoll.modify(fd, other_event)
        else:
            self._epoll.unregister(fd)

    def _forget_all(self) -> tuple[list[Any], list[Any]]:
        """Watch nothing any more; return what waited for input, and what for room for output."""
        watched = list(self._readers.values()), list(self._writers.values())
        self._readers.clear()
        self._writers.clear()
        self._epoll.close()
        return watched
