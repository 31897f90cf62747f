"""A client endpoint that finds a service which took the first free port from a base port up.

It needs only Twisted and suits any service: use ``fallback:localhost:8080`` wherever Twisted takes a client
endpoint description, or :class:`FallbackClientEndpoint` in a program. Attempts are staggered as in Happy
Eyeballs (RFC 8305).
"""

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import ConnectError, DNSLookupError
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

from ..i18n.messages import Sentence, SentenceError
from ..network.connection import abort
from .arguments import DEFAULT_TRIES, NOT_OF_THIS_FORM, WrongArgument, check_function, number, port_range
from .tls_client import tls_wrapper

__all__ = ["FallbackClientEndpoint", "HostNotFound", "NotFound", "SelfConnection"]

DEFAULT_TIMEOUT = 10.0  # seconds

CONNECTION_ATTEMPT_DELAY = 0.05  # maximum seconds before the next address is tried while one does not answer
SEARCH_SHARE = 0.25  # of the timeout, in which every address is tried, even if all are silent
PREFERENCE_DELAY = 0.25  # seconds that a verified service waits for one on a lower port
MAX_ATTEMPTS = 128  # attempts at a time: within any machine's limit of open files, often 256

MAX_REASONS = 3  # different reasons in the text of an error
MAX_REASON_LENGTH = 100  # characters of each; it can come from a stranger

DESCRIPTION = "fallback:HOST:PORT:tries=N:timeout=S:tls=yes"

NOT_A_HOST = Sentence("host is {host!r}; give a name or an IP address")
NO_ANSWER = Sentence("no answer came in time")

Verify = Callable[[Any], Awaitable[object]]
Wrap = Callable[[IStreamClientEndpoint], IStreamClientEndpoint]
Place = tuple[str, int]  # an IP address and a port


class NotFound(SentenceError, ConnectError):
    """The service is on none of the ports; as text, one line with the host, the ports and the reasons.

    Equal reasons share an entry: ``no service on localhost, ports 8080 to 8082: 8080 ::1: wrong service;
    3 ports: Connection refused``. The text has at most ``MAX_REASONS`` (3), the most informative first.

    :param causes: the error of each attempt, lowest port first.
    :param host: the host that was searched.
    :param ports: the ports that were searched.
    :param places: the address and the port of each cause.
    :ivar osError: the errno of the most informative cause, or None, as in Twisted's errors.
    """

    def __init__(
        self,
        causes: Sequence[BaseException],
        host: str = "",
        ports: Sequence[int] = (),
        places: Sequence[Place] = (),
    ) -> None:
        self.causes = tuple(causes)
        self.host = host
        self.ports = ports
        self.osError = getattr(self.best_cause, "osError", None)
        reasons = "; ".join(_reasons(causes, ports, places)) or NO_ANSWER
        values = {"host": host, "first": ports[0], "last": ports[-1]} if ports else {}
        SentenceError.__init__(self, _not_found_sentence(ports), **values, reasons=reasons)

    @property
    def best_cause(self) -> BaseException:
        """The most informative cause: that something answered, or was silent, says more than a refusal."""
        others = [cause for cause in self.causes if not _says_little(cause)]
        return next(iter([*others, *self.causes]), TimeoutError(NO_ANSWER))


class HostNotFound(NotFound, DNSLookupError):
    """The name of the host was not resolved; ``causes`` has a LookupError that says why."""


class SelfConnection(ConnectError):
    """The socket connected to itself, as can happen on a free port of the ephemeral range."""

    def __str__(self) -> str:
        return Sentence("nothing listens there; the connection met itself")


