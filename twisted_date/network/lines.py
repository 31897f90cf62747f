"""Splits a byte stream into lines, without I/O."""

from collections.abc import Iterator


class LineBuffer:
    """Splits a byte stream into lines, however the bytes arrive.

    It holds the beginning of one line and, until its lines are read, the latest chunk. LineReceiver's own
    loop copies the rest of the buffer for every line, and abandons a chunk at a line that is too long.

    :param limit: the maximum length of a line, in bytes, without its ending (LF or CRLF).
    """

    __slots__ = ("_buffer", "_limit", "_skipping", "_start")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._start = 0
        self._skipping = False

    def __len__(self) -> int:
        """The number of bytes that were not read."""
        return len(self._buffer) - self._start

    def feed(self, data: bytes) -> None:
        """Add bytes to the stream."""
        self._buffer = self._buffer[self._start :] + data if self._buffer else data
        self._start = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the complete lines, without their endings. Unread lines are left for the next iteration.

        A line that is too long is yielded once, cut off one byte past the limit, as soon as its length is
        known to exceed it. The rest of it is skipped.
        """
        limit = self._limit
        while self._start < len(self._buffer) and (not self._skipping or self._skip()):
            lines, _ = self.window()
            if not lines:
                if not self._is_too_long():
                    break
                self._skipping = True
                yield self._buffer[self._start : self._start + limit + 1]
                continue
            for line in lines:
                self._start += len(line) + 1
                yield line.removesuffix(b"\r")[: limit + 1]
        # Frees the lines that were read, even if the peer falls silent.
        self._buffer = self._buffer[self._start :]
        self._start = 0

    def window(self) -> tuple[list[bytes], int]:
        """Some of the complete lines, with carriage returns, and where they end; they are not read yet.

        There are none when the next line is too long or is not complete, or the rest of one is skipped.
        """
        if self._skipping:
            return [], self._start
        end = self._buffer.rfind(b"\n", self._start, self._start + 2 * (self._limit + 2))
        return ([], self._start) if end < 0 else (self._buffer[self._start : end].split(b"\n"), end + 1)

    def skip(self, end: int) -> None:
        """Read what is in front of the end of a :meth:`window`."""
        self._start = end

    @property
    def is_between_lines(self) -> bool:
        """Whether nothing was left unread, and the next byte begins a line."""
        return not (self._buffer or self._skipping)

    @property
    def ends_with_cr(self) -> bool:
        """Whether the last byte is a carriage return, which a line feed may follow."""
        return self._buffer.endswith(b"\r")

    def flush(self) -> bytes | None:
        """Return, at the end of the stream, the last line if it has no ending, or None."""
        line = self._buffer[self._start :]
        self.clear()
        return line if line and not self._skipping else None

    def clear(self) -> None:
        """Drop all bytes that were not read."""
        self._buffer = b""
        self._start = 0

    def _is_too_long(self) -> bool:
        """Whether the incomplete line can no longer end within the limit."""
        size = len(self)
        if self._buffer.endswith(b"\r"):
            size -= 1  # possibly the first half of CRLF
        return size > self._limit

    def _skip(self) -> bool:
        """Skip the rest of a line that is too long; return whether its end was found."""
        end = self._buffer.find(b"\n", self._start)
        if end < 0:
            self.clear()
            return False
        self._start = end + 1
        self._skipping = False
        return True
