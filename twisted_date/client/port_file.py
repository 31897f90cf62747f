"""Reads the port file that a server writes: where it listens."""

import json
import os
import stat
from pathlib import Path
from typing import Any, TypeVar

from twisted.internet.endpoints import HostnameEndpoint, UNIXClientEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint

from ..conversation.text import is_clean
from ..endpoints.arguments import is_host, port_range
from ..endpoints.fallback_client import Wrap
from ..i18n.messages import Sentence
from .errors import ServerNotFound
from .settings import LOCALHOST

NO_PORT_FILE = Sentence("cannot read the port file {path}: {reason}")
NOT_A_PORT_FILE = Sentence("{path} is not the port file of a server")

MAX_SIZE = 65536  # bytes: what a server on a thousand addresses writes
MAX_SOCKET_PATH = 107  # bytes of the path of a UNIX socket: unix(7)

T = TypeVar("T")

_WILDCARDS = ("0.0.0.0", "::")  # a server on every interface, and so on localhost too
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # Windows has neither it nor FIFOs


def read_port_file(path: Path, reactor: Any, wrap: Wrap | None) -> list[tuple[str, IStreamClientEndpoint]]:
    """Read the addresses in a port file, at least one, each as text and as an endpoint.

    :param wrap: wraps the endpoints, for instance in TLS.
    :raises ServerNotFound: when the file cannot be read, or is not a port file.
    """
    try:
        addresses = json.loads(_read(path))["addresses"]
        found = [_location(reactor, address) for address in addresses]
        if not found:
            raise ValueError(addresses)
    except OSError as error:
        raise ServerNotFound(NO_PORT_FILE, path=path, reason=error.strerror) from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ServerNotFound(NOT_A_PORT_FILE, path=path) from None
    return [(where, endpoint if wrap is None else wrap(endpoint)) for where, endpoint in found]


def _read(path: Path) -> bytes:
    """Read a regular file that is not larger than a port file: a FIFO could block, and a device never end.

    :raises ValueError: when it is anything else.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(path)
        content = file.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise ValueError(path)
    return content


def _location(reactor: Any, address: Any) -> tuple[str, IStreamClientEndpoint]:
    if "path" in address:
        path = _checked(address["path"], str)
        if not (path and is_clean(path) and len(os.fsencode(path)) <= MAX_SOCKET_PATH):
            raise ValueError(path)
        return path, UNIXClientEndpoint(reactor, path)
    host, port = _checked(address["host"], str), _checked(address["port"], int)
    host = LOCALHOST if host in _WILDCARDS else host
    if not is_host(host):
        raise ValueError(host)
    return f"{host} {port}", HostnameEndpoint(reactor, host, port_range(port, 1)[0])


def _checked(value: Any, kind: type[T]) -> T:
    """The value, which has this type; raises TypeError when it has not."""
    if not isinstance(value, kind):
        raise TypeError(value)
    return value
