"""How the process ends: its status, and SIGHUP."""

import atexit
import contextlib
import os
import signal
import sys
from typing import Any

from twisted.internet.error import ReactorNotRunning


def stop_on_hangup(reactor: Any) -> None:
    """Stop the reactor in order on SIGHUP, too: a terminal that is gone, or is left, has to be as it was."""
    number = getattr(signal, "SIGHUP", None)
    if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
        with contextlib.suppress(ValueError):
            signal.signal(number, reactor.sigTerm)


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
