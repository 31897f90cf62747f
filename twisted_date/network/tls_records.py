"""TLS records, one at a time."""

from typing import Any

from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from .scheduler import TIME_SLICE, Scheduler

HEADER_SIZE = 5  # bytes: type, version, length
MAX_BODY = 16384 + 2048  # bytes that a record may hold behind its header: RFC 5246, 6.2.3
CONTENT_TYPES = range(20, 25)  # change_cipher_spec to heartbeat


class TLSRecordGate(Protocol):
    """Stands below a TLS layer, and holds records back while those before them wait for an answer.

    Nothing can be said over Twisted's TLS once it has read the peer's close_notify, so that must not come to
    it before all that stands in front of it is answered. Where a record ends is plain to see.

    Records cost time, whatever is in them: a handshake does, and so do thousands that are empty. So they are
    passed on in slices, too.

    :param socket: the transport with the socket; its protocol, the TLS layer, gets the records.
    """

    def __init__(self, socket: Any, scheduler: Scheduler) -> None:
        self._socket = socket
        self._above = socket.protocol
        self._scheduler = scheduler
        self._buffer = b""
        self._paused = False
        self._queued = False

    def dataReceived(self, data: bytes) -> None:
        self._buffer += data
        if self._paused or self._queued:
            return
        if self._scheduler.exhausted:
            self._enqueue()
            return
        began = self._scheduler.clock.seconds()
        self._pass_on()
        self._scheduler.charge(self._scheduler.clock.seconds() - began)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._paused = True
        self._above.connectionLost(reason)

    @property
    def is_queued(self) -> bool:
        """Whether it has something to pass on when its turn comes."""
        return self._queued

    def pause(self) -> None:
        """Pass nothing on."""
        self._paused = True

    def resume(self) -> None:
        """Pass on again, beginning with what was held back."""
        self._paused = False
        if not self._queued:
            self._socket.resumeProducing()
            self._pass_on()

    def _pass_on(self) -> None:
        buffer, start = self._buffer, 0
        self._buffer = b""
        end = self._scheduler.clock.seconds() + TIME_SLICE
        while (
            not (self._paused or self._queued or self._socket.disconnecting)
            and start < len(buffer)
            and (size := _record_size(buffer, start)) <= len(buffer) - start
        ):
            self._above.dataReceived(buffer[start : start + size])
            start += size
            if self._scheduler.clock.seconds() >= end:
                self._enqueue()
        self._buffer = buffer[start:] + self._buffer

    def _enqueue(self) -> None:
        if not self._socket.disconnecting:
            self._queued = True
            self._socket.pauseProducing()
            self._scheduler.enqueue(self._resume_queued)

    def _resume_queued(self) -> None:
        self._queued = False
        if not self._paused:
            self._socket.resumeProducing()
            self._pass_on()


def _record_size(data: bytes, start: int) -> int:
    """The size of the record that begins at ``start``; of all that follows when that is no TLS."""
    if data[start] not in CONTENT_TYPES:
        return len(data) - start
    if len(data) - start < HEADER_SIZE:
        return HEADER_SIZE
    size = HEADER_SIZE + int.from_bytes(data[start + 3 : start + HEADER_SIZE], "big")
    return size if size <= HEADER_SIZE + MAX_BODY else len(data) - start
