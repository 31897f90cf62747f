"""A client endpoint that finds a service which took the first free port from a base port up.

It needs only Twisted and suits any service: use ``fallback:localhost:8080`` wherever Twisted takes a client
endpoint description, or :class:`FallbackClientEndpoint` in a program.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from zope.interface import implementer

from ..i18n.messages import Sentence, SentenceError
from ..network.failures import connect_reason
from .arguments import (
    DEFAULT_TRIES,
    NOT_OF_THIS_FORM,
    WrongArgument,
    check_function,
    is_host,
    number,
    port_range,
)
from .race import NO_ANSWER, Race, SelfConnection, Verify
from .tls_client import tls_wrapper

__all__ = ["FallbackClientEndpoint", "HostNotFound", "NotFound", "SelfConnection"]

DEFAULT_TIMEOUT = 10.0  # seconds

MAX_REASONS = 3  # different reasons in the text of an error
MAX_REASON_LENGTH = 100  # characters of each; it can come from a stranger

DESCRIPTION = "fallback:HOST:PORT:tries=N:timeout=S:tls=yes"

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


@implementer(IStreamClientEndpoint)
class FallbackClientEndpoint:
    """Connects to the service on the lowest port, from ``port`` up, on which ``verify`` finds it.

    The next address and port are tried beside those that do not answer, so that every port is tried in a
    quarter of the timeout, whatever listens on the others. A service on a higher port waits for a quarter of
    a second for one on a lower port. :class:`~twisted_date.endpoints.race.Race` has the details.

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
        if not isinstance(host, str) or not is_host(host):
            raise WrongArgument(Sentence("host is {host!r}; give a name or an IP address"), host=host)
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

        :param protocolFactory: builds a new protocol for each attempt, as ``connectProtocol``'s does not.
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

        race = Race(self._reactor, endpoints, factory, self._verify, not_found)
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
    text = "".join(char if char.isprintable() else " " for char in connect_reason(error))
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= MAX_REASON_LENGTH else f"{line[: MAX_REASON_LENGTH - 1]}…"


def _endpoint(reactor: Any, address: str, port: int) -> IStreamClientEndpoint:
    kind: Any = TCP6ClientEndpoint if isIPv6Address(address) else TCP4ClientEndpoint
    endpoint: IStreamClientEndpoint = kind(reactor, address, port)
    return endpoint
