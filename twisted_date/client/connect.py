"""Connects to a server: at an endpoint, through a port file, or by searching ports."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure
from zope.interface import implementer

from ..cli.options import WrongSettings
from ..endpoints.arguments import WrongArgument
from ..endpoints.fallback_client import FallbackClientEndpoint, NotFound, Wrap
from ..endpoints.race import Race
from ..endpoints.tls import TLSUnavailable
from ..endpoints.tls_client import HandshakeFailed, tls_wrapper
from ..i18n.messages import Sentence
from ..network.connection import abort
from ..network.failures import connect_reason
from .errors import CannotConnect, ReplyTimeout, ServerBusy, ServerError, ServerNotFound, WrongServer
from .port_file import read_port_file
from .protocol import DEFAULT_TIMEOUT, NO_REPLY, DateClient
from .settings import Target

TLS_NOT_INSTALLED = Sentence("TLS needs pyOpenSSL; install datechat[tls]")
NO_SERVER_AT = Sentence("no datechat server at {where}: {error}")
NOT_AN_ENDPOINT = Sentence("{description!r} is not an endpoint like tcp:localhost:50000: {error}")


async def connect_to(reactor: Any, target: Target, timeout: float = DEFAULT_TIMEOUT) -> DateClient:
    """Connect to the server.

    :param reactor: makes the connection.
    :param target: where to find the server.
    :param timeout: seconds to connect, and later for each reply.
    :return: the client, after its handshake.
    :raises WrongSettings: when the endpoint description is invalid, or TLS is not installed.
    :raises ServerError: when no server is found, or when it refuses the conversation.
    """
    if target.endpoint is not None:
        return await _connect_to_description(target.endpoint, reactor, timeout)
    if target.port_file is not None:
        return await _connect_by_port_file(target.port_file, reactor, _wrap(target), timeout)
    return await _search(reactor, target, timeout)


async def _connect_to_description(description: str, reactor: Any, timeout: float) -> DateClient:
    endpoint = _parse_endpoint(reactor, description)
    try:
        return await _open(description, endpoint, reactor, timeout, _promises_host(description))
    except OverflowError as error:  # a port number out of range
        raise WrongSettings(NOT_AN_ENDPOINT, description=description, error=error) from None


async def _search(reactor: Any, target: Target, timeout: float) -> DateClient:
    first, last = target.ports[0], target.ports[-1]
    try:
        return await search_ports(reactor, target.host, first, len(target.ports), timeout, _wrap(target))
    except ServerNotFound as error:
        sentence = (
            Sentence("no datechat server on {host}, port {first}: {error}")
            if first == last
            else Sentence("no datechat server on {host}, ports {first} to {last}: {error}")
        )
        not_found = ServerNotFound(sentence, host=target.host, first=first, last=last, error=error)
        not_found.nothing_answered = error.nothing_answered
        raise not_found from None


async def _connect_by_port_file(path: Path, reactor: Any, wrap: Wrap | None, timeout: float) -> DateClient:
    """Connect to the first address in a port file at which a server answers."""
    locations, endpoints = zip(*read_port_file(path, reactor, wrap), strict=True)

    def not_found(causes: Mapping[int, BaseException]) -> ServerError:
        index = min(causes, key=lambda index: (_informativeness(causes[index]), index))
        cause = causes[index]
        if isinstance(cause, ServerBusy):
            return cause
        error = cause if isinstance(cause, ServerError) else connect_reason(cause)
        return ServerNotFound(NO_SERVER_AT, where=locations[index], error=error)

    factory = _factory(reactor, timeout)
    race = Race(reactor, endpoints, factory, DateClient.handshake, not_found)
    return await race.run(timeout)  # type: ignore[return-value]  # made by the factory


async def _open(
    location: str, endpoint: IStreamClientEndpoint, reactor: Any, timeout: float, check_host: bool = False
) -> DateClient:
    try:
        return await open_endpoint(endpoint, reactor, timeout, check_host)
    except ServerBusy:
        raise
    except ServerError as error:
        raise ServerNotFound(NO_SERVER_AT, where=location, error=error) from None


def _promises_host(description: str) -> bool:
    """Whether Twisted's endpoint for a description promises to verify the host, however that is written."""
    kind, _, rest = description.replace("\\", "").partition(":")
    return kind.upper() == "TLS" or (kind.upper() == "SSL" and "hostname=" in rest)


def _parse_endpoint(reactor: Any, description: str) -> IStreamClientEndpoint:
    try:
        endpoint: IStreamClientEndpoint = clientFromString(reactor, description)
    except NameError:  # Twisted's, for what it could not import
        raise WrongSettings(TLS_NOT_INSTALLED) from None
    except Exception as error:  # endpoint parsers raise anything, Twisted's own and plugins'
        raise WrongSettings(NOT_AN_ENDPOINT, description=description, error=error) from None
    return endpoint


