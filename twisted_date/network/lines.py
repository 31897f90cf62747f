"""Bytes to lines, without I/O."""

from collections.abc import Iterator


class LineBuffer:
    """Takes bytes however they are cut up, and gives lines, one at a time.

    It holds the beginning of one line and, until its lines are taken, what was received last. LineReceiver's
    own loop copies all that is left for every line, and leaves a chunk at a line that is too long.

    :param limit: the bytes that a line may have without its ending, LF or CRLF.
    """

    __slots__ = ("_buffer", "_limit", "_skipping", "_start")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._start = 0
        self._skipping = False

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        self._buffer = self._buffer[self._start :] + data
        self._start = 0

    def __iter__(self) -> Iterator[bytes]:
        """The lines that have ended, without their endings. What is not taken is given the next time.

        One that is too long is given once, cut off one byte behind the limit, as soon as that is known; it is
        skipped to its end.
        """
        limit = self._limit
        window = 2 * (limit + 2)  # bytes to split at a time; in these a line ends, or is too long
        while self._start < len(self._buffer) and (not self._skipping or self._skip()):
            end = self._buffer.rfind(b"\n", self._start, self._start + window)
            if end < 0:
                if not self._is_too_long():
                    break
                self._skipping = True
                yield self._buffer[self._start : self._start + limit + 1]
                continue
            lines = self._buffer[self._start : end]
            crlf = b"\r" in lines
            for line in lines.split(b"\n"):
                size = len(line)
                self._start += size + 1
                yield line.removesuffix(b"\r")[: limit + 1] if crlf or size > limit else line
        self._buffer = self._buffer[self._start :]  # a peer that says no more pins no more
        self._start = 0

    def flush(self) -> bytes | None:
        """What is left when no more will be received: a line without an ending, or None."""
        line = self._buffer[self._start :]
        self.clear()
        return line if line and not self._skipping else None

    def clear(self) -> None:
        """Forget what was received and not given."""
        self._buffer = b""
        self._start = 0

    def _is_too_long(self) -> bool:
        """Whether the line that has not ended can end no more within the limit."""
        size = len(self._buffer) - self._start
        if self._buffer.endswith(b"\r"):
            size -= 1  # it may be part of the ending
        return size > self._limit

    def _skip(self) -> bool:
        """Leave out the rest of a line; say whether that was all of it."""
        end = self._buffer.find(b"\n", self._start)
        if end < 0:
            self.clear()
            return False
        self._start = end + 1
        self._skipping = False
        return True
