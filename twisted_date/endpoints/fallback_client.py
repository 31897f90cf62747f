"""A client endpoint that finds a service which took the first free port from a base port up.

It needs Twisted only and suits any service: ``fallback:localhost:8080`` wherever Twisted takes a client
endpoint description, :class:`FallbackClientEndpoint` in a program.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from ..i18n.messages import Sentence
from .arguments import DEFAULT_TRIES, NOT_OF_THIS_FORM, WrongArgument, number, port_range

DEFAULT_TIMEOUT = 10.0  # seconds

CONNECTION_ATTEMPT_DELAY = 0.05  # seconds that one place is waited for before the next is tried beside it
PREFERENCE_DELAY = 0.25  # seconds that a service which was recognised waits for one on a lower port
MAX_ATTEMPTS = 16  # attempts at a time: few enough for any machine, many for silent strangers

DESCRIPTION = "fallback:HOST:PORT:tries=N:timeout=S"

Verify = Callable[[Any], Awaitable[object]]
Wrap = Callable[[IStreamClientEndpoint], IStreamClientEndpoint]


class NotFound(ConnectError):
    """The service is on none of the ports; as text, the most telling of what was met.

    :param causes: what was met at each place that was tried, in their order.
    """

    def __init__(self, causes: Sequence[BaseException]) -> None:
        super().__init__()
        self.causes = tuple(causes)

    def __str__(self) -> str:
        answered = [cause for cause in self.causes if not isinstance(cause, ConnectError)]
        cause = next(iter([*answered, *self.causes]), Sentence("no answer came in time"))
        return str(cause) or repr(cause)


class SelfConnection(ConnectError):
    """The connection came back to its own socket, as one to a free port of the ephemeral range can."""

    def __str__(self) -> str:
        return Sentence("nothing listens there; the connection met itself")


@implementer(IStreamClientEndpoint)
class FallbackClientEndpoint:
    """Connects to the service on the lowest port, from ``port`` up, on which it is recognised.

    A place is tried as soon as one before it has failed, or beside it after :data:`PATIENCE`, and at most
    :data:`MOST_UNDER_WAY` at a time. A service on a higher port waits :data:`GRACE` for one on a lower.

    :param reactor: makes the connections.
    :param host: a name or an address; each of its addresses is tried, on ``localhost`` 127.0.0.1 and ::1.
    :param port: the base port, 1 to 65535.
    :param tries: how many ports to look at from there. The range stops at 65535.
    :param timeout: seconds for all of it.
    :param recognise: is given the connected protocol and awaited; it raises where this is not the service.
        Without one, what accepts the connection is the service.
    :param wrap: makes one place's endpoint another, as ``wrapClientTLS`` does.
    :raises ValueError: an argument is out of its range; the message is a sentence.
    """

    def __init__(
        self,
        reactor: Any,
        host: str,
        port: int,
        tries: int = DEFAULT_TRIES,
        timeout: float = DEFAULT_TIMEOUT,
        verify: Verify | None = None,
        wrap: Wrap | None = None,
    ) -> None:
        if not timeout > 0:
            raise WrongArgument(
                Sentence("timeout={timeout} is too short; give more than 0 seconds"), timeout=timeout
            )
        self._reactor = reactor
        self._host = host
        self._ports = port_range(port, tries)
        self._timeout = timeout
        self._verify = verify
        self._wrap = wrap or (lambda endpoint: endpoint)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Find the service and connect to it.

        :return: fires with the protocol, recognised; fails with :class:`NotFound`. Nothing else is left open
            then, nor after it was cancelled.
        """
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        deadline = self._reactor.seconds() + self._timeout
        hosts = await resolve(self._reactor, self._host, self._timeout)
        endpoints = [
            self._wrap(_endpoint(self._reactor, host, port)) for port in self._ports for host in hosts
        ]
        search = _Race(self._reactor, endpoints, factory, self._verify)
        return await search.run(max(0.0, deadline - self._reactor.seconds()))


def parse(
    reactor: Any,
    *where: str,
    tries: str = str(DEFAULT_TRIES),
    timeout: str = f"{DEFAULT_TIMEOUT:g}",
    **unknown: str,
) -> FallbackClientEndpoint:
    """The endpoint for the description ``fallback:HOST:PORT:tries=N:timeout=S``; HOST can be left out.

    :raises ValueError: the description is wrong; the message is a sentence.
    """
    if unknown or len(where) not in (1, 2):
        wrong = ", ".join([*where[2:], *unknown]) or "''"
        raise WrongArgument(NOT_OF_THIS_FORM, wrong=wrong, form=DESCRIPTION)
    host, port = where if len(where) == 2 else ("localhost", where[0])
    try:
        seconds = float(timeout)
    except ValueError:
        raise WrongArgument(
            Sentence("fallback: timeout is {timeout!r}; give a number of seconds"), timeout=timeout
        ) from None
    return FallbackClientEndpoint(reactor, host, number("port", port), number("tries", tries), seconds)


