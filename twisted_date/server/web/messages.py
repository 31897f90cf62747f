"""Splits WebSocket's stream into lines, and frames replies, without I/O."""

from collections.abc import Iterable, Iterator

from wsproto.frame_protocol import Frame, FrameProtocol, Opcode, ParseFailed

from ...network.lines import LineBuffer

PIECE = 512  # bytes to decode at a time: even as empty frames they take no longer than a time slice


class MessageBuffer(LineBuffer):
    """Splits a stream of WebSocket frames into lines: one message is one line.

    It holds the beginning of one message and, until its lines are read, the latest chunk. Pings are answered
    on the way. Unread bytes may be complete messages.

    :param limit: the maximum length of a line, in bytes. A longer message is yielded once, cut off one byte
        past the limit, as soon as its length is known to exceed it.
    """

    __slots__ = ("_frames", "_message", "_pongs", "peer_code")

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        #: The code with which the peer has closed the WebSocket, or has to be told what it did wrong.
        self.peer_code: int | None = None
        self._frames = FrameProtocol(client=False, extensions=[])
        self._message = b""
        self._pongs = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        """Yield lines. It stops, perhaps before the end of the chunk, after a piece without any."""
        found = True
        while self.peer_code is None:
            for line in self._lines():
                found = True
                yield line
            if not len(self):
                super().clear()
            if not (found and self._buffer):
                return
            found = False
            piece = self._buffer[self._start : self._start + PIECE]
            self._start += len(piece)
            self._frames.receive_bytes(piece)

    def window(self) -> tuple[list[bytes], int]:
        """None: messages are read one by one."""
        return [], 0

    def flush(self) -> None:
        """At the end of the stream: a message without its end is none."""

    def clear(self) -> None:
        """Drop all bytes that were not read."""
        super().clear()
        self._message = b""

    def frame(self, replies: Iterable[bytes]) -> bytes:
        """The frames of replies, after those that answer pings."""
        pongs, self._pongs = self._pongs, bytearray()
        return bytes(pongs) + b"".join(self._frames.send_data(reply.decode()) for reply in replies)

    def ping(self) -> bytes:
        """The frame of a ping."""
        return bytes(self._frames.ping())

    def close(self, code: int) -> bytes:
        """The frame that closes the WebSocket, as the first of the two, or in reply to the peer's.

        :param code: the reason (RFC 6455, section 7.4).
        """
        return bytes(self._frames.close(code))

    def _lines(self) -> Iterator[bytes]:
        """Yield the lines that are complete, or too long, with what was decoded."""
        try:
            for frame in self._frames.received_frames():
                line = self._line(frame)
                if line is not None:
                    yield line
        except ParseFailed as error:
            self.peer_code = error.code

    def _line(self, frame: Frame) -> bytes | None:
        match frame:
            case Frame(opcode=Opcode.TEXT, payload=str(text)):
                return self._add(text.encode(), frame.message_finished)
            case Frame(opcode=Opcode.BINARY, payload=bytes(data)):
                return self._add(data, frame.message_finished)
            case Frame(opcode=Opcode.PING, payload=bytes(data)):
                self._pongs += self._frames.pong(data)
            case Frame(opcode=Opcode.CLOSE, payload=(int(code), str())):
                self.peer_code = code
        return None

    def _add(self, data: bytes, finished: bool) -> bytes | None:
        if self._skipping:
            self._skipping = not finished
            return None
        message = self._message + data
        if finished:
            self._message = b""
            return message.removesuffix(b"\n").removesuffix(b"\r")[: self._limit + 1]
        if len(message) <= self._limit + 2:  # two bytes may be a line ending
            self._message = message
            return None
        self._message, self._skipping = b"", True
        return message[: self._limit + 1]