@implementer(IStreamClientEndpoint)
class FallbackClientEndpoint:
    """Connects to the service on the lowest port, from ``port`` up, on which ``verify`` finds it.

    The next address and port are tried as soon as an earlier attempt has failed, or else after
    ``CONNECTION_ATTEMPT_DELAY`` (50 ms), or sooner if there are many: every port is tried in a quarter of the
    timeout, whatever listens on the others. At most ``MAX_ATTEMPTS`` (128) attempts go on at a time; then the
    oldest is given up for the next. A service on a higher port waits for ``PREFERENCE_DELAY`` (0.25 s) for
    one on a lower port.

    :param reactor: makes the connections.
    :param host: a name or an address. All its addresses are tried; for ``localhost``, 127.0.0.1 and ::1.
    :param port: the base port, 1 to 65535.
    :param tries: the number of ports to try. The range stops at 65535.
    :param timeout: seconds for everything, including name resolution.
    :param verify: called with the connected protocol and awaited; it raises if this is not the service. By
        default, whatever accepts the connection is the service.
    :param wrap: wraps the endpoint of each attempt in another. The wrapping endpoint must connect only when
        its handshake is complete, as :class:`~twisted_date.endpoints.tls_client.TLSClientEndpoint` does. That
        of ``wrapClientTLS`` connects before its handshake has begun; without ``verify``, a stranger on a
        lower port would be taken for the service.
    :param tls: whether to speak TLS. The certificate must be trusted and the host's; ``wrap`` gets the
        endpoint that has verified it.
    :raises ValueError: when an argument is out of its range or of the wrong type; as text, a sentence.
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
        tls: bool = False,
    ) -> None:
        if not isinstance(host, str) or not host:
            raise WrongArgument(NOT_A_HOST, host=host)
        try:
            host.encode("idna")  # as the resolver does
        except UnicodeError:
            raise WrongArgument(NOT_A_HOST, host=host) from None
        if not isinstance(timeout, int | float) or isinstance(timeout, bool):
            raise WrongArgument(Sentence("timeout is {timeout!r}; give a number of seconds"), timeout=timeout)
        if not timeout > 0:
            raise WrongArgument(
                Sentence("timeout={timeout} is too short; give more than 0 seconds"), timeout=timeout
            )
        if not isinstance(tls, bool):
            raise WrongArgument(Sentence("tls is {tls!r}; give True or False"), tls=tls)
        check_function("verify", verify)
        check_function("wrap", wrap)
        self._reactor = reactor
        self._host = host
        self._ports = port_range(port, tries)
        self._tries = tries
        self._timeout = timeout
        self._verify = verify
        self._wrap = wrap
        self._wraps = [*([tls_wrapper(host)] if tls else []), *([wrap] if wrap else [])]
        self._tls = tls

    def __repr__(self) -> str:
        where = f"{self._host!r}, {self._ports[0]}, tries={self._tries}, timeout={self._timeout!r}"
        options = {"verify": self._verify, "wrap": self._wrap, "tls": self._tls}
        where += "".join(f", {name}={value!r}" for name, value in options.items() if value)
        return f"{type(self).__name__}({where})"

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Find the service and connect to it.

        :return: fires with the connected, verified protocol, or fails with :class:`NotFound`, which is a
            :class:`HostNotFound` and thereby a ``DNSLookupError`` when the name was not resolved. It leaves
            no other connection open, and none at all when it is cancelled.
        """
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        deadline = self._reactor.seconds() + self._timeout
        try:
            addresses = await resolve_host(self._reactor, self._host, self._timeout)
        except LookupError as error:
            raise HostNotFound([error.with_traceback(None)], self._host, self._ports) from None
        places = [(address, port) for port in self._ports for address in addresses]
        endpoints = [self._wrapped(_endpoint(self._reactor, address, port)) for address, port in places]

        def not_found(causes: Mapping[int, BaseException]) -> NotFound:
            tried = sorted(causes)
            return NotFound(
                [causes[index] for index in tried],
                self._host,
                self._ports,
                [places[index] for index in tried],
            )

        race = _Race(self._reactor, endpoints, factory, self._verify, not_found)
        return await race.run(max(0.0, deadline - self._reactor.seconds()))

    def _wrapped(self, endpoint: IStreamClientEndpoint) -> IStreamClientEndpoint:
        for wrap in self._wraps:
            endpoint = wrap(endpoint)
        return endpoint


