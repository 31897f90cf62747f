"""One page over HTTP/1.1, one request for each connection: as much of RFC 9112 as a page needs.

A whole web server would take bodies, keep connections and log what peers write; conversations would suffer.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..network.failures import summarize
from ..network.scheduler import Scheduler
from ..network.timeouts import Timeouts
from .one_shot import OneShotFactory, OneShotProtocol

REQUEST_TIME = 5.0  # seconds for a request to come
LONGEST = (
    8192  # bytes of a request without a body: what RFC 9112, section 3, wants a server to take for a line
)
PLAIN = "text/plain; charset=utf-8"
_END = re.compile(rb"\n\r?\n")


class PageProtocol(OneShotProtocol):
    """One connection, which asks for the page."""

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
        if _END.search(self._request) or len(self._request) > LONGEST:
            self._complete = True
            self.factory.waiting.cancel(self)
            self.factory.scheduler.enqueue(self._answer)

    def readConnectionLost(self) -> None:
        if self._closing is None and self._complete:  # the answer waits for its turn
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
            _log.error("A page could not be made: {what}", what=summarize(Failure()))
            response = _response("500 Internal Server Error", PLAIN, b"The log says why.\n")
        self.send_and_close(response)


class PageFactory(OneShotFactory):
    """Serves one page.

    :param path: where it is.
    :param type_: its media type.
    :param page: makes it, when it is asked for.
    """

    protocol = PageProtocol

    def __init__(self, path: str, type_: str, page: Callable[[], bytes], scheduler: Scheduler) -> None:
        super().__init__(page, scheduler)
        self._path = path
        self._type = type_
        self.waiting: Timeouts[PageProtocol] = Timeouts(scheduler.clock, REQUEST_TIME, PageProtocol.abort)

    def answer(self, request: bytes) -> bytes:
        """The response to a request.

        :param request: its head: the line and the fields.
        """
        words = request.split(b"\n", 1)[0].decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _response("400 Bad Request", PLAIN, f"Right is: GET {self._path} HTTP/1.1\n".encode())
        method, target, _ = words
        if method not in ("GET", "HEAD"):
            told = b"GET is what can be done here.\n"
            return _response("405 Method Not Allowed", PLAIN, told, "Allow: GET, HEAD\r\n")
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


def _response(status: str, type_: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


_log = Logger()
