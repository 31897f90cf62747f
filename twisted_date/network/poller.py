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

TIME_SLICE = 0.002  # seconds for events, before it is the turn of the reactor's timers and other descriptors
MAX_EVENTS = 128  # at a time: about 1 ms

EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP = 0x1, 0x4, 0x8, 0x10  # the module select has them on Linux only
READABLE = (EPOLLIN, EPOLLIN | EPOLLHUP)  # all that there is to do is to read
NOTHING = (-1, 0)  # the descriptor and the events of what is not watched

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
        self._selectables: dict[int, Any] = {}
        self._watched: dict[Any, tuple[int, int]] = {}  # the descriptor of each, and the events it waits for
        reactor.addReader(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def adopt(self, port: Any) -> None:
        """Have a port hand its new connections over; a port without transports of Twisted's is left alone."""
        if hasattr(port, "transport"):
            make: Callable[..., Any] = port.transport
            port.transport = lambda *arguments: make(*arguments[:-1], self)

    def close(self) -> None:
        """Close the epoll object; the reactor goes on with what it watched."""
        if self._epoll.closed:
            return
        self._reactor.removeReader(self)
        watched = list(self._watched.items())
        self._forget_all()
        for selectable, (_, events) in watched:
            selectable.reactor = self._reactor
            if events & EPOLLIN:
                self._reactor.addReader(selectable)
            if events & EPOLLOUT:
                self._reactor.addWriter(selectable)

    # What a transport calls

    def addReader(self, reader: Any) -> None:
        """Watch a connection for input."""
        self._add(reader, EPOLLIN)

    def addWriter(self, writer: Any) -> None:
        """Watch a connection for room for output."""
        self._add(writer, EPOLLOUT)

    def removeReader(self, reader: Any) -> None:
        """Watch a connection for input no longer."""
        self._remove(reader, EPOLLIN)

    def removeWriter(self, writer: Any) -> None:
        """Watch a connection for room for output no longer."""
        self._remove(writer, EPOLLOUT)

    def getReaders(self) -> list[Any]:
        """What waits for input, here and in the reactor."""
        return self._waiting_for(EPOLLIN) + self._reactor.getReaders()  # type: ignore[no-any-return]

    def getWriters(self) -> list[Any]:
        """What waits for room for output, here and in the reactor."""
        return self._waiting_for(EPOLLOUT) + self._reactor.getWriters()  # type: ignore[no-any-return]

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
        while events := self._epoll.poll(0, MAX_EVENTS):
            self._serve(events)
            if self._seconds() >= end:
                break

    def _serve(self, events: Iterable[tuple[int, int]]) -> None:
        selectables = self._selectables
        for fd, event in events:
            selectable = selectables.get(fd)
            if selectable is None:  # it was closed by one of those before
                continue
            if event not in READABLE:
                log.callWithLogger(selectable, self._read_or_write, selectable, event)
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
        lost = list(self._watched)
        self._forget_all()
        for selectable in lost:
            log.callWithLogger(selectable, selectable.connectionLost, reason)

    def _read_or_write(self, selectable: Any, event: int) -> None:
        """Serve a connection that has any events, as the reactor does."""
        why: Any = None
        is_read = bool(event & EPOLLIN)
        try:
            if is_read:
                why = selectable.doRead()
            elif event & (EPOLLHUP | EPOLLERR):
                is_read = bool(self._watched[selectable][1] & EPOLLIN)
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

    def _waiting_for(self, event: int) -> list[Any]:
        return [selectable for selectable, (_, events) in self._watched.items() if events & event]

    def _add(self, selectable: Any, event: int) -> None:
        fd, events = self._watched.get(selectable, NOTHING)
        if events & event:
            return
        if events:
            self._epoll.modify(fd, events | event)
        else:
            fd = selectable.fileno()
            self._epoll.register(fd, event)
            self._selectables[fd] = selectable
        self._watched[selectable] = fd, events | event

    def _remove(self, selectable: Any, event: int) -> None:
        fd, events = self._watched.get(selectable, NOTHING)
        if not events & event:
            return
        if events == event:
            del self._watched[selectable], self._selectables[fd]
            self._epoll.unregister(fd)
        else:
            self._epoll.modify(fd, events & ~event)
            self._watched[selectable] = fd, events & ~event

    def _forget_all(self) -> None:
        self._selectables.clear()
        self._watched.clear()
        self._epoll.close()
