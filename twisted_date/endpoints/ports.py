"""Listening ports of one or several addresses."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.interfaces import (
    IAddress,
    IListeningPort,
    IReadDescriptor,
)
from twisted.internet.main import CONNECTION_DONE
from twisted.python.failure import Failure
from zope.interface import implementer


@implementer(IListeningPort)
class PortGroup:
    """Listening ports that act as one: several addresses on one port number.

    :param ports: one or more; the first one answers for all.
    """

    def __init__(self, ports: Sequence[IListeningPort]) -> None:
        self.ports = tuple(ports)

    def startListening(self) -> None:
        """Listen again on every address.

        :raises CannotListenError: one of them cannot; the ones before it listen.
        """
        for port in self.ports:
            port.startListening()

    def stopListening(self) -> Deferred[None]:
        """Stop on every address; fires when all have stopped."""
        stopped = [maybeDeferred(port.stopListening) for port in self.ports]
        return gatherResults(stopped).addCallback(lambda _: None)

    def getHost(self) -> IAddress:
        """The first address; :func:`addresses` gives all."""
        return self.ports[0].getHost()


def ports_of(port: IListeningPort) -> tuple[IListeningPort, ...]:
    """The ports of a group, or the one port that is none."""
    return port.ports if isinstance(port, PortGroup) else (port,)


def addresses_of(port: IListeningPort) -> list[IAddress]:
    """Every address on which a port listens, of one made here or by any other endpoint."""
    return [one.getHost() for one in ports_of(port)]


def close_now(port: IListeningPort) -> Deferred[Any]:
    """Close a port, of one address, at once.

    Twisted's own ports close a turn of the reactor after they were told to. Before a reactor runs, that is
    long, and strangers could connect meanwhile. Their connectionLost closes now.
    """
    stop: Any = port.stopListening
    if IReadDescriptor.providedBy(port):
        stop = partial(port.connectionLost, Failure(CONNECTION_DONE))
    return maybeDeferred(stop)
