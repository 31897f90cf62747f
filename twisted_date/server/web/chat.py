"""One WebSocket of the server: the protocol of a conversation, with messages in place of lines."""

from ...conversation.errors import ErrorKind
from ...conversation.session import Session
from ...conversation.text import MAX_LINE
from ...network.connection import Connection
from ..protocol import DateProtocol
from .messages import MessageBuffer

# RFC 6455, section 7.4.1
NORMAL, GOING_AWAY, INTERNAL_ERROR = 1000, 1001, 1011
_CODES = {ErrorKind.STOPPING: GOING_AWAY, ErrorKind.INTERNAL: INTERNAL_ERROR}


class ChatProtocol(DateProtocol):
    """One WebSocket: each message gets one message in reply, in order.

    All that :class:`.DateProtocol` does for a connection with lines holds here, too.

    :param session: answers the messages.
    :param connection: the connection after the handshake; its producer passes the calls on to this protocol.
    """

    def __init__(self, session: Session, connection: Connection) -> None:
        super().__init__(session)
        self._lines: MessageBuffer = MessageBuffer(MAX_LINE)
        self._connection = connection
        self._code = NORMAL

    def connectionMade(self) -> None:
        """The handshake is complete."""

    def close_with_error(self, kind: ErrorKind, **values: object) -> None:
        self._code = _CODES.get(kind, NORMAL)
        super().close_with_error(kind, **values)

    def ping(self) -> bool:
        """Show proxies on the way that the connection is alive; return whether it is."""
        if not (self._closed or self.paused):
            self._send(self._lines.ping())
        return not self._closed

    def _answer_known(self, data: bytes) -> bool:
        return False  # frames, not lines

    def _text_in(self, data: bytes) -> bytes:
        return data  # frames, not text

    def _answer(self, lines: object) -> float:
        seconds = super()._answer(self._lines)
        if self._lines.peer_code is not None:
            self._close()
        elif len(self._lines) and not (self._queued or self.paused):
            self._enqueue()
        return seconds

    def _write(self, replies: list[bytes]) -> None:
        data = self._lines.frame(replies)
        replies.clear()
        if data and not self._closed:
            self._send(data)

    def _close(self) -> None:
        if not self._closed:
            self._send(self._lines.close(self._lines.peer_code or self._code))
        super()._close()
