"""Standard streams: input by line, and unbuffered output."""

import errno
import os
import select
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from ...conversation.text import BYTE_ORDER_MARK, MAX_LINE
from ...network.lines import LineBuffer

CHUNK = 65536  # bytes per read: the capacity of a pipe


class Lines(Protocol):
    """A source of lines."""

    def next(self) -> Deferred[str | None]:
        """Return a Deferred that fires with the next line, or with None at the end. Can be cancelled."""


class Writer(Protocol):
    """A sink for text."""

    def write(self, text: str) -> None:
        """Write all of the text.

        :raises OSError: when it cannot be written.
        """


@dataclass(frozen=True, slots=True)
class Streams:
    """The three standard streams.

    :param lines: standard input.
    :param out: standard output, for replies.
    :param err: standard error, for prompts and messages.
    :param interactive: whether the input is a terminal.
    :param colours: whether the output shows colours.
    :param columns: returns the width of the terminal on which the output is shown; None where it is none.
    """

    lines: Lines
    out: Writer
    err: Writer
    interactive: bool
    colours: bool = False
    columns: Callable[[], int | None] = lambda: None


@implementer(IReadDescriptor)
class InputLines:
    """Reads lines from a terminal, pipe or file, on demand.

    Unlike Twisted's StandardIO, it leaves the descriptor blocking. Non-blocking mode would affect every
    program that shares the terminal, and would outlast this process.

    :param reactor: watches the descriptor.
    :param descriptor: open for reading.
    """

    def __init__(self, reactor: Any, descriptor: int) -> None:
        self._reactor = reactor
        self._descriptor = descriptor
        self._lines = LineBuffer(MAX_LINE)
        self._ended = False
        self._at_start = True
        self._request: Deferred[str | None] | None = None

    def next(self) -> Deferred[str | None]:
        """Return a Deferred that fires with the next line, without its ending, or with None at the end.

        It can be cancelled. Bytes that are not UTF-8 become surrogates, so that they can be sent unchanged.
        A line too long for a server is cut off one byte past the limit, which is enough for its error.
        """
        request: Deferred[str | None] = Deferred(lambda _: self._stop_reading())
        line = self._next_line()
        if line is not None or self._ended:
            request.callback(line)
        else:
            self._request = request
            self._reactor.addReader(self)
        return request

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
            data = b""  # the terminal is closed
        self._feed(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """End the input. epoll and poll report a pipe without writers as lost, not as readable."""
        self._feed(b"")

    def _feed(self, data: bytes) -> None:
        self._lines.feed(data)
        self._ended = not data
        line = self._next_line()
        if self._request is not None and (line is not None or self._ended):
            request = self._request
            self._stop_reading()
            request.callback(line)

    def _fail(self, error: OSError) -> None:
        self._ended = True
        request = self._request
        self._stop_reading()
        if request is not None:
            request.errback(error)

    def _next_line(self) -> str | None:
        line = next(iter(self._lines), None)
        if line is None and self._ended:
            line = self._lines.flush()
        if line is None:
            return None
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        return line.decode(errors="surrogateescape")

    def _stop_reading(self) -> None:
        self._request = None
        self._reactor.removeReader(self)


class OutputLines:
    """Writes text to a descriptor at once, without a buffer that could delay or reorder it.

    :param descriptor: open for writing.
    :param encoding: the terminal's encoding; characters outside it are written as ``?``.
    """

    def __init__(self, descriptor: int, encoding: str = "utf-8") -> None:
        self._descriptor = descriptor
        self._encoding = encoding

    def write(self, text: str) -> None:
        """Write all of the text.

        :raises OSError: when it cannot be written.
        """
        data = text.encode(self._encoding, errors="replace")
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:  # made non-blocking by another program
                select.select([], [self._descriptor], [])


NO_DESCRIPTOR = -1  # every write to it fails


def standard_streams(reactor: Any) -> Streams:
    """Return the process's standard streams.

    A closed input is empty, writing to a closed output raises OSError, and a closed error stream discards.
    """
    out = _output(sys.stdout) or OutputLines(NO_DESCRIPTOR)
    err = _output(sys.stderr) or OutputLines(os.open(os.devnull, os.O_WRONLY))
    stdin = os.open(os.devnull, os.O_RDONLY) if sys.stdin is None else sys.stdin.fileno()
    colours = _shows_colours(os.environ)
    # Twisted's programs put their log in the place of sys.stdout later on
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    columns = _columns if is_terminal else lambda: None
    return Streams(InputLines(reactor, stdin), out, err, os.isatty(stdin), colours, columns)


def _columns() -> int | None:
    """The width of the terminal."""
    return shutil.get_terminal_size().columns


def _output(stream: TextIO | None) -> OutputLines | None:
    return None if stream is None else OutputLines(stream.fileno(), stream.encoding)


def _shows_colours(environment: Mapping[str, str]) -> bool:
    """Whether standard output is a terminal with colours, and ``NO_COLOR`` is unset or empty.

    https://no-color.org/
    """
    if environment.get("NO_COLOR") or environment.get("TERM", "dumb") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()
