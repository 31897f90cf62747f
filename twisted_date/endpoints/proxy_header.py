"""Parses the header of the PROXY protocol, versions 1 and 2, without I/O.

Specification: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.
"""

import ipaddress
import struct
from typing import NamedTuple, TypeAlias

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress

__all__ = ["Header", "InvalidProxyHeader", "parse_header"]

MAX_V1 = 107  # bytes including CRLF, according to the specification
MAX_V2 = 4096  # bytes; our own limit, since the extensions after the addresses can be long

_START_V1 = b"PROXY "
_SIGNATURE_V2 = b"\r\n\r\n\x00\r\nQUIT\n"
_FIXED_V2 = 16  # bytes before the addresses: signature, version and command, family, length
_LOCAL, _PROXY = 0x20, 0x21  # version and command
_UNSPECIFIED = (0x00, 0x01, 0x02, 0x10, 0x20, 0x30)  # family or transport is not specified
# The layout of the addresses, by family and transport (stream or datagram)
_INET, _INET6, _UNIX = struct.Struct("!4s4sHH"), struct.Struct("!16s16sHH"), struct.Struct("!108s108s")
_FORMATS = {0x11: _INET, 0x12: _INET, 0x21: _INET6, 0x22: _INET6, 0x31: _UNIX, 0x32: _UNIX}

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class InvalidProxyHeader(ValueError):
    """The data does not start with a valid header."""


class Header(NamedTuple):
    """A complete header.

    :param peer: the address that connected to the proxy; None if the proxy itself connects, or does not say.
    :param host: the address that the peer connected to, or None likewise.
    :param rest: the bytes after the header.
    """

    peer: IAddress | None
    host: IAddress | None
    rest: bytes


def parse_header(data: bytes) -> Header | None:
    """Parse the header at the start of the data.

    :param data: all bytes received so far.
    :return: the header, or None while it is incomplete.
    :raises InvalidProxyHeader: when the data does not start with a valid header.
    """
    if data.startswith(_SIGNATURE_V2):
        return _parse_v2(data)
    if data.startswith(_START_V1):
        return _parse_v1(data)
    if not (_START_V1.startswith(data) or _SIGNATURE_V2.startswith(data)):
        raise InvalidProxyHeader
    return None


def _parse_v1(data: bytes) -> Header | None:
    """Parse ``PROXY TCP4 192.0.2.1 198.51.100.2 40000 50000``."""
    line, end, _ = data[: MAX_V1 + 1].partition(b"\r\n")
    if not end or len(line) + 2 > MAX_V1:
        if len(data) >= MAX_V1:
            raise InvalidProxyHeader
        return None
    _, family, *words = line.split(b" ")
    rest = data[len(line) + 2 :]
    if family == b"UNKNOWN":
        return Header(None, None, rest)
    version = {b"TCP4": 4, b"TCP6": 6}.get(family)
    if version is None or len(words) != 4:
        raise InvalidProxyHeader
    source, destination, source_port, destination_port = words
    peer = _tcp_address(_ip_address(source, version), _port(source_port))
    host = _tcp_address(_ip_address(destination, version), _port(destination_port))
    return Header(peer, host, rest)


def _ip_address(text: bytes, version: int) -> IPAddress:
    try:
        ip = ipaddress.ip_address(text.decode())
    except ValueError:
        raise InvalidProxyHeader from None
    if ip.version != version:
        raise InvalidProxyHeader
    return ip


def _port(text: bytes) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise InvalidProxyHeader
    return int(text)


def _parse_v2(data: bytes) -> Header | None:
    if len(data) < _FIXED_V2:
        return None
    command, family, length = struct.unpack_from("!BBH", data, len(_SIGNATURE_V2))
    end = _FIXED_V2 + length
    if end > MAX_V2:
        raise InvalidProxyHeader
    if len(data) < end:
        return None
    if command not in (_LOCAL, _PROXY):
        raise InvalidProxyHeader
    if command == _LOCAL or family in _UNSPECIFIED:
        return Header(None, None, data[end:])
    packed = _FORMATS.get(family)
    if packed is None or length < packed.size:
        raise InvalidProxyHeader
    source, destination, *ports = packed.unpack_from(data, _FIXED_V2)
    if packed is _UNIX:
        return Header(_unix_address(source), _unix_address(destination), data[end:])
    peer = _tcp_address(ipaddress.ip_address(source), ports[0])
    host = _tcp_address(ipaddress.ip_address(destination), ports[1])
    return Header(peer, host, data[end:])


def _unix_address(path: bytes) -> IAddress:
    return UNIXAddress(path.rstrip(b"\0"))


def _tcp_address(ip: IPAddress, port: int) -> IAddress:
    """Return Twisted's address; an IPv4-mapped IPv6 address becomes an IPv4 address."""
    address = unmapped(ip)
    kind = IPv4Address if address.version == 4 else IPv6Address
    return kind("TCP", str(address), port)


def unmapped(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address in an IPv4-mapped IPv6 address, and any other address as it is."""
    return getattr(ip, "ipv4_mapped", None) or ip
