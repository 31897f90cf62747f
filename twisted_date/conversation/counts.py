"""What the conversations of a server have counted, all together."""

from . import errors
from .commands import COMMANDS

MESSAGE = "message"  # a line that is no command


class Counts:
    """Plain numbers: to count costs next to nothing, and who wants to know reads them.

    Every key that there can be is there from the beginning; none is a peer's words.
    """

    __slots__ = ("errors", "requests")

    def __init__(self) -> None:
        #: Lines by command, as in ``/date``, and messages. What is neither is an error.
        self.requests = dict.fromkeys((*COMMANDS, MESSAGE), 0)
        #: Replies that were errors, by code.
        self.errors = dict.fromkeys((kind.code for kind in errors.all_codes()), 0)
