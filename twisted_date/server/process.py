"""The process that twist or twistd runs: how it ends, and what it takes from the machine."""

import contextlib
import gc
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from twisted.logger import Logger

from ..cli.exit import stop_with_status


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

    def on_second_signal(self, hurry: Callable[[], object]) -> None:
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


def disable_full_gc() -> None:
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


_log = Logger()
