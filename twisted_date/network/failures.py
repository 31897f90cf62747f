"""Reports unexpected failures in one line each, for the log and for users of the client."""

import math
import os
from pathlib import PurePath

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..i18n.messages import Sentence

MAX_MESSAGE = 300  # characters of the error's own message
LOG_INTERVAL = 10.0  # seconds between two log messages


class FailureLog:
    """Logs failures, but not all of many in a row: a peer may find out how to repeat one.

    :param clock: tells the time.
    :param what: what failed, for the log.
    """

    def __init__(self, clock: IReactorTime, what: str) -> None:
        self._clock = clock
        self._what = what
        self._last_logged = -math.inf
        self._skipped = 0

    def log(self, failure: Failure) -> None:
        """Log a failure, or count it for the next log message."""
        if self._clock.seconds() - self._last_logged < LOG_INTERVAL:
            self._skipped += 1
            return
        more = f" ({self._skipped} more since the last message)" if self._skipped else ""
        _log.error("{what}: {summary}{more}", what=self._what, summary=summarize(failure), more=more)
        self._last_logged = self._clock.seconds()
        self._skipped = 0


def summarize(failure: Failure) -> str:
    """Return what failed and where: ``ValueError: 'no such day'; at factory.py:80, session.py:35``.

    The message may quote a peer. Its ``repr`` cannot start a new line or move a terminal's cursor.
    """
    message = failure.getErrorMessage()[:MAX_MESSAGE]
    places = ", ".join(f"{PurePath(filename).name}:{line}" for _, filename, line, _, _ in failure.frames)
    return f"{type(failure.value).__name__}: {message!r}; at {places}"


def connect_reason(error: BaseException) -> str:
    """Return, in a few words without a full stop, why a connection failed."""
    number = getattr(error, "osError", None)
    if isinstance(number, int):
        return os.strerror(number)
    if any(isinstance(argument, Failure) for argument in error.args):  # of a UNIX socket with a full backlog
        return Sentence("what listens there accepts no connections at the moment")
    return str(error).rstrip(".") or type(error).__name__


_log = Logger()
