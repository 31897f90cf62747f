"""Counts the requests and errors of all sessions of a server."""

from . import errors
from .commands import COMMANDS

OTHER = "message"  # the key of lines that are not commands


class Counts:
    """Counters, as plain integers: cheap to increment, and read directly by the metrics.

    All keys exist from the beginning. They are fixed names, never text from a peer.
    """

    __slots__ = ("errors", "requests")

    def __init__(self) -> None:
        #: Lines by command, as in ``/date``, and messages; lines that are neither count as errors only.
        self.requests = dict.fromkeys((*COMMANDS, OTHER), 0)
        #: Error replies, by code.
        self.errors = dict.fromkeys((kind.code for kind in errors.all_codes()), 0)
