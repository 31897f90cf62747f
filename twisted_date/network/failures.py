"""An unexpected failure in one line, for the log and for whoever runs the client."""

from pathlib import PurePath

from twisted.python.failure import Failure

from ..conversation.text import clean

LONGEST = 300  # characters of an error's own words


def summarize(failure: Failure) -> str:
    """What failed, and where: ``ValueError: no such day; at server.py:80, session.py:35``.

    An error's words may be a peer's. They can neither begin a line nor move a terminal's cursor.
    """
    words = clean(failure.getErrorMessage())[:LONGEST]
    places = ", ".join(f"{PurePath(filename).name}:{line}" for _, filename, line, _, _ in failure.frames)
    return f"{type(failure.value).__name__}: {words}; at {places}"
