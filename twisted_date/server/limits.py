"""How many may come in: counts of connections, in all and from each host."""

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol as Interface

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress

from ..conversation.errors import ErrorKind

_MAPPED = bytes(10) + b"\xff\xff"  # in front of an IPv4 address on a dual-stack socket
MAX_SHORT_LIVED = 64  # at a time; more are told what they are told, too, but perhaps in vain
_SUBNET = 8  # bytes of an IPv6 address: a /64 is what one household or machine is given


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server gives, at most; 0 stands for no limit.

    :param idle: seconds that a conversation may go without a line.
    :param connections: open at a time.
    :param per_host: open at a time from one IPv4 address or one IPv6 subnet.
    """

    idle: float = 0
    connections: int = 0
    per_host: int = 0


NO_LIMITS = Limits()


class ConnectionLimiter:
    """The connections that are open.

    :param limits: how many there may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._count = 0
        self._from: Counter[bytes] = Counter()

    def host_key(self, address: IAddress | None) -> bytes | None:
        """What an address counts as; None where that does not matter."""
        return host_of(address) if self._limits.per_host else None

    def acquire(self, host: bytes | None) -> ErrorKind | None:
        """Count one in, or say why it cannot be."""
        if self._count == self._limits.connections > 0:
            return ErrorKind.FULL
        if host is not None:
            if self._from[host] == self._limits.per_host:
                return ErrorKind.TOO_MANY_FROM_HOST
            self._from[host] += 1
        self._count += 1
        return None

    def release(self, host: bytes | None) -> None:
        """Count one out that was counted in."""
        self._count -= 1
        if host is not None:
            self._from[host] -= 1
            if not self._from[host]:
                del self._from[host]


class Abortable(Interface):
    """A connection that is told one thing and closed."""

    def abort(self) -> object:
        """End it now."""


class ShortLivedConnections:
    """Connections that are told one thing and closed. When they are too many, the oldest is cut off."""

    def __init__(self) -> None:
        self._connections: dict[Abortable, None] = {}

    def __iter__(self) -> Iterator[Abortable]:
        return iter(self._connections)

    def __bool__(self) -> bool:
        return bool(self._connections)

    def add(self, connection: Abortable) -> None:
        """Let one more in."""
        if len(self._connections) == MAX_SHORT_LIVED:
            oldest = next(iter(self._connections))
            del self._connections[oldest]
            oldest.abort()
        self._connections[connection] = None

    def discard(self, connection: Abortable) -> None:
        """Forget one, known or not."""
        self._connections.pop(connection, None)


def host_of(address: IAddress | None) -> bytes | None:
    """What counts as one host: an IPv4 address, however it came in, or the /64 of an IPv6 one; else None."""
    if isinstance(address, IPv4Address):
        return socket.inet_pton(socket.AF_INET, address.host)
    if not isinstance(address, IPv6Address):
        return None
    packed = socket.inet_pton(socket.AF_INET6, address.host.partition("%")[0])
    return packed.removeprefix(_MAPPED) if packed.startswith(_MAPPED) else packed[:_SUBNET]