def _wrap(target: Target) -> Wrap | None:
    return _tls(target.host) if target.tls else None


def _tls(host: str) -> Wrap:
    """Return a wrapper that adds TLS to an endpoint and verifies the certificate for the host."""
    try:
        wrap = tls_wrapper(host)
    except TLSUnavailable:
        raise WrongSettings(TLS_NOT_INSTALLED) from None
    except WrongArgument as error:
        raise WrongSettings(error.sentence, **error.values) from None
    return lambda endpoint: _HandshakeErrors(wrap(endpoint))


@implementer(IStreamClientEndpoint)
class _HandshakeErrors:
    """Turns what fails in a TLS handshake into a ServerError; a failed connection stays what it is."""

    def __init__(self, endpoint: IStreamClientEndpoint) -> None:
        self._endpoint = endpoint

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        connected: Deferred[IProtocol] = self._endpoint.connect(protocolFactory)
        return connected.addErrback(self._translate)

    def _translate(self, failure: Failure) -> Failure:
        if failure.check(HandshakeFailed):
            failed: Any = failure.value
            return Failure(WrongServer(failed.sentence, **failed.values))
        return failure


async def open_endpoint(
    endpoint: IStreamClientEndpoint,
    clock: IReactorTime,
    timeout: float = DEFAULT_TIMEOUT,
    check_host: bool = False,
) -> DateClient:
    """Connect to the datechat server at an endpoint.

    :param clock: a reactor, for the timeouts.
    :param timeout: seconds for connection and handshake together, and later for each reply.
    :param check_host: as for :class:`.DateClient`.
    :return: the client, after its handshake.
    :raises ServerError: when the connection or the handshake fails; no connection stays open.
    """
    client: DateClient | None = None

    async def open_connection() -> DateClient:
        nonlocal client
        client = await _connect(endpoint, _factory(clock, timeout, check_host))
        try:
            await client.handshake()
        except BaseException:
            abort(client.transport)
            raise
        return client

    def raise_timeout(result: object, timeout: float) -> NoReturn:
        if client is None:
            raise CannotConnect(Sentence("no connection came within {seconds:g} seconds"), seconds=timeout)
        raise ReplyTimeout(NO_REPLY, seconds=timeout)

    return await Deferred.fromCoroutine(open_connection()).addTimeout(timeout, clock, raise_timeout)


async def _connect(endpoint: IStreamClientEndpoint, factory: IProtocolFactory) -> Any:
    try:
        return await endpoint.connect(factory)
    except ServerError:
        raise
    except (ConnectError, OSError) as error:  # DNSLookupError is an OSError
        raise CannotConnect(connect_reason(error)) from None


def _factory(clock: IReactorTime, timeout: float, check_host: bool = False) -> Any:
    """Make a factory of clients: some endpoints connect several, and choose one.

    :param timeout: seconds for each reply.
    :param check_host: as for :class:`.DateClient`.
    """
    factory = Factory.forProtocol(partial(DateClient, clock, timeout, check_host))
    factory.noisy = False
    return factory


async def search_ports(
    reactor: Any,
    host: str,
    port: int,
    tries: int,
    timeout: float = DEFAULT_TIMEOUT,
    wrap: Wrap | None = None,
) -> DateClient:
    """Connect to the datechat server on the lowest port from a base port up.

    :param reactor: makes the connections.
    :param host: a host name or an address.
    :param port: the base port.
    :param tries: the number of ports to try from there.
    :param timeout: seconds for the search, and later for each reply.
    :param wrap: wraps the endpoint of each attempt, for instance in TLS.
    :return: the client, after its handshake.
    :raises ServerBusy: when a server answers but refuses the conversation.
    :raises ServerNotFound: when no server is found; the text is the most informative cause.
    :raises ValueError: when an argument is out of range.
    """
    endpoint = FallbackClientEndpoint(reactor, host, port, tries, timeout, DateClient.handshake, wrap)
    try:
        return await endpoint.connect(_factory(reactor, timeout))  # type: ignore[return-value]  # made by the factory
    except NotFound as error:
        raise _most_informative(error) from None


def _most_informative(error: NotFound) -> ServerError:
    """Prefer a reply from datechat to one from another server, and any reply to a failed connection."""
    cause = min(error.causes, key=_informativeness, default=error.best_cause)
    if isinstance(cause, ServerBusy):
        return cause
    if isinstance(cause, ServerError):
        return ServerNotFound(cause.sentence, **cause.values)
    not_found = ServerNotFound(connect_reason(cause))
    not_found.nothing_answered = True
    return not_found


def _informativeness(cause: BaseException) -> int:
    """Rank the cause of a failed attempt: 0 for what says most."""
    if isinstance(cause, ServerError):
        return 0 if isinstance(cause, ServerBusy) else 1
    return 3 if isinstance(cause, ConnectError) else 2
