"""Bytes to lines, without I/O."""


class LineBuffer:
    """Takes bytes however they are cut up, and gives lines one at a time.

    It holds what was received last and the beginning of one line, whatever a peer sends. LineReceiver's own
    loop copies all that is left for every line, and leaves a chunk at a line that is too long.

    :param limit: the bytes that a line may have without its ending, LF or CRLF.
    """

    __slots__ = ("_buffer", "_limit", "_skipping", "_start")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._start = 0
        self._skipping = False

    def receive(self, data: bytes) -> None:
        """Take more bytes."""
        self._buffer = self._buffer[self._start :] + data
        self._start = 0

    def next(self) -> bytes | None:
        """The next line without its ending, or None until more is received.

        One that is too long is given once, cut off one byte behind the limit, as soon as that is known; it is
        skipped to its end.
        """
        while (end := self._buffer.find(b"\n", self._start)) >= 0:
            line = self._buffer[self._start : end]
            self._start = end + 1
            if not self._skipping:
                return line.removesuffix(b"\r")[: self._limit + 1]
            self._skipping = False
        return self._begun()

    def last(self) -> bytes | None:
        """What is left when no more will be received: a line without an ending, or None."""
        line = self._buffer[self._start :]
        self.clear()
        return line if line and not self._skipping else None

    def clear(self) -> None:
        """Forget what was received and not given."""
        self._buffer = b""
        self._start = 0

    def _begun(self) -> bytes | None:
        """A line that has not ended and is too long already."""
        size = len(self._buffer) - self._start
        if self._buffer.endswith(b"\r"):
            size -= 1  # it may be part of the ending
        if size <= self._limit and not self._skipping:
            return None
        line = self._buffer[self._start : self._start + self._limit + 1]
        self.clear()
        if self._skipping:
            return None
        self._skipping = True
        return line
