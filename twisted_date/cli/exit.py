"""Ends the process cleanly: the exit status, and SIGHUP."""

import atexit
import contextlib
import os
import signal
import sys
from typing import Any

from twisted.internet.error import ReactorNotRunning

STATUS_OK = 0
STATUS_FAILED = 1  # an error reply, a reply that could not be written, or a failure of the program
STATUS_USAGE = 2
STATUS_NO_SERVER = 3
STATUS_SIGNAL = 128  # plus the signal's number, the status that shells give


def stop_on_hangup(reactor: Any) -> None:
    """Shut the reactor down cleanly on SIGHUP, too, so that the terminal is restored.

    A SIGHUP that is ignored, as under nohup, stays ignored.

    :param reactor: the running reactor.
    """
    number = getattr(signal, "SIGHUP", None)
    if number is not None and signal.getsignal(number) is signal.SIG_DFL:
        with contextlib.suppress(ValueError):  # not in the main thread
            signal.signal(number, reactor.sigTerm)


def stop_with_status(reactor: Any, status: int) -> None:
    """Shut the reactor down cleanly and exit the process with ``status``.

    A service cannot set the exit status of twist or twistd: once the reactor runs, both exit with 0, or with
    the signal that stopped them. Services stop, the log is flushed and the pidfile is removed as usual; only
    then does ``status`` replace the runner's own.

    :param reactor: the running reactor.
    :param status: 0 to 255.
    """
    if status:
        atexit.register(_exit, status)
    with contextlib.suppress(ReactorNotRunning):  # already stopping
        reactor.stop()


def _exit(status: int) -> None:
    # Registered last, this exit handler runs first. os._exit skips the others, and the interpreter's flush.
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with contextlib.suppress(OSError):  # the output is lost anyway
                stream.flush()
    os._exit(status)
