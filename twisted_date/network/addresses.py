"""Addresses as people write them."""

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
IPV4_MAPPED = "::ffff:"  # in front of an IPv4 peer's address on a dual-stack socket


def format_address(address: IAddress) -> str:
    """``127.0.0.1:50000``, ``[::1]:50000``, or a socket's path; IPv4 as such, also on a dual-stack socket.

    A path is its owner's choice, and may come from a peer behind a proxy: only what is printable stays.
    """
    text = _format(address)
    return text if text.isprintable() else "".join(c if c.isprintable() else REPLACEMENT for c in text)


def _format(address: IAddress) -> str:
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


def host_and_port(address: IAddress) -> str:
    """``127.0.0.1 50000``: the two words that nc and telnet take; a socket's path is one."""
    if isinstance(address, IPv4Address | IPv6Address):
        return f"{address.host} {address.port}"
    return format_address(address)
