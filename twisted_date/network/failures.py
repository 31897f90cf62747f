"""Summarizes an unexpected failure in one line, for the log and for users of the client."""

from pathlib import PurePath

from twisted.python.failure import Failure

MAX_MESSAGE = 300  # characters of the error's own message


def summarize(failure: Failure) -> str:
    """Return what failed and where: ``ValueError: 'no such day'; at factory.py:80, session.py:35``.

    The message may quote a peer. Its ``repr`` cannot start a new line or move a terminal's cursor.
    """
    message = failure.getErrorMessage()[:MAX_MESSAGE]
    places = ", ".join(f"{PurePath(filename).name}:{line}" for _, filename, line, _, _ in failure.frames)
    return f"{type(failure.value).__name__}: {message!r}; at {places}"
