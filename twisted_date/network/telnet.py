"""Reads what telnet clients send beside text (RFC 854), and edits lines as a terminal would, without I/O."""

import re

# What plain text in UTF-8 rarely holds: NUL, which may follow a carriage return, backspace, DEL, telnet's IAC
SPECIAL = re.compile(rb"[\x00\x08\x7f\xff]")
MAX_COMMAND = 1024  # bytes of a command that has not ended; a longer one is discarded

_IAC = b"\xff"  # begins a command; two of them are one byte of text
_FIRST_COMMAND, _SUBNEGOTIATION, _FIRST_WITH_OPTION = 0xF0, 0xFA, 0xFB
_END = b"\xff\xf0"  # of a subnegotiation
_ERASE = re.compile(rb"[\x08\x7f]")


class TelnetInput:
    """Takes telnet's commands out of a stream, and makes its carriage returns with NUL line endings.

    The commands need no answers: a client that gets none goes on as it began.
    """

    __slots__ = ("_held", "_pending")

    def __init__(self) -> None:
        self._pending = b""  # a command that has not ended
        self._held = b""  # a carriage return, which NUL may follow

    def text(self, data: bytes) -> bytes:
        """The text in the next bytes of the stream. What is incomplete waits for the rest."""
        data = self._pending + data
        parts: list[bytes] = []
        start = 0
        while (command := data.find(_IAC, start)) >= 0:
            end = _end(data, command)
            parts.append(data[start:command])
            if end is None:
                start = command
                break
            if end == command + 1 or data[command + 1] == _IAC[0]:
                parts.append(_IAC)
            start = end
        else:
            parts.append(data[start:])
            start = len(data)
        self._pending = data[start:] if len(data) - start <= MAX_COMMAND else b""
        text = self._held + b"".join(parts)
        self._held = text[-1:] if text.endswith(b"\r") else b""
        return text.removesuffix(self._held).replace(b"\r\x00", b"\r\n")

    def rest(self) -> bytes:
        """The text that has waited in vain, at the end of the stream."""
        return self._held


def _end(data: bytes, command: int) -> int | None:
    """The end of the command at a position; None when it is incomplete, the next byte when it is none."""
    code = data[command + 1] if command + 1 < len(data) else None
    if code is None:
        return None
    if code == _SUBNEGOTIATION:
        end = data.find(_END, command + 2)
        return None if end < 0 else end + len(_END)
    if code < _FIRST_COMMAND:
        return command + 1
    end = command + (3 if _FIRST_WITH_OPTION <= code < _IAC[0] else 2)
    return end if end <= len(data) else None


def edited(line: bytes) -> bytes:
    """A line after each backspace and DEL in it has erased the character before it, a whole one of UTF-8."""
    first, *others = _ERASE.split(line)
    kept = bytearray(first)
    for part in others:
        while kept and kept[-1] & 0xC0 == 0x80:  # the bytes that continue a character
            kept.pop()
        if kept:
            kept.pop()
        kept += part
    return bytes(kept)
