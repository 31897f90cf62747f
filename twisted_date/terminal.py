"""Standard input, line by line, and standard output, in whole lines."""

import errno
import os
from collections import deque
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

CHUNK = 65536  # bytes read at once: what a pipe holds


@implementer(IReadDescriptor)
class InputLines:
    """The lines of a terminal, pipe or file, read when they are asked for.

    Unlike Twisted's StandardIO it does not make the descriptor non-blocking: that would reach every
    program that shares the terminal, and outlast this one.

    :param reactor: watches the descriptor.
    :param descriptor: open for reading.
    """

    def __init__(self, reactor: Any, descriptor: int) -> None:
        self._reactor = reactor
        self._descriptor = descriptor
        self._lines: deque[str] = deque()
        self._rest = b""
        self._ended = False
        self._waiting: Deferred[str | None] | None = None

    def next(self) -> Deferred[str | None]:
        """Fires with the next line without its ending, or with None at the end. Can be cancelled.

        Bytes that are not UTF-8 come as surrogates, so that they can be sent as they are.
        """
        line: Deferred[str | None] = Deferred(lambda _: self._stop_waiting())
        if self._lines or self._ended:
            line.callback(self._take())
        else:
            self._waiting = line
            self._reactor.addReader(self)
        return line

    def fileno(self) -> int:
        return self._descriptor

    def logPrefix(self) -> str:
        return "standard input"

    def doRead(self) -> None:
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                self._fail(error)
                return
            data = b""  # the terminal has hung up
        *lines, self._rest = (self._rest + data).split(b"\n")
        if not data:
            self._ended = True
            lines.extend([self._rest] if self._rest else [])
        self._lines.extend(line.decode(errors="surrogateescape").removesuffix("\r") for line in lines)
        if self._waiting is not None and (self._lines or self._ended):
            waiting = self._waiting
            self._stop_waiting()
            waiting.callback(self._take())

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The reactor gives the descriptor up."""
        self._ended = True

    def _fail(self, error: OSError) -> None:
        self._ended = True
        waiting = self._waiting
        self._stop_waiting()
        if waiting is not None:
            waiting.errback(error)

    def _take(self) -> str | None:
        return self._lines.popleft() if self._lines else None

    def _stop_waiting(self) -> None:
        self._waiting = None
        self._reactor.removeReader(self)


class OutputLines:
    """Whole lines to a descriptor, at once and past any buffer that could keep or reorder them.

    :param descriptor: open for writing.
    :param encoding: of the terminal; what it cannot show is written as ``?``.
    """

    def __init__(self, descriptor: int, encoding: str = "utf-8") -> None:
        self._descriptor = descriptor
        self._encoding = encoding

    def write(self, text: str) -> None:
        """Write all of the text.

        :raises OSError: it cannot be written.
        """
        data = text.encode(self._encoding, errors="replace")
        while data:
            data = data[os.write(self._descriptor, data) :]
