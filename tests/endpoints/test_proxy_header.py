import contextlib
import struct

from hypothesis import given, strategies as st
from twisted.internet.address import IPv6Address, UNIXAddress
from twisted.trial.unittest import SynchronousTestCase

from tests.proxy_headers import HOST, PEER, SIGNATURE, TCP4, TCP6, V1, v2
from twisted_date.endpoints.proxy_header import MAX_V1, MAX_V2, InvalidProxyHeader, parse_header

VALID = [
    (V1, PEER, HOST),
    (TCP4, PEER, HOST),
    (
        b"PROXY TCP6 2001:DB8::1 2001:db8::2 40000 50000\r\n",
        IPv6Address("TCP", "2001:db8::1", 40000),
        IPv6Address("TCP", "2001:db8::2", 50000),
    ),
    (TCP6, IPv6Address("TCP", "2001:db8::1", 40000), IPv6Address("TCP", "2001:db8::2", 50000)),
    (b"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 40000 50000\r\n", PEER, HOST),
    (v2(0x11, TCP4[16:], more=b"\x04\x00\x03abc"), PEER, HOST),
    (
        v2(0x31, b"/run/a".ljust(108, b"\0") + b"/run/b".ljust(108, b"\0")),
        UNIXAddress(b"/run/a"),
        UNIXAddress(b"/run/b"),
    ),
    (b"PROXY UNKNOWN\r\n", None, None),
    (b"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", None, None),
    (v2(0x11, TCP4[16:], command=0), None, None),
    (v2(0x00, b""), None, None),
    (v2(0x00, b"", command=0), None, None),
]

INVALID = [
    b"/date\n",
    b"PROXY\r\n",
    b"PROXYTCP4 ",
    b"PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 1 x\r\n",
    b"PROXY TCP4 192.0.2.1 host.example 1 2\r\n",
    b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
    b"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
    b"PROXY TCP4 \xff\xfe 192.0.2.2 1 2\r\n",
    b"PROXY TCP4 \x1b[31m 192.0.2.2 1 2\r\n",
    b"PROXY UNKNOWN ".ljust(MAX_V1 + 1, b"x"),
    SIGNATURE + b"\x11\x11\x00\x00",
    SIGNATURE + b"\x22\x11\x00\x00",
    v2(0x11, b"short"),
    v2(0x21, b"short"),
    v2(0x51, b"x" * 40),
    v2(0x13, b"x" * 40),
    SIGNATURE + b"\x21\x11" + struct.pack("!H", MAX_V2),
]


class ParseHeaderTests(SynchronousTestCase):
    def test_valid_headers_give_addresses_and_rest(self):
        for header, peer, host in VALID:
            self.assertEqual(parse_header(header), (peer, host, b""))
            self.assertEqual(parse_header(header + b"/date\r\n"), (peer, host, b"/date\r\n"))

    def test_incomplete_header_is_none(self):
        for header, _, _ in VALID:
            for end in range(len(header)):
                self.assertIsNone(parse_header(header[:end]))

    def test_invalid_headers_raise(self):
        for header in INVALID:
            self.assertRaises(InvalidProxyHeader, parse_header, header)

    def test_invalid_data_raises_after_few_bytes(self):
        for data in (b"G", b"PROXX", b"\r\n\r\n\x01"):
            self.assertRaises(InvalidProxyHeader, parse_header, data)

    @given(st.sampled_from([header for header, _, _ in VALID]), st.data())
    def test_mutated_headers_raise_nothing_else(self, header, data):
        at = data.draw(st.integers(0, len(header)))
        mutated = header[:at] + data.draw(st.binary(max_size=8)) + header[at + data.draw(st.integers(0, 8)) :]
        with contextlib.suppress(InvalidProxyHeader):
            parse_header(mutated)
