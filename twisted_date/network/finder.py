"""Looks for a datechat server from a base port up, and knows it by its answer."""

from collections.abc import Sequence
from typing import Any, NoReturn

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, FailureGroup, race
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHostResolution,
    IReactorTime,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from .client import CannotConnect, DateClient, ServerError, connect

PATIENCE = 0.05  # seconds that one place is waited for before the next is tried beside it


class NoServer(ServerError):
    """None of the places has a datechat server; as text, what was met instead."""


def candidates(reactor: Any, addresses: Sequence[str], ports: Sequence[int]) -> list[IStreamClientEndpoint]:
    """Where a server may be, the likeliest place first.

    Each address of a port is a place of its own: a stranger on one does not hide a server on the other.

    :param addresses: IP addresses, as :func:`resolve` gives them.
    """
    return [_endpoint(reactor, address, port) for port in ports for address in addresses]


def _endpoint(reactor: Any, address: str, port: int) -> IStreamClientEndpoint:
    kind: Any = TCP6ClientEndpoint if isIPv6Address(address) else TCP4ClientEndpoint
    endpoint: IStreamClientEndpoint = kind(reactor, address, port)
    return endpoint


async def resolve(reactor: Any, host: str, timeout: float) -> list[str]:
    """The IP addresses of a host.

    ``localhost`` is 127.0.0.1 and ::1, whatever the machine's resolver makes of it: a server that listens
    there listens on both.

    :param timeout: seconds that the resolver may take.
    :raises CannotConnect: it knows none.
    """
    if host == "localhost":
        return ["127.0.0.1", "::1"]
    if isIPAddress(host) or isIPv6Address(host):
        return [host]
    resolution = _Resolution()
    reactor.nameResolver.resolveHostName(resolution, host)
    await resolution.complete.addTimeout(timeout, reactor, lambda *_: None)
    if not resolution.addresses:
        raise CannotConnect("the name of this host leads to no address")
    return resolution.addresses


@implementer(IResolutionReceiver)
class _Resolution:
    """Gathers what the resolver finds; ``complete`` fires when it has found all."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete: Deferred[None] = Deferred()

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Nothing is known yet."""

    def addressResolved(self, address: IAddress) -> None:
        if isinstance(address, IPv4Address | IPv6Address) and address.host not in self.addresses:
            self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete.callback(None)


async def find(places: Sequence[IStreamClientEndpoint], clock: IReactorTime, timeout: float) -> DateClient:
    """The first server that answers as datechat does.

    Each place is tried as soon as the one before it has failed, or beside it after :data:`PATIENCE`.

    :param clock: a reactor, for the time that this may take.
    :param timeout: seconds for all of it; later, for each reply of the server that was found.
    :raises NoServer: there is none; nothing is left open.
    """
    turns: list[Deferred[None]] = [Deferred() for _ in range(len(places) + 1)]
    next_turn: IDelayedCall | None = None  # of the attempt that began last; the others' have come

    async def attempt(number: int) -> DateClient:
        nonlocal next_turn
        await turns[number]
        next_turn = after_this = clock.callLater(PATIENCE, turns[number + 1].callback, None)
        try:
            return await connect(places[number], clock, timeout)
        except Exception:
            if after_this.active():
                after_this.reset(0)
            raise

    def too_late(_: object, seconds: float) -> NoReturn:
        raise NoServer(f"what listens there did not answer within {seconds:g} seconds")

    attempts = [Deferred.fromCoroutine(attempt(number)) for number in range(len(places))]
    first = race(attempts).addTimeout(timeout, clock, too_late)
    turns[0].callback(None)
    try:
        _, client = await first
    except FailureGroup as group:
        raise _most_telling(group.failures) from None
    finally:
        if next_turn is not None and next_turn.active():
            next_turn.cancel()
    return client


def _most_telling(failures: Sequence[Failure]) -> BaseException:
    """What is no answer at all comes first; then that something answered; last, that nothing listens."""
    errors = [failure.value for failure in failures if failure.value is not None]
    for error in errors:
        if not isinstance(error, ServerError):
            return error
    answered = [error for error in errors if not isinstance(error, CannotConnect)]
    return NoServer(str((answered or errors)[0]))