def parse(
    reactor: Any,
    *where: str,
    tries: str = str(DEFAULT_TRIES),
    timeout: str = f"{DEFAULT_TIMEOUT:g}",
    tls: str = "no",
    **unknown: str,
) -> FallbackClientEndpoint:
    """Make the endpoint for the description ``fallback:HOST:PORT:tries=N:timeout=S:tls=yes``.

    HOST may be left out, for ``localhost``.

    :raises ValueError: when the description is wrong; as text, a sentence.
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
    if tls not in ("yes", "no"):
        raise WrongArgument(Sentence("fallback: tls is {text!r}; give yes or no"), text=tls)
    return FallbackClientEndpoint(
        reactor, host, number("port", port), number("tries", tries), seconds, tls=tls == "yes"
    )


async def resolve_host(reactor: Any, host: str, timeout: float) -> list[str]:
    """Return the IP addresses of a host.

    ``localhost`` is 127.0.0.1 and ::1, whatever the machine's resolver says: a server that listens on
    ``localhost`` listens on both.

    :param timeout: seconds that the resolver may take.
    :raises LookupError: when it knows no address, or finds none in time; as text, a sentence.
    """
    if host == "localhost":
        return ["127.0.0.1", "::1"]
    if isIPAddress(host) or isIPv6Address(host):
        return [host]
    resolution = _Resolution()
    reactor.nameResolver.resolveHostName(resolution, host)
    await resolution.complete.addTimeout(timeout, reactor, lambda *_: resolution.give_up())
    if not resolution.addresses:
        raise LookupError(resolution.problem)
    return resolution.addresses


@implementer(IResolutionReceiver)
class _Resolution:
    """Collects the addresses that the resolver finds; ``complete`` fires when it has finished."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete: Deferred[None] = Deferred()
        self.problem = Sentence("the name of this host leads to no address")

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Nothing to do yet."""

    def addressResolved(self, address: IAddress) -> None:
        if isinstance(address, IPv4Address | IPv6Address) and address.host not in self.addresses:
            self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete.callback(None)

    def give_up(self) -> None:
        """Stop waiting; use the addresses found so far."""
        self.problem = Sentence("the name of this host was not resolved in time")


def _not_found_sentence(ports: Sequence[int]) -> Sentence:
    if not ports:
        return Sentence("no service found: {reasons}")
    if len(ports) == 1:
        return Sentence("no service on {host}, port {first}: {reasons}")
    return Sentence("no service on {host}, ports {first} to {last}: {reasons}")


def _reasons(causes: Sequence[BaseException], ports: Sequence[int], places: Sequence[Place]) -> Iterator[str]:
    """Yield the reasons, the most informative first, each with its ports if there are several."""
    by_reason: dict[str, list[Place]] = {}
    for cause, place in sorted(zip_longest(causes, places), key=lambda attempt: _says_little(attempt[0])):
        by_reason.setdefault(_reason(cause), []).append(place)
    tried = {port for _, port in places} or set(ports)
    untried = [("", port) for port in ports if port not in tried]
    if untried:
        by_reason["not tried"] = untried
    for reason, where in list(by_reason.items())[:MAX_REASONS]:
        yield f"{_subject(where)}: {reason}" if places and len(by_reason) > 1 else reason
    if len(by_reason) > MAX_REASONS:
        yield "…"


def _says_little(cause: BaseException) -> bool:
    """Whether a cause is only a failed connection, as opposed to an answer or to silence."""
    return isinstance(cause, ConnectError) and not isinstance(cause, SentenceError)


def _subject(places: Sequence[Place]) -> str:
    (address, port), *more = places
    if not more:
        return f"{port} {address}".rstrip()
    count = len({port for _, port in places})
    return f"{count} ports" if count > 1 else f"{port}"


def _reason(error: BaseException) -> str:
    """Describe an error in one short line."""
    number = getattr(error, "osError", None)
    text = os.strerror(number) if isinstance(number, int) else str(error) or type(error).__name__
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split()).rstrip(".")
    return line if len(line) <= MAX_REASON_LENGTH else f"{line[: MAX_REASON_LENGTH - 1]}…"


def _endpoint(reactor: Any, address: str, port: int) -> IStreamClientEndpoint:
    kind: Any = TCP6ClientEndpoint if isIPv6Address(address) else TCP4ClientEndpoint
    endpoint: IStreamClientEndpoint = kind(reactor, address, port)
    return endpoint


class _Race:
    """Runs the attempts; each is known by the index of its endpoint, in order of preference.

    :param not_found: makes the error from the causes by index.
    """

    def __init__(
        self,
        clock: IReactorTime,
        endpoints: Sequence[IStreamClientEndpoint],
        factory: IProtocolFactory,
        verify: Verify | None,
        not_found: Callable[[Mapping[int, BaseException]], NotFound],
    ) -> None:
        self._not_found = not_found
        self._clock = clock
        self._endpoints = endpoints
        self._factory = factory
        self._verify = verify
        self._next_index = 0
        self._attempts: dict[int, Deferred[None]] = {}
        self._verified: dict[int, Any] = {}
        self._causes: dict[int, BaseException] = {}
        self._attempt_call: IDelayedCall | None = None
        self._preference_call: IDelayedCall | None = None
        self._result: Deferred[IProtocol] = Deferred()

    async def run(self, timeout: float) -> IProtocol:
        """Return the protocol of the most preferred endpoint that is verified.

        :param timeout: seconds for all attempts.
        :raises NotFound: when none is verified in time.
        """
        deadline = self._clock.callLater(timeout, self._decide, True)
        self._delay = min(CONNECTION_ATTEMPT_DELAY, timeout * SEARCH_SHARE / len(self._endpoints))
        self._start_attempt()
        try:
            return await self._result
        finally:
            for call in (deadline, self._attempt_call, self._preference_call):
                if call is not None and call.active():
                    call.cancel()
            for attempt in list(self._attempts.values()):
                attempt.cancel()
            for protocol in self._verified.values():  # verified, but not chosen
                abort(protocol.transport)

    def _start_attempt(self) -> None:
        """Start the next attempt, unless a service was found."""
        if self._verified or self._next_index == len(self._endpoints):
            return
        if len(self._attempts) >= MAX_ATTEMPTS:
            self._give_up(min(self._attempts))
        index, self._next_index = self._next_index, self._next_index + 1
        self._attempt_call = self._clock.callLater(self._delay, self._start_attempt)
        attempt = Deferred.fromCoroutine(self._attempt(index))
        self._attempts[index] = attempt
        attempt.addBoth(self._attempt_done, index)

    def _give_up(self, index: int) -> None:
        self._causes[index] = TimeoutError(NO_ANSWER)
        self._attempts[index].cancel()

    async def _attempt(self, index: int) -> None:
        protocol: Any = await self._endpoints[index].connect(self._factory)
        try:
            if protocol.transport.getHost() == protocol.transport.getPeer():
                raise SelfConnection
            if self._verify is not None:
                await self._verify(protocol)
            if self._result.called or index in self._causes:  # verify went on although it was cancelled
                raise CancelledError
        except BaseException:
            abort(protocol.transport)
            raise
        self._verified[index] = protocol

    def _attempt_done(self, result: object, index: int) -> None:
        del self._attempts[index]
        given_up = index in self._causes
        if isinstance(result, Failure) and result.value is not None and not result.check(CancelledError):
            self._causes.setdefault(index, result.value)
        if not (self._result.called or given_up):
            # In the next iteration: endpoints that fail synchronously must not nest a hundred deep.
            if self._attempt_call is not None and self._attempt_call.active():
                self._attempt_call.reset(0)
            else:
                self._attempt_call = self._clock.callLater(0, self._start_attempt)
            self._decide(False)

    def _decide(self, now: bool) -> None:
        """Settle the result once there is nothing left to wait for, or at once.

        :param now: whether to settle it at once.
        """
        best = min(self._verified, default=None)
        if best is not None:
            if now or not any(index < best for index in self._attempts):
                self._result.callback(self._verified.pop(best))
            elif self._preference_call is None:
                self._preference_call = self._clock.callLater(PREFERENCE_DELAY, self._decide, True)
        elif now or (self._next_index == len(self._endpoints) and not self._attempts):
            self._causes.update(dict.fromkeys(self._attempts, TimeoutError(NO_ANSWER)))
            self._result.errback(self._not_found(self._causes))
