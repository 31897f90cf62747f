"""Limits the number of connections, in total and per host."""

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol as Interface

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress

from ..conversation.errors import ErrorKind

_MAPPED = bytes(10) + b"\xff\xff"  # prefix of an IPv4 address on a dual-stack socket
MAX_SECONDS = 1e9  # 30 years; the reactor cannot take any number
MAX_SHORT_LIVED = 64  # open at a time; one more aborts the oldest, perhaps before its peer has read all
_SUBNET = 8  # bytes of an IPv6 address: a /64 is assigned to one household or machine


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server; 0 stands for no limit.

    :param idle: seconds that a session may go without a line.
    :param connections: sessions open at a time.
    :param per_host: sessions open at a time from one IPv4 address or one IPv6 /64 subnet.
    :raises ValueError: when a limit is not a number, or is negative.
    """

    idle: float = 0
    connections: int = 0
    per_host: int = 0

    def __post_init__(self) -> None:
        check_seconds("idle", self.idle)
        for name, value in (("connections", self.connections), ("per_host", self.per_host)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} is {value!r}; give a whole number, or 0 for no limit")


def check_seconds(name: str, value: object) -> None:
    """Check an argument that is a time in seconds.

    :raises ValueError: when it is not a number from 0 to MAX_SECONDS; as text, a sentence.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MAX_SECONDS:
        raise ValueError(f"{name} is {value!r}; give a number of seconds, 0 or more")


NO_LIMITS = Limits()


class ConnectionLimiter:
    """Counts open connections, and refuses those beyond the limits.

    :param limits: the maximum numbers.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._count = 0
        self._per_host: Counter[bytes] = Counter()

    def host_key(self, address: IAddress | None) -> bytes | None:
        """The key under which an address is counted; None when the limit per host does not apply to it."""
        return host_of(address) if self._limits.per_host else None

    def acquire(self, host: bytes | None) -> ErrorKind | None:
        """Count a connection in.

        :param host: its :meth:`host_key`.
        :return: None, or the reason when a limit is reached; then nothing is counted.
        """
        if self._count == self._limits.connections > 0:
            return ErrorKind.FULL
        if host is not None:
            if self._per_host[host] == self._limits.per_host:
                return ErrorKind.TOO_MANY_FROM_HOST
            self._per_host[host] += 1
        self._count += 1
        return None

    def release(self, host: bytes | None) -> None:
        """Count out a connection that was counted in, under the same key."""
        self._count -= 1
        if host is not None:
            self._per_host[host] -= 1
            if not self._per_host[host]:
                del self._per_host[host]


class Abortable(Interface):
    """A connection that can be aborted."""

    def abort(self) -> object:
        """Drop the connection now."""


class ShortLivedConnections:
    """Connections that get one payload and are closed, oldest first.

    There are at most MAX_SHORT_LIVED; one more aborts the oldest.
    """

    def __init__(self) -> None:
        self._connections: dict[Abortable, None] = {}

    def __iter__(self) -> Iterator[Abortable]:
        return iter(self._connections)

    def __bool__(self) -> bool:
        return bool(self._connections)

    def add(self, connection: Abortable) -> None:
        """Add a connection; abort the oldest when there are too many."""
        if len(self._connections) == MAX_SHORT_LIVED:
            oldest = next(iter(self._connections))
            del self._connections[oldest]
            oldest.abort()
        self._connections[connection] = None

    def discard(self, connection: Abortable) -> None:
        """Remove a connection, if it is there."""
        self._connections.pop(connection, None)


def host_of(address: IAddress | None) -> bytes | None:
    """The bytes that identify a host; None for an address without IP.

    They are an IPv4 address, mapped into IPv6 or not, or the /64 subnet of an IPv6 address.
    """
    if isinstance(address, IPv4Address):
        return socket.inet_pton(socket.AF_INET, address.host)
    if not isinstance(address, IPv6Address):
        return None
    packed = socket.inet_pton(socket.AF_INET6, address.host.partition("%")[0])
    return packed.removeprefix(_MAPPED) if packed.startswith(_MAPPED) else packed[:_SUBNET]
