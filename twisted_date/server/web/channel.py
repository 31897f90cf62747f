"""HTTP/1.1 on twisted.web, with bounds that answer in a sentence, and without what datechat does not use."""

from collections.abc import Callable
from typing import Any

from twisted.web.http import HTTPChannel, Request, datetimeToString

from .errors import RequestRefused, WebError
from .responses import Response

MAX_REQUEST_LINE = 8192  # bytes; RFC 9112, section 3, recommends at least 8000
MAX_HEAD = 16384  # bytes of the request line and the header fields
MAX_BODY = 8192  # bytes of a body, which is discarded


class WebRequest(Request):
    """One request. Its body and its cookies are discarded."""

    channel: Any

    def parseCookies(self) -> None:
        """Cookies mean nothing here."""

    def handleContentChunk(self, data: bytes) -> None:
        self.channel.body_received(len(data))

    def process(self) -> None:
        self.channel.transport.request_received(self)

    def field(self, name: str) -> str:
        """The value of a header field, or an empty text; several fields of one name are joined."""
        return ", ".join(self.requestHeaders.getRawHeaders(name, []))

    def respond(self, response: Response) -> None:
        """Send a response, and finish."""
        self.setResponseCode(response.status, response.phrase.encode())
        for name, value in response.header():
            self.responseHeaders.setRawHeaders(name, [value])
        self.responseHeaders.setRawHeaders(b"Date", [datetimeToString()])
        if response.closing:
            self.channel.persistent = False
        self.write(response.body)
        self.finish()


class WebChannel(HTTPChannel):
    """The requests of one connection, one at a time; its transport is a :class:`.WebConnection`.

    Twisted's own channel closes at a long request line without a word, answers 400 to large header fields and
    reads any body to its end.

    :param refusal: makes the response to a request that is refused before it is complete.
    """

    requestFactory = WebRequest
    MAX_LENGTH = MAX_REQUEST_LINE
    maxHeaders = totalHeadersSize = MAX_HEAD + 1  # never reached: lineReceived() counts
    transport: Any

    def __init__(self, refusal: Callable[[RequestRefused], Response]) -> None:
        super().__init__()
        self._refusal = refusal
        self._head_size = self._body_size = 0
        self._busy = False
        self.unread = b""  #: what arrived while a request is under way

    def lineReceived(self, line: bytes) -> None:
        self._head_size += len(line) + len(self.delimiter)
        if self._head_size > MAX_HEAD:
            self.refuse(WebError.HEAD_TOO_LARGE, limit=MAX_HEAD)
        else:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        if self._head_size:
            self.refuse(WebError.HEAD_TOO_LARGE, limit=MAX_HEAD)
        else:
            self.refuse(WebError.TARGET_TOO_LONG, limit=MAX_REQUEST_LINE)

    def allHeadersReceived(self) -> None:
        if self.length is not None and self.length > MAX_BODY:
            self.refuse(WebError.BODY_TOO_LARGE)
        else:
            super().allHeadersReceived()

    def allContentReceived(self) -> None:
        if not self.transport.disconnecting:
            self._head_size = self._body_size = 0
            self._busy = True
            super().allContentReceived()

    def rawDataReceived(self, data: bytes) -> None:
        if self._busy:
            self.unread += data
        elif not self.transport.disconnecting:
            super().rawDataReceived(data)

    def body_received(self, size: int) -> None:
        """Count a part of a body."""
        self._body_size += size
        if self._body_size > MAX_BODY:
            self.refuse(WebError.BODY_TOO_LARGE)

    def requestDone(self, request: Request) -> None:
        self._busy = False
        super().requestDone(request)
        self.transport.response_sent()
        unread, self.unread = self.unread, b""
        if unread and not self.transport.disconnecting:
            self.dataReceived(unread)

    def refuse(self, kind: WebError, **values: object) -> None:
        """Send an error response, and close; what the peer still sends is discarded."""
        if self.transport.disconnecting:
            return
        response = self._refusal(RequestRefused(kind, **values))
        status, phrase = str(response.status).encode(), response.phrase.encode()
        fields = [(name.encode(), value.encode()) for name, value in response.header()]
        fields.append((b"Date", datetimeToString()))
        self.writeHeaders(b"HTTP/1.1", status, phrase, fields)
        self.write(response.body)
        self.loseConnection()

    def _respondToBadRequestAndDisconnect(self) -> None:
        # Twisted's own has no content, and closes before the peer has sent everything: the response is lost.
        self.refuse(WebError.BAD_REQUEST)
