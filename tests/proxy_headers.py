"""Headers of the PROXY protocol, and the addresses in them."""

import struct

from twisted.internet.address import IPv4Address

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
PEER = IPv4Address("TCP", "192.0.2.1", 40000)
HOST = IPv4Address("TCP", "198.51.100.2", 50000)
V1 = b"PROXY TCP4 192.0.2.1 198.51.100.2 40000 50000\r\n"


def v2(family, addresses, command=1, more=b""):
    """Return a header of version 2."""
    body = addresses + more
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack("!H", len(body)) + body


TCP4 = v2(0x11, bytes([192, 0, 2, 1, 198, 51, 100, 2]) + struct.pack("!HH", 40000, 50000))
IPV6_ADDRESS = bytes.fromhex("20010db8000000000000000000000001")
TCP6 = v2(0x21, IPV6_ADDRESS + IPV6_ADDRESS[:-1] + b"\x02" + struct.pack("!HH", 40000, 50000))
