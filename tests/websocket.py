"""Frames of WebSocket (RFC 6455, section 5.2), as a client sends and a server answers them."""

import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_MASK = b"\x12\x34\x56\x78"


def frame(payload, opcode=TEXT, fin=True, masked=True):
    """One frame of a client."""
    size = len(payload)
    if size < 126:
        length, extended = size, b""
    elif size < 65536:
        length, extended = 126, struct.pack("!H", size)
    else:
        length, extended = 127, struct.pack("!Q", size)
    head = bytes([opcode | (0x80 if fin else 0), length | (0x80 if masked else 0)]) + extended
    if not masked:
        return head + payload
    return head + _MASK + bytes(byte ^ _MASK[index % 4] for index, byte in enumerate(payload))


def frames(data):
    """The opcodes and payloads of a server's complete frames."""
    found = []
    while data:
        assert data[0] & 0x80, "a reply in fragments"
        size, start = data[1], 2
        if size == 126:
            (size,), start = struct.unpack("!H", data[2:4]), 4
        assert start == 4 or size < 126, "a masked or an overlong reply"
        found.append((data[0] & 0xF, bytes(data[start : start + size])))
        data = data[start + size :]
    return found
