"""The process that twist or twistd runs: how it ends, and what it takes from the machine."""

import atexit
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger


class Process:
    """The process as a service sees it.

    :param reactor: the one that runs, or will.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._stopping = False

    def when_running(self, call: Callable[[], object]) -> None:
        """Call once the reactor runs. A signal before that just kills the process."""
        self._reactor.callWhenRunning(call)

    def fail(self, sentence: str) -> None:
        """End because something failed once the service had started."""
        _log.critical("datechat ends: {sentence}", sentence=sentence)
        stop_with_status(self._reactor, 1)

    def hurry_on_signal(self, hurry: Callable[[], object]) -> None:
        """Call ``hurry`` when a signal to stop comes while the service stops already.

        To be called when the reactor runs. The first signal stops the reactor as ever; a second would make
        Twisted log a traceback.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            stop = signal.getsignal(number)

            def received(number: int, frame: FrameType | None, stop: Any = stop) -> None:
                if self._stopping or not callable(stop):
                    self._reactor.callFromThread(hurry)
                else:
                    self._stopping = True
                    stop(number, frame)

            with contextlib.suppress(ValueError):  # not in the main thread: signals are not ours
                signal.signal(number, received)

    def stopping(self) -> None:
        """The service stops, by a signal or not."""
        self._stopping = True


def stop_on_hangup(reactor: Any) -> None:
    """Stop the reactor in order on SIGHUP, too: a terminal that is gone, or is left, has to be as it was."""
    number = getattr(signal, "SIGHUP", None)
    if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
        with contextlib.suppress(ValueError):
            signal.signal(number, reactor.sigTerm)


def never_pause() -> None:
    """Keep Python's collector of reference cycles from stopping everything to look at all objects.

    It takes 9 ms for each thousand conversations. Ours leave no cycles behind; young objects are still looked
    at, in less than a millisecond.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000_000)


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files as far as it goes.

    :return: how many files the process may have open; 0 where that is not limited, or not known.
    """
    try:
        import resource
    except ImportError:  # not on Windows, where sockets do not count
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # the kernel's own limit may be lower
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return 0 if soft == resource.RLIM_INFINITY else soft


def stop_with_status(reactor: Any, status: int) -> None:
    """Stop the reactor in the usual order, and have the process end with ``status``.

    Neither twist nor twistd passes one on: whatever a service does once the reactor runs, both exit with 0,
    or with the signal that stopped them.
    The services stop, the log is written to its end and the pidfile goes; the status replaces the runner's
    at the very last.

    :param reactor: the running reactor.
    :param status: 0 to 255.
    """
    if status:
        atexit.register(_exit, status)
    with contextlib.suppress(ReactorNotRunning):  # it is stopping already
        reactor.stop()


def _exit(status: int) -> None:
    # The interpreter would flush after all exit handlers. This one runs first, and leaves the others out.
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with contextlib.suppress(OSError):  # what cannot be written is lost anyway
                stream.flush()
    os._exit(status)


_log = Logger()
