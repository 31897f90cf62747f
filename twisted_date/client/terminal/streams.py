"""Standard input, line by line, and standard output, in whole lines."""

import errno
import os
import select
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ...conversation.text import MAX_LINE
from ...network.lines import LineBuffer

CHUNK = 65536  # bytes read at once: what a pipe holds


class Lines(Protocol):
    """Where messages come from."""

    def next(self) -> Deferred[str | None]:
        """Fires with the next line, or with None at the end. Can be cancelled."""


class Writer(Protocol):
    """Where text goes."""

    def write(self, text: str) -> None:
        """Write all of the text, or raise OSError."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The three standard streams.

    :param interactive: whether a person sits at the input.
    :param colours: whether the output shows them.
    """

    lines: Lines
    out: Writer
    err: Writer
    interactive: bool
    colours: bool = False


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
        self._lines = LineBuffer(MAX_LINE)
        self._close_reason = False
        self._waiting: Deferred[str | None] | None = None

    def next(self) -> Deferred[str | None]:
        """Fires with the next line without its ending, or with None at the end. Can be cancelled.

        Bytes that are not UTF-8 come as surrogates, so that they can be sent as they are. A line that is too
        long for a server is cut off one byte behind what is too long.
        """
        waiting: Deferred[str | None] = Deferred(lambda _: self._stop_waiting())
        line = self._take()
        if line is not None or self._close_reason:
            waiting.callback(line)
        else:
            self._waiting = waiting
            self._reactor.addReader(self)
        return waiting

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
        self._received(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """A pipe whose writers are gone: epoll and poll say that it is lost, not that it is readable."""
        self._received(b"")

    def _received(self, data: bytes) -> None:
        self._lines.feed(data)
        self._close_reason = not data
        line = self._take()
        if self._waiting is not None and (line is not None or self._close_reason):
            waiting = self._waiting
            self._stop_waiting()
            waiting.callback(line)

    def _fail(self, error: OSError) -> None:
        self._close_reason = True
        waiting = self._waiting
        self._stop_waiting()
        if waiting is not None:
            waiting.errback(error)

    def _take(self) -> str | None:
        line = next(iter(self._lines), None)
        if line is None and self._close_reason:
            line = self._lines.flush()
        return None if line is None else line.decode(errors="surrogateescape")

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
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:  # another program that shares it has made it non-blocking
                select.select([], [self._descriptor], [])


NO_DESCRIPTOR = -1


def standard_streams(reactor: Any) -> Streams:
    """The process's own streams. A closed input is empty; a reply for a closed output is an error."""
    out = _output(sys.stdout) or OutputLines(NO_DESCRIPTOR)
    err = _output(sys.stderr) or OutputLines(os.open(os.devnull, os.O_WRONLY))
    stdin = os.open(os.devnull, os.O_RDONLY) if sys.stdin is None else sys.stdin.fileno()
    return Streams(InputLines(reactor, stdin), out, err, os.isatty(stdin), _shows_colours(os.environ))


def _output(stream: TextIO | None) -> OutputLines | None:
    return None if stream is None else OutputLines(stream.fileno(), stream.encoding)


def _shows_colours(environment: Mapping[str, str]) -> bool:
    """Whether standard output is a terminal that does, and nobody asked for none: https://no-color.org/."""
    if environment.get("NO_COLOR") or environment.get("TERM", "dumb") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()
