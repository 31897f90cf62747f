"""Which hosts and which pages may use the server, without I/O."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from twisted.internet.abstract import isIPAddress, isIPv6Address

SCHEMES = ("http", "https")
_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)
DEFAULT_PORTS = {80, 443, None}  # TLS may end in front of the server, so the scheme is not known


@dataclass(frozen=True, slots=True)
class Policy:
    """The names of this server, and the other sites whose pages may talk to it.

    A page of anybody can make a browser resolve its own name to this server's address (DNS rebinding). Only
    the ``Host`` field shows it.

    :param hosts: host names in lower case, besides IP addresses, ``localhost`` and the machine's own name.
    :param origins: origins such as ``https://example.org``, in lower case.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def allows_host(self, field: str) -> bool:
        """Whether requests for a host are answered.

        :param field: the field ``Host``: a name or an address, perhaps with a port; browsers never leave it
            empty.
        """
        name = _split(field)[0]
        return not field or _is_address(name) or name in self.hosts or _is_own_name(name)

    def allows_origin(self, origin: str, host: str) -> bool:
        """Whether a page may open a WebSocket: pages of this server may, and programs, which have no origin.

        :param origin: the field ``Origin``, or an empty text.
        :param host: the field ``Host``.
        """
        if not origin or origin.lower() in self.origins:
            return True
        scheme, separator, authority = origin.partition("://")
        return bool(separator) and scheme.lower() in SCHEMES and _split(authority) == _split(host)


def is_host_name(text: str) -> bool:
    """Whether a text is a host name, in ASCII and without a port."""
    return _HOST_NAME.fullmatch(text) is not None


def is_origin(text: str) -> bool:
    """Whether a text is an origin: ``http`` or ``https``, a host, and perhaps a port."""
    scheme, _, authority = text.partition("://")
    name, port = _split(authority)
    return scheme.lower() in SCHEMES and (is_host_name(name) or _is_address(name)) and port != 0


def _split(authority: str) -> tuple[str, int | None]:
    """The host, in lower case and without brackets, and its port; None for the usual ones."""
    try:
        parts = urlsplit(f"//{authority}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return "", 0
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return "", 0
    return name.removesuffix("."), None if port in DEFAULT_PORTS else port


def _is_address(name: str) -> bool:
    return isIPAddress(name) or isIPv6Address(name)


def _is_own_name(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or name == socket.gethostname().lower()
