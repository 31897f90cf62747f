"""The header of the PROXY protocol, without I/O."""

import ipaddress
from typing import Any, TypeAlias

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import (
    IAddress,
)
from twisted.protocols.haproxy._exceptions import InvalidProxyHeader
from twisted.protocols.haproxy._v1parser import V1Parser
from twisted.protocols.haproxy._v2parser import V2Parser

LONGEST_V1 = 107  # bytes with CRLF, by the specification


LONGEST_V2 = 4096  # bytes; what is told beside the addresses can be long, but no longer than this


FIXED_V2 = 16  # bytes before the addresses


Host: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def read_header(data: bytes) -> tuple[IAddress | None, IAddress | None, bytes] | None:
    """The addresses of the peer and of what it connected to, and the bytes behind the header.

    :return: None while the header is not complete. The addresses are None where the header tells none: then
        it is the proxy itself that connects.
    :raises InvalidProxyHeader: this is no header.
    """
    if data.startswith(V2Parser.PREFIX):
        return _read_v2(data)
    start = V1Parser.PROXYSTR + b" "
    if data.startswith(start):
        return _read_v1(data)
    if not (start.startswith(data) or V2Parser.PREFIX.startswith(data)):
        raise InvalidProxyHeader()
    return None


def _read_v1(data: bytes) -> tuple[IAddress | None, IAddress | None, bytes] | None:
    line, end, _ = data[: LONGEST_V1 + 1].partition(b"\r\n")
    if not end or len(line) + 2 > LONGEST_V1:
        if len(data) >= LONGEST_V1:
            raise InvalidProxyHeader()
        return None
    words, rest = line.split(b" "), data[len(line) + 2 :]
    if words[1] == V1Parser.UNKNOWN_PROTO:
        return None, None, rest
    if len(words) != 6 or not all(word.isdigit() for word in words[4:]):
        raise InvalidProxyHeader()
    try:
        info = V1Parser.parse(line)
    except ValueError as error:
        raise InvalidProxyHeader() from error
    return _normal(info.source), _normal(info.destination), rest


def _read_v2(data: bytes) -> tuple[IAddress | None, IAddress | None, bytes] | None:
    if len(data) < FIXED_V2:
        return None
    size = FIXED_V2 + int.from_bytes(data[FIXED_V2 - 2 : FIXED_V2], "big")
    if size > LONGEST_V2:
        raise InvalidProxyHeader()
    if len(data) < size:
        return None
    info = V2Parser.parse(data[:size])
    return _normal(info.source), _normal(info.destination), data[size:]


def _normal(address: IAddress | None) -> IAddress | None:
    """An address as Twisted would give it; the parsers do not check theirs."""
    if not isinstance(address, IPv4Address | IPv6Address):
        return address
    try:
        given = ipaddress.ip_address(address.host)
    except ValueError as error:
        raise InvalidProxyHeader() from error
    if (given.version == 4) is not isinstance(address, IPv4Address) or not 0 <= address.port <= 65535:
        raise InvalidProxyHeader()
    ip = _unmapped(given)
    kind: Any = IPv4Address if ip.version == 4 else IPv6Address
    normal: IAddress = kind("TCP", str(ip), address.port)
    return normal


def _unmapped(ip: Host) -> Host:
    return getattr(ip, "ipv4_mapped", None) or ip
