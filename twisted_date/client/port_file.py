"""Reads the port file that a server writes: where it listens."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from twisted.internet.endpoints import HostnameEndpoint, UNIXClientEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint

from ..endpoints.arguments import port_range
from ..endpoints.fallback_client import Wrap
from ..i18n.messages import Sentence
from .errors import ServerNotFound
from .settings import LOCALHOST

NO_PORT_FILE = Sentence("cannot read the port file {path}: {reason}")
NOT_A_PORT_FILE = Sentence("{path} is not the port file of a server")

T = TypeVar("T")

_WILDCARDS = ("0.0.0.0", "::")  # a server on every interface, and so on localhost too


def read_port_file(path: Path, reactor: Any, wrap: Wrap | None) -> list[tuple[str, IStreamClientEndpoint]]:
    """Read the addresses in a port file, each as text and as an endpoint.

    :param wrap: wraps the endpoints of TCP ports, for instance in TLS.
    :raises ServerNotFound: when the file cannot be read, or is not a port file.
    """
    try:
        return list(_endpoints(json.loads(path.read_text())["addresses"], reactor, wrap))
    except OSError as error:
        raise ServerNotFound(NO_PORT_FILE, path=path, reason=error.strerror) from None
    except (ValueError, LookupError, TypeError):
        raise ServerNotFound(NOT_A_PORT_FILE, path=path) from None


def _endpoints(
    addresses: Any, reactor: Any, wrap: Wrap | None
) -> Iterator[tuple[str, IStreamClientEndpoint]]:
    for address in addresses:
        if "path" in address:
            path = _checked(address["path"], str)
            yield path, UNIXClientEndpoint(reactor, path)
        else:
            host, port = _checked(address["host"], str), _checked(address["port"], int)
            host = LOCALHOST if host in _WILDCARDS else host
            endpoint = HostnameEndpoint(reactor, host, port_range(port, 1)[0])
            yield f"{host} {port}", endpoint if wrap is None else wrap(endpoint)


def _checked(value: Any, kind: type[T]) -> T:
    """The value, which has this type; raises TypeError when it has not."""
    if not isinstance(value, kind):
        raise TypeError(value)
    return value
