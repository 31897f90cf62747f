"""TLS records, one at a time."""

from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

HEADER = 5  # bytes: type, version, length
MOST = 16384 + 2048  # bytes that a record may hold behind its header: RFC 5246, 6.2.3
TYPES = range(20, 25)  # change_cipher_spec to heartbeat


class RecordGate(Protocol):
    """Stands below a TLS layer, and holds records back while those before them wait for an answer.

    Nothing can be said over Twisted's TLS once it has read the peer's close_notify, so that must not come to
    it before all that stands in front of it is answered. Where a record ends is plain to see.

    :param above: the TLS layer.
    """

    def __init__(self, above: Protocol) -> None:
        self._above = above
        self._buffer = b""
        self._held = False

    def dataReceived(self, data: bytes) -> None:
        self._buffer += data
        self._pass_on()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._held = True
        self._above.connectionLost(reason)

    def hold(self) -> None:
        """Pass nothing on."""
        self._held = True

    def release(self) -> None:
        """Pass on again, beginning with what was held back."""
        self._held = False
        self._pass_on()

    def _pass_on(self) -> None:
        while not self._held and self._buffer and (size := _first_size(self._buffer)) <= len(self._buffer):
            record, self._buffer = self._buffer[:size], self._buffer[size:]
            self._above.dataReceived(record)


def _first_size(data: bytes) -> int:
    """The size of the first record in data, which may hold less; of all of it when that is no TLS."""
    if data[0] not in TYPES:
        return len(data)
    if len(data) < HEADER:
        return HEADER
    size = HEADER + int.from_bytes(data[3:HEADER], "big")
    return size if size <= HEADER + MOST else len(data)
