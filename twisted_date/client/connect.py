"""The ways to a server: an endpoint, a port, a port file, or the search from a base port up."""

import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from twisted.internet.endpoints import connectProtocol
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory

from ..cli.options import WrongSettings
from ..endpoints.arguments import port_range
from ..endpoints.fallback_client import FallbackClientEndpoint, NotFound, Wrap
from ..i18n.messages import Sentence
from .errors import CannotConnect, ServerBusy, ServerError, ServerNotFound
from .protocol import DEFAULT_TIMEOUT, DateClient
from .settings import LOCALHOST, Target

NOT_A_PORT_FILE = Sentence(
    "{path} is not the port file of a server; give the one that --port-file named there"
)
NOT_AN_ENDPOINT = Sentence("--connect {description!r} is not an endpoint like tcp:localhost:50000: {error}")

T = TypeVar("T")

_EVERYWHERE = ("0.0.0.0", "::")  # where a server listens on every interface, this machine's included


async def connect(reactor: Any, target: Target, timeout: float = DEFAULT_TIMEOUT) -> DateClient:
    """A connection to the server.

    :param timeout: seconds for this, and later for each reply.
    :raises WrongSettings: there cannot be such a way.
    :raises ServerError: there is no server, or none that takes a conversation.
    """
    if target.endpoint is not None:
        endpoint = _described(reactor, target.endpoint)
        try:
            return await _at(target.endpoint, endpoint, reactor, timeout)
        except OverflowError as error:  # a port number that is none
            raise WrongSettings(NOT_AN_ENDPOINT, description=target.endpoint, error=error) from None
    if target.port_file is not None:
        return await _told_by(target.port_file, reactor, _wrap(target), timeout)
    return await _search(reactor, target, timeout)


async def _search(reactor: Any, target: Target, timeout: float) -> DateClient:
    first, last = target.ports[0], target.ports[-1]
    try:
        return await search_ports(reactor, target.host, first, len(target.ports), timeout, _wrap(target))
    except ServerNotFound as error:
        which = (
            Sentence("no datechat server on {host}, port {first}: {error}")
            if first == last
            else Sentence("no datechat server on {host}, ports {first} to {last}: {error}")
        )
        trouble = ServerNotFound(which, host=target.host, first=first, last=last, error=error)
        if target.host == LOCALHOST and error.nothing_listens:
            trouble = ServerNotFound(
                Sentence("{trouble}; twistd -n datechat --base-port {port} starts one"),
                trouble=trouble,
                port=first,
            )
        raise trouble from None


async def _told_by(path: Path, reactor: Any, wrap: Wrap | None, timeout: float) -> DateClient:
    """The first server that answers at an address in a port file."""
    trouble: ServerError = ServerNotFound(NOT_A_PORT_FILE, path=path)
    for where, endpoint in _endpoints_in(path, reactor, wrap):
        try:
            return await _at(where, endpoint, reactor, timeout)
        except ServerBusy:
            raise
        except ServerError as error:
            trouble = error
    raise trouble


def _endpoints_in(path: Path, reactor: Any, wrap: Wrap | None) -> list[tuple[str, IStreamClientEndpoint]]:
    from twisted.internet.endpoints import HostnameEndpoint, UNIXClientEndpoint

    try:
        addresses = json.loads(path.read_text())["addresses"]
        found: list[tuple[str, IStreamClientEndpoint]] = []
        for address in addresses:
            if "path" in address:
                path_there = _checked(address["path"], str)
                found.append((path_there, UNIXClientEndpoint(reactor, path_there)))
                continue
            host, port = _checked(address["host"], str), _checked(address["port"], int)
            host = LOCALHOST if host in _EVERYWHERE else host
            endpoint = HostnameEndpoint(reactor, host, port_range(port, 1)[0])
            found.append((f"{host} {port}", endpoint if wrap is None else wrap(endpoint)))
    except OSError as error:
        raise ServerNotFound(
            Sentence(
                "cannot read the port file {path}: {reason}; a server started with --port-file writes one"
            ),
            path=path,
            reason=error.strerror,
        ) from None
    except (ValueError, LookupError, TypeError):
        raise ServerNotFound(NOT_A_PORT_FILE, path=path) from None
    return found


