"""The process that twist or twistd runs: its exit, its signals, and its use of the machine."""

import contextlib
import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from twisted.logger import Logger

from ..cli.exit import stop_on_hangup, stop_with_status

TRIM_STEP = 1000  # sessions fewer than at the last trim, or since: 3 ms to trim, 25 MB with TLS


class HostProcess:
    """A process that belongs to another program: its signals and its exit are not ours.

    :param reactor: the reactor of that program.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def when_running(self, call: Callable[[], object]) -> None:
        """Call a function once the reactor runs."""
        self._reactor.callWhenRunning(call)

    def fail(self, sentence: str) -> None:
        """Log a failure after the service has started."""
        _log.critical("datechat cannot serve: {sentence}", sentence=sentence)

    def handle_hangup(self) -> None:
        """The program handles its signals."""

    def on_second_signal(self, hurry: Callable[[], object]) -> None:
        """The program handles its signals."""

    def stopping(self) -> None:
        """The program knows that it stops."""


class Process(HostProcess):
    """The process that runs this service alone: its signals and its exit are the service's.

    :param reactor: the process's reactor, running or not.
    """

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.reload: Callable[[], object] = lambda: None  #: Called on SIGHUP, once the reactor runs.
        self._stopping = False

    def fail(self, sentence: str) -> None:
        """Log a failure after the service has started, and exit with status 1."""
        _log.critical("datechat is exiting: {sentence}", sentence=sentence)
        stop_with_status(self._reactor, 1)

    def on_second_signal(self, hurry: Callable[[], object]) -> None:
        """Call ``hurry`` when SIGINT or SIGTERM arrives while the service is already stopping.

        Call this once the reactor runs. The first signal stops the reactor as usual; without this, a second
        signal would make Twisted log a traceback.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            stop = signal.getsignal(number)

            def on_signal(number: int, frame: FrameType | None, stop: Any = stop) -> None:
                if self._stopping or not callable(stop):
                    self._reactor.callFromThread(hurry)
                else:
                    self._stopping = True
                    stop(number, frame)

            with contextlib.suppress(ValueError):  # only the main thread may handle signals
                signal.signal(number, on_signal)

    def handle_hangup(self) -> None:
        """Reload on SIGHUP, or stop where SIGHUP means that the terminal is gone.

        Call this when the service starts: by then twistd handles SIGUSR1 where it has a log to rotate.
        Elsewhere SIGUSR1 is ignored with a line in the log. What is ignored, as under nohup, stays so.
        """
        if has_terminal():
            stop_on_hangup(self._reactor)
        else:
            self._handle("SIGHUP", self.reload)
        self._handle("SIGUSR1", _ignore_log_rotation)

    def _handle(self, name: str, handler: Callable[[], object]) -> None:
        number = getattr(signal, name, None)  # Windows has neither
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            with contextlib.suppress(ValueError):  # only the main thread may handle signals
                signal.signal(number, lambda *_: self._reactor.callFromThread(handler))

    def stopping(self) -> None:
        """Note that the service is stopping, by a signal or otherwise."""
        self._stopping = True


def has_terminal() -> bool:
    """Whether the process has a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except (OSError, AttributeError):
        return False
    return True


def _ignore_log_rotation() -> None:
    _log.info("SIGUSR1 rotates the log of a daemon (--logfile); this process has none.")


def disable_full_gc() -> None:
    """Keep Python's garbage collector from pausing the process to visit every object.

    A full collection takes 9 ms per thousand sessions. Ours leave no reference cycles behind; young objects
    are still collected, in less than a millisecond.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000_000)


class MemoryTrimmer:
    """Returns freed memory to the system each time that a thousand sessions fewer are left.

    The allocator would keep it: what it is asked for next lies scattered in it.

    :param trim: returns it.
    """

    def __init__(self, trim: Callable[[], object]) -> None:
        self._trim = trim
        self._peak = 0

    def session_ended(self, left: int) -> None:
        """Note that a session has ended.

        :param left: the number of those that are left.
        """
        self._peak = max(self._peak, left + 1)
        if self._peak - left >= TRIM_STEP:
            self._peak = left
            self._trim()


def trim_memory() -> None:
    """Return freed memory to the system, where the C library can: glibc, malloc_trim(3)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform.startswith("linux") else None
    if trim is not None:
        trim(0)


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files as far as possible.

    :return: how many files the process may have open; 0 for unlimited or unknown.
    """
    try:
        import resource
    except ImportError:  # Windows, where sockets do not count as files
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # the kernel's own limit can be lower
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return 0 if soft == resource.RLIM_INFINITY else soft


_log = Logger()
