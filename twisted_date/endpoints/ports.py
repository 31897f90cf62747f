"""Listening ports on one or several addresses."""

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.interfaces import IAddress, IListeningPort, IReadDescriptor
from twisted.internet.main import CONNECTION_DONE
from twisted.python.failure import Failure
from zope.interface import implementer

__all__ = ["PortGroup", "addresses_of", "close_now", "ports_of", "uses_tls"]


@implementer(IListeningPort)
class PortGroup:
    """Listening ports that act as one port: several addresses on the same port number.

    :param ports: one or more ports; the first represents the group.
    """

    def __init__(self, ports: Sequence[IListeningPort]) -> None:
        self.ports = tuple(ports)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(_describe, self.ports))})"

    def startListening(self) -> None:
        """Listen again on every address.

        :raises CannotListenError: when one address fails; the addresses before it listen.
        """
        for port in self.ports:
            port.startListening()

    def stopListening(self) -> Deferred[None]:
        """Stop listening on every address.

        :return: fires when all have stopped.
        """
        stopped = [maybeDeferred(port.stopListening) for port in self.ports]
        return gatherResults(stopped).addCallback(lambda _: None)

    def getHost(self) -> IAddress:
        """Return the first address; :func:`addresses_of` returns all."""
        return self.ports[0].getHost()


def _describe(port: IListeningPort) -> str:
    """Return the address of a port for its ``repr``; Twisted's closed ports have none."""
    try:
        address = port.getHost()
    except AttributeError:
        return "closed"
    return (
        f"{address.host} {address.port}" if isinstance(address, IPv4Address | IPv6Address) else repr(address)
    )


def ports_of(port: IListeningPort) -> tuple[IListeningPort, ...]:
    """Return the members of a :class:`PortGroup`, or any other port as the only member."""
    return port.ports if isinstance(port, PortGroup) else (port,)


def addresses_of(port: IListeningPort) -> list[IAddress]:
    """Return all addresses on which a port listens, whichever endpoint it comes from."""
    return [member.getHost() for member in ports_of(port)]


def uses_tls(port: IListeningPort) -> bool:
    """Whether connections to a port speak TLS."""
    tls = sys.modules.get("twisted.protocols.tls")  # not imported means not used
    factory = getattr(ports_of(port)[0], "factory", None)
    while tls is not None and factory is not None:
        if isinstance(factory, tls.TLSMemoryBIOFactory):
            return True
        factory = getattr(factory, "wrappedFactory", None)
    return False


def close_now(port: IListeningPort) -> Deferred[Any]:
    """Close a port of one address immediately.

    Twisted's own ports close one reactor iteration after ``stopListening``. Before the reactor runs, that can
    be long, and clients could connect in the meantime. Their ``connectionLost`` closes them now.

    :param port: a listening port, but not a :class:`PortGroup`.
    :return: fires when the port is closed.
    """
    stop: Any = port.stopListening
    if IReadDescriptor.providedBy(port):
        stop = partial(port.connectionLost, Failure(CONNECTION_DONE))
    return maybeDeferred(stop)