async def resolve(reactor: Any, host: str, timeout: float) -> list[str]:
    """The IP addresses of a host.

    ``localhost`` is 127.0.0.1 and ::1, whatever the machine's resolver makes of it: a server that listens
    there listens on both.

    :param timeout: seconds that the resolver may take.
    :raises NotFound: it knows none, or was silent.
    """
    if host == "localhost":
        return ["127.0.0.1", "::1"]
    if isIPAddress(host) or isIPv6Address(host):
        return [host]
    resolution = _Resolution()
    reactor.nameResolver.resolveHostName(resolution, host)
    await resolution.complete.addTimeout(timeout, reactor, lambda *_: resolution.give_up())
    if not resolution.addresses_of:
        raise NotFound([LookupError(resolution.without)])
    return resolution.addresses_of


@implementer(IResolutionReceiver)
class _Resolution:
    """Gathers what the resolver finds; ``complete`` fires when it has found all."""

    def __init__(self) -> None:
        self.addresses_of: list[str] = []
        self.complete: Deferred[None] = Deferred()
        self.without = Sentence("the name of this host leads to no address")

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Nothing is known yet."""

    def addressResolved(self, address: IAddress) -> None:
        if isinstance(address, IPv4Address | IPv6Address) and address.host not in self.addresses_of:
            self.addresses_of.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete.callback(None)

    def give_up(self) -> None:
        """What was found so far has to do."""
        self.without = Sentence("the name of this host was not resolved in time")


def _endpoint(reactor: Any, address: str, port: int) -> IStreamClientEndpoint:
    kind: Any = TCP6ClientEndpoint if isIPv6Address(address) else TCP4ClientEndpoint
    endpoint: IStreamClientEndpoint = kind(reactor, address, port)
    return endpoint


class _Race:
    """One search; a place is known by its number in the order of preference."""

    def __init__(
        self,
        clock: IReactorTime,
        endpoints: Sequence[IStreamClientEndpoint],
        factory: IProtocolFactory,
        verify: Verify | None,
    ) -> None:
        self._clock = clock
        self._endpoints = endpoints
        self._factory = factory
        self._verify = verify
        self._next = 0
        self._attempts: dict[int, Deferred[None]] = {}
        self._verified: dict[int, Any] = {}
        self._causes: dict[int, BaseException] = {}
        self._next_attempt: IDelayedCall | None = None
        self._preference_call: IDelayedCall | None = None
        self._result: Deferred[IProtocol] = Deferred()

    async def run(self, timeout: float) -> IProtocol:
        """The protocol on the first place that is recognised; raises NotFound."""
        deadline = self._clock.callLater(timeout, self._decide, True)
        self._attempt_next()
        try:
            return await self._result
        finally:
            for call in (deadline, self._next_attempt, self._preference_call):
                if call is not None and call.active():
                    call.cancel()
            for attempt in list(self._attempts.values()):
                attempt.cancel()
            for protocol in self._verified.values():  # those that were not taken
                protocol.transport.abortConnection()

    def _attempt_next(self) -> None:
        """Begin with the next place, if it is time for one."""
        if self._verified or self._next == len(self._endpoints) or len(self._attempts) == MAX_ATTEMPTS:
            return
        number, self._next = self._next, self._next + 1
        self._next_attempt = self._clock.callLater(CONNECTION_ATTEMPT_DELAY, self._attempt_next)
        attempt = Deferred.fromCoroutine(self._attempt(number))
        self._attempts[number] = attempt
        attempt.addBoth(self._attempt_done, number)

    async def _attempt(self, number: int) -> None:
        protocol: Any = await self._endpoints[number].connect(self._factory)
        try:
            if protocol.transport.getHost() == protocol.transport.getPeer():
                raise SelfConnection
            if self._verify is not None:
                await self._verify(protocol)
        except BaseException:
            protocol.transport.abortConnection()
            raise
        self._verified[number] = protocol

    def _attempt_done(self, result: object, number: int) -> None:
        del self._attempts[number]
        if isinstance(result, Failure) and result.value is not None and not result.check(CancelledError):
            self._causes[number] = result.value
        if not self._result.called:
            # In a turn of its own: endpoints that fail at once must not nest a hundred deep.
            if self._next_attempt is not None and self._next_attempt.active():
                self._next_attempt.reset(0)
            else:
                self._next_attempt = self._clock.callLater(0, self._attempt_next)
            self._decide(False)

    def _decide(self, now: bool) -> None:
        """Come to a result when there is nothing to wait for any more, or ``now``."""
        best = min(self._verified, default=None)
        if best is not None:
            if now or not any(number < best for number in self._attempts):
                self._result.callback(self._verified.pop(best))
            elif self._preference_call is None:
                self._preference_call = self._clock.callLater(PREFERENCE_DELAY, self._decide, True)
        elif now or (self._next == len(self._endpoints) and not self._attempts):
            self._causes.update(
                dict.fromkeys(self._attempts, TimeoutError(Sentence("no answer came in time")))
            )
            self._result.errback(NotFound([self._causes[number] for number in sorted(self._causes)]))
