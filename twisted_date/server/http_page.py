"""Serves one page over HTTP/1.1, one request per connection: as much of RFC 9112 as a page needs.

A full web server would accept bodies, keep connections open and log what peers send; sessions would suffer.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from ..network.failures import FailureLog
from ..network.scheduler import Scheduler
from ..network.timeouts import Timeouts
from .one_shot import OneShotFactory, OneShotProtocol

REQUEST_TIME = 5.0  # seconds until a request must be complete
# Bytes of a request's head; RFC 9112, section 3, recommends at least 8000 for the request line alone.
MAX_REQUEST = 8192
PLAIN = "text/plain; charset=utf-8"
_END = re.compile(rb"\n\r?\n")


class PageProtocol(OneShotProtocol):
    """One connection: reads a request and answers it with the page."""

    factory: "PageFactory"

    def __init__(self) -> None:
        super().__init__()
        self._request = b""
        self._complete = False
        self._lost = False

    def start(self) -> None:
        self.factory.waiting.reset(self)

    def dataReceived(self, data: bytes) -> None:
        if self._complete:
            return
        self._request += data
        if _END.search(self._request) or len(self._request) > MAX_REQUEST:
            self._complete = True
            self.factory.waiting.cancel(self)
            self.factory.scheduler.enqueue(self._answer)

    def readConnectionLost(self) -> None:
        if self._closing is None and self._complete:  # the response is still queued
            self._half_closed = True
        else:
            super().readConnectionLost()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.factory.waiting.cancel(self)
        self._lost = True
        super().connectionLost(reason)

    def _answer(self) -> None:
        if self._lost:
            return
        try:
            response = self.factory.answer(self._request)
        except Exception:
            self.factory.failures.log(Failure())
            response = _response("500 Internal Server Error", PLAIN, b"The log says why.\n")
        self.send_and_close(response)


class PageFactory(OneShotFactory):
    """Serves one page.

    :param path: the path of its URL.
    :param type_: its media type.
    :param page: renders the page, at every request.
    :param scheduler: schedules the responses.
    """

    protocol = PageProtocol

    def __init__(self, path: str, type_: str, page: Callable[[], bytes], scheduler: Scheduler) -> None:
        super().__init__(page, scheduler)
        self._path = path
        self._type = type_
        self.failures = FailureLog(scheduler.clock, "Failed to render the page")
        self.waiting: Timeouts[PageProtocol] = Timeouts(scheduler.clock, REQUEST_TIME, PageProtocol.abort)

    def answer(self, request: bytes) -> bytes:
        """Return the response to a request.

        :param request: its head: the request line and the header fields; only the line matters.
        """
        words = request.split(b"\n", 1)[0].decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _response("400 Bad Request", PLAIN, f"Right is: GET {self._path} HTTP/1.1\n".encode())
        method, target, _ = words
        if method not in ("GET", "HEAD"):
            body = b"GET is what can be done here.\n"
            return _response("405 Method Not Allowed", PLAIN, body, "Allow: GET, HEAD\r\n")
        if _path(target) != self._path:
            response = _response("404 Not Found", PLAIN, f"The page is {self._path}\n".encode())
        else:
            response = _response("200 OK", self._type, self.payload())
        return response if method == "GET" else response[: response.index(b"\r\n\r\n") + 4]


def _path(target: str) -> str:
    try:
        return urlsplit(target).path
    except ValueError:
        return ""


def _response(status: str, type_: str, body: bytes, fields: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\n{fields}"
    return f"{head}Connection: close\r\n\r\n".encode() + body
