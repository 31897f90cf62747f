"""The ways to a server: an endpoint, a port, a port file, or the search from a base port up."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from twisted.internet.interfaces import IStreamClientEndpoint

from .conversation import sentences
from .conversation.sentences import Told
from .network.client import DateClient, Dismissed, NoServer, ServerError, connect, find
from .network.fallback import port_range
from .network.finder import Wrap

T = TypeVar("T")

LOCALHOST = "localhost"
_EVERYWHERE = ("0.0.0.0", "::")  # where a server listens on every interface, this machine's included


class WrongSettings(Told):
    """What the settings ask for cannot be; as text, a sentence."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a server is looked for.

    :param host: the machine; with a port file, the one that the certificate names.
    :param ports: where to look on it, in this order.
    :param endpoint: a client endpoint description to use instead of both.
    :param port_file: a file that a server wrote, to use instead of the ports.
    :param tls: whether to speak TLS.
    """

    host: str = LOCALHOST
    ports: range = range(0)
    endpoint: str | None = None
    port_file: Path | None = None
    tls: bool = False


async def reach(reactor: Any, way: Way, timeout: float) -> DateClient:
    """A connection to the server.

    :param timeout: seconds for this, and later for each reply.
    :raises WrongSettings: there cannot be such a way.
    :raises ServerError: there is no server, or none that takes a conversation.
    """
    if way.endpoint is not None:
        endpoint = _described(reactor, way.endpoint)
        try:
            return await _at(way.endpoint, endpoint, reactor, timeout)
        except OverflowError as error:  # a port number that is none
            raise WrongSettings(sentences.NOT_AN_ENDPOINT, description=way.endpoint, error=error) from None
    if way.port_file is not None:
        return await _told_by(way.port_file, reactor, _wrap(way), timeout)
    return await _search(reactor, way, timeout)


async def _search(reactor: Any, way: Way, timeout: float) -> DateClient:
    first, last = way.ports[0], way.ports[-1]
    try:
        return await find(reactor, way.host, first, len(way.ports), timeout, _wrap(way))
    except NoServer as error:
        which = sentences.NO_SERVER_ON_PORT if first == last else sentences.NO_SERVER_ON_PORTS
        trouble = NoServer(which, host=way.host, first=first, last=last, error=error)
        if way.host == LOCALHOST and error.nothing_listens:
            trouble = NoServer(sentences.HOW_TO_START_ONE, trouble=trouble, port=first)
        raise trouble from None


async def _told_by(path: Path, reactor: Any, wrap: Wrap | None, timeout: float) -> DateClient:
    """The first server that answers at an address in a port file."""
    trouble: ServerError = NoServer(sentences.NOT_A_PORT_FILE, path=path)
    for where, endpoint in _endpoints_in(path, reactor, wrap):
        try:
            return await _at(where, endpoint, reactor, timeout)
        except Dismissed:
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
        raise NoServer(sentences.NO_PORT_FILE_THERE, path=path, reason=error.strerror) from None
    except (ValueError, LookupError, TypeError):
        raise NoServer(sentences.NOT_A_PORT_FILE, path=path) from None
    return found


def _checked(value: Any, kind: type[T]) -> T:
    """A value of a file, whose type it may not have: raises TypeError."""
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


async def _at(where: str, endpoint: IStreamClientEndpoint, reactor: Any, timeout: float) -> DateClient:
    try:
        return await connect(endpoint, reactor, timeout)
    except Dismissed:
        raise
    except ServerError as error:
        raise NoServer(sentences.NO_SERVER_AT, where=where, error=error) from None


def _described(reactor: Any, description: str) -> IStreamClientEndpoint:
    from twisted.internet.endpoints import clientFromString

    try:
        endpoint: IStreamClientEndpoint = clientFromString(reactor, description)
    except Exception as error:  # parsers, Twisted's or a plugin's, raise what they like
        raise WrongSettings(sentences.NOT_AN_ENDPOINT, description=description, error=error) from None
    return endpoint


def _wrap(way: Way) -> Wrap | None:
    return _tls(way.host) if way.tls else None


def _tls(host: str) -> Wrap:
    """What makes an endpoint speak TLS to a host, whose certificate has to be trusted and its own."""
    try:
        from twisted.internet.endpoints import wrapClientTLS
        from twisted.internet.ssl import optionsForClientTLS

        options = optionsForClientTLS(host)
    except ImportError:
        raise WrongSettings(sentences.NO_TLS) from None
    return lambda endpoint: wrapClientTLS(options, endpoint)
