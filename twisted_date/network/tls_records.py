"""TLS records, one at a time."""

from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from .scheduler import SLICE, Turns

HEADER = 5  # bytes: type, version, length
MOST = 16384 + 2048  # bytes that a record may hold behind its header: RFC 5246, 6.2.3
TYPES = range(20, 25)  # change_cipher_spec to heartbeat


class RecordGate(Protocol):
    """Stands below a TLS layer, and holds records back while those before them wait for an answer.

    Nothing can be said over Twisted's TLS once it has read the peer's close_notify, so that must not come to
    it before all that stands in front of it is answered. Where a record ends is plain to see.

    Records cost time, whatever is in them: a handshake does, and so do thousands that are empty. So they are
    passed on in slices, too.

    :param socket: the transport with the socket; its protocol, the TLS layer, gets the records.
    """

    def __init__(self, socket: Any, clock: IReactorTime, turns: Turns) -> None:
        self._socket = socket
        self._above = socket.protocol
        self._clock = clock
        self._turns = turns
        self._buffer = b""
        self._held = False
        self._waits = False

    def dataReceived(self, data: bytes) -> None:
        self._buffer += data
        if self._held or self._waits:
            return
        if self._turns.used_up:
            self._wait_for_turn()
            return
        began = self._clock.seconds()
        self._pass_on()
        self._turns.spend(self._clock.seconds() - began)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._held = True
        self._above.connectionLost(reason)

    @property
    def waits(self) -> bool:
        """Whether it has something to pass on when its turn comes."""
        return self._waits

    def hold(self) -> None:
        """Pass nothing on."""
        self._held = True

    def release(self) -> None:
        """Pass on again, beginning with what was held back."""
        self._held = False
        if not self._waits:
            self._socket.resumeProducing()
            self._pass_on()

    def _pass_on(self) -> None:
        buffer, start = self._buffer, 0
        self._buffer = b""
        end = self._clock.seconds() + SLICE
        while (
            not (self._held or self._waits or self._socket.disconnecting)
            and start < len(buffer)
            and (size := _first_size(buffer, start)) <= len(buffer) - start
        ):
            self._above.dataReceived(buffer[start : start + size])
            start += size
            if self._clock.seconds() >= end:
                self._wait_for_turn()
        self._buffer = buffer[start:] + self._buffer

    def _wait_for_turn(self) -> None:
        if not self._socket.disconnecting:
            self._waits = True
            self._socket.pauseProducing()
            self._turns.wait(self._take_turn)

    def _take_turn(self) -> None:
        self._waits = False
        if not self._held:
            self._socket.resumeProducing()
            self._pass_on()


def _first_size(data: bytes, start: int) -> int:
    """The size of the record that begins at ``start``; of all that follows when that is no TLS."""
    if data[start] not in TYPES:
        return len(data) - start
    if len(data) - start < HEADER:
        return HEADER
    size = HEADER + int.from_bytes(data[start + 3 : start + HEADER], "big")
    return size if size <= HEADER + MOST else len(data) - start
