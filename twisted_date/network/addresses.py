"""Formats network addresses for people."""

import socket

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
IPV4_MAPPED = "::ffff:"  # prefix of an IPv4 peer's address on a dual-stack socket


def format_address(address: IAddress) -> str:
    """Format an address: ``127.0.0.1:50000``, ``[::1]:50000``, or the path of a UNIX socket.

    IPv4 addresses look the same on a dual-stack socket. A path can contain anything, and may come from a peer
    behind a proxy, so :data:`REPLACEMENT` stands for each character that is not printable.
    """
    text = address_text(address)
    return text if text.isprintable() else "".join(c if c.isprintable() else REPLACEMENT for c in text)


def address_text(address: IAddress) -> str:
    """The same for programs: the path of a UNIX socket as it is."""
    match address:
        case IPv4Address(host=host, port=port):
            return f"{host}:{port}"
        case IPv6Address(host=host, port=port) if host.startswith(IPV4_MAPPED) and "." in host:
            return f"{host.removeprefix(IPV4_MAPPED)}:{port}"
        case IPv6Address(host=host, port=port):
            return f"[{host}]:{port}"
        case UNIXAddress(name=bytes(name)):
            return name.decode(errors="replace")
        case _:
            return str(address)


def url_of(address: IAddress, scheme: str) -> str:
    """Format an address as a URL; an address for every interface becomes the machine's name.

    A UNIX socket has no URL: its path is returned.
    """
    match address:
        case IPv4Address(host="0.0.0.0", port=port) | IPv6Address(host="::", port=port):
            return f"{scheme}://{socket.gethostname()}:{port}/"
        case IPv4Address() | IPv6Address():
            return f"{scheme}://{address_text(address)}/"
        case _:
            return address_text(address)


def host_and_port(address: IAddress) -> str:
    """Format an address as arguments for nc and telnet: ``127.0.0.1 50000``, or a UNIX socket's path."""
    if isinstance(address, IPv4Address | IPv6Address):
        return f"{address.host} {address.port}"
    return address_text(address)