def _checked(value: Any, kind: type[T]) -> T:
    """A value of a file, whose type it may not have: raises TypeError."""
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


async def _at(where: str, endpoint: IStreamClientEndpoint, reactor: Any, timeout: float) -> DateClient:
    try:
        return await open_endpoint(endpoint, reactor, timeout)
    except ServerBusy:
        raise
    except ServerError as error:
        raise ServerNotFound(
            Sentence("no datechat server at {where}: {error}"), where=where, error=error
        ) from None


def _described(reactor: Any, description: str) -> IStreamClientEndpoint:
    from twisted.internet.endpoints import clientFromString

    try:
        endpoint: IStreamClientEndpoint = clientFromString(reactor, description)
    except Exception as error:  # parsers, Twisted's or a plugin's, raise what they like
        raise WrongSettings(NOT_AN_ENDPOINT, description=description, error=error) from None
    return endpoint


def _wrap(target: Target) -> Wrap | None:
    return _tls(target.host) if target.tls else None


def _tls(host: str) -> Wrap:
    """What makes an endpoint speak TLS to a host, whose certificate has to be trusted and its own."""
    try:
        from twisted.internet.endpoints import wrapClientTLS
        from twisted.internet.ssl import optionsForClientTLS

        options = optionsForClientTLS(host)
    except ImportError:
        raise WrongSettings(Sentence("--tls needs pyOpenSSL; install datechat[tls]")) from None
    return lambda endpoint: wrapClientTLS(options, endpoint)


def _no_connection(result: object, timeout: float) -> NoReturn:
    raise CannotConnect(Sentence("no connection came within {seconds:g} seconds"), seconds=timeout)


def _why_not(error: BaseException) -> str:
    number = getattr(error, "osError", None)
    return (os.strerror(number) if isinstance(number, int) else str(error)).rstrip(".")


async def open_endpoint(
    endpoint: IStreamClientEndpoint, clock: IReactorTime, timeout: float = DEFAULT_TIMEOUT
) -> DateClient:
    """A connection to the datechat server at an endpoint.

    :param clock: a reactor, for the time that this may take.
    :param timeout: seconds for the connection, and for each reply.
    :raises ServerError: there is none; nothing is left open.
    """
    client = DateClient(clock, timeout)
    try:
        await connectProtocol(endpoint, client).addTimeout(timeout, clock, _no_connection)
    except (ConnectError, OSError) as error:  # DNSLookupError is an OSError
        raise CannotConnect(_why_not(error)) from None
    try:
        await client.handshake()
    except BaseException:
        client.transport.abortConnection()
        raise
    return client


async def search_ports(
    reactor: Any,
    host: str,
    port: int,
    tries: int,
    timeout: float = DEFAULT_TIMEOUT,
    wrap: Wrap | None = None,
) -> DateClient:
    """A connection to the first datechat server from a base port up.

    :param reactor: makes the connections.
    :param host: a name or an address.
    :param port: the base port.
    :param tries: how many ports to look at from there.
    :param timeout: seconds for the search, and later for each reply.
    :param wrap: makes one place's endpoint another: one that speaks TLS.
    :raises ServerBusy: there is one, and it takes no conversation now.
    :raises ServerNotFound: there is none; as text, the most telling of what was met instead.
    :raises ValueError: a port is out of range.
    """
    endpoint = FallbackClientEndpoint(reactor, host, port, tries, timeout, DateClient.handshake, wrap)
    factory = Factory.forProtocol(partial(DateClient, reactor, timeout))
    factory.noisy = False
    try:
        return await endpoint.connect(factory)  # type: ignore[return-value]  # what the factory makes
    except NotFound as error:
        raise _most_telling(error.causes) from None


def _most_telling(causes: Sequence[BaseException]) -> ServerError:
    """That datechat answered says more than that something did, and that more than that nothing listens."""
    for cause in causes:
        if isinstance(cause, ServerBusy):
            return cause
    for cause in causes:
        if isinstance(cause, ServerError):
            return ServerNotFound(cause.sentence, **cause.values)
    answered = [cause for cause in causes if not isinstance(cause, ConnectError)]
    none = ServerNotFound(_why_not([*answered, *causes][0]))
    none.nothing_listens = True
    return none
