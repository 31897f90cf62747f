"""Passes TLS records on one at a time."""

from typing import Any

from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from .scheduler import TIME_SLICE, Scheduler

HEADER_SIZE = 5  # bytes: type, version, length
MAX_BODY = 16384 + 2048  # maximum bytes of a record after its header: RFC 5246, 6.2.3
CONTENT_TYPES = range(20, 25)  # change_cipher_spec to heartbeat


class TLSRecordGate(Protocol):
    """Sits below a TLS layer, and holds records back while earlier ones still have to be answered.

    Twisted's TLS cannot send once it has read the peer's close_notify, so this record must not reach it
    before everything ahead of it is answered. The boundaries of records are not encrypted.

    Records cost time, whatever they contain: a handshake does, and so do thousands of empty records. So they
    are passed on in time slices, too.

    :param socket: the transport with the socket; its protocol, the TLS layer, gets the records.
    :param scheduler: shares out the time that the records take.
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
        started = self._scheduler.clock.seconds()
        self._pass_on()
        self._scheduler.charge(self._scheduler.clock.seconds() - started)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._paused = True
        self._above.connectionLost(reason)

    @property
    def is_queued(self) -> bool:
        """Whether the gate is in the scheduler's queue, with records to pass on."""
        return self._queued

    def pause(self) -> None:
        """Hold all records back."""
        self._paused = True

    def resume(self) -> None:
        """Pass records on again, starting with those held back."""
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
    """Return the size of the record at ``start``, as far as known, or of all the rest if it is not TLS."""
    if data[start] not in CONTENT_TYPES:
        return len(data) - start
    if len(data) - start < HEADER_SIZE:
        return HEADER_SIZE
    size = HEADER_SIZE + int.from_bytes(data[start + 3 : start + HEADER_SIZE], "big")
    return size if size <= HEADER_SIZE + MAX_BODY else len(data) - start
