"""The connections that wait to be accepted: not too many at a time, and none lost."""

import selectors
from typing import Any

from twisted.internet.interfaces import IListeningPort, IReadDescriptor

MOST_AT_ONCE = 64  # connections: some 4 ms, before the others have their turn
MOST_ROUNDS = 1000  # of these that a port takes when it closes, so that a flood cannot hold it


def accept_few_at_once(port: IListeningPort) -> None:
    """Have a port accept no more than :data:`MOST_AT_ONCE` in one turn of the reactor.

    Twisted's ports accept more and more while more come in, and everybody waits meanwhile.
    """
    some: Any = port
    if not hasattr(some, "numberAccepts"):  # not one of Twisted's on POSIX
        return
    accept = some.doRead

    def accept_few() -> object:
        some.numberAccepts = min(some.numberAccepts, MOST_AT_ONCE)
        return accept()

    some.doRead = accept_few


def accept_waiting(port: IListeningPort) -> None:
    """Accept the connections that wait for a port that is about to close: the kernel would reset them."""
    if IReadDescriptor.providedBy(port):
        with selectors.DefaultSelector() as selector:
            selector.register(port.fileno(), selectors.EVENT_READ)
            for _ in range(MOST_ROUNDS):
                if not selector.select(0):
                    break
                port.doRead()
