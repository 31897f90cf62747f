"""One dialogue: lines in, replies out. No sockets, and no time of its own."""

from collections.abc import Mapping

from ..dates.errors import DateError
from . import commands, errors, sentences
from .commands import COMMANDS, Command
from .counts import MESSAGE, Counts
from .errors import ErrorKind, Refused
from .farewell import is_farewell, normalise
from .replies import MAX_REPLY, Reply
from .state import Defaults, State
from .text import MAX_LINE, split_command


class Session:
    """One conversation with one peer.

    :param defaults: what the conversation starts with.
    :param counts: what it has in common with others.
    """

    __slots__ = ("_counts", "_farewell", "_say", "_state")

    def __init__(self, defaults: Defaults, counts: Counts) -> None:
        self._counts = counts
        self._state = State(defaults, defaults.zone, defaults.language)
        self._say = self._state.say
        self._farewell = normalise(defaults.farewell)

    def reply_to(self, line: bytes) -> Reply:
        """The one reply to a line.

        :param line: the bytes of a line without its ending, whatever they are.
        """
        try:
            return self._reply_to(line)
        except Refused as error:
            refused = error
        except DateError as error:
            refused = errors.refused(error, self._state.language)
        return self._error(refused.kind, refused.values)

    def dismiss(self, kind: ErrorKind, **values: object) -> Reply:
        """The line that says why the server closes the connection."""
        return self._error(kind, values, closing=True)

    def encode(self, reply: Reply) -> bytes:
        """A reply in the form that the peer chose, as UTF-8 without a line ending."""
        line = self._in_form(reply)
        if len(line) <= MAX_REPLY:
            return line
        return self._in_form(self._error(errors.REPLY_TOO_LONG, {}, reply.closing))

    def _error(self, kind: ErrorKind, values: Mapping[str, object], closing: bool = False) -> Reply:
        self._counts.errors[kind.code] += 1
        return Reply(self._say(kind.sentence, **values), error=kind.code, closing=closing)

    def _in_form(self, reply: Reply) -> bytes:
        return (reply.as_json() if self._state.json else reply.as_text()).encode()

    def _reply_to(self, line: bytes) -> Reply:
        if len(line) > MAX_LINE:
            raise Refused(errors.LINE_TOO_LONG, limit=MAX_LINE)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise Refused(errors.NOT_UTF8) from None
        asked = split_command(text)
        if asked is not None:
            name, argument = asked
            return self._run(commands.find(name), argument)
        if is_farewell(text, self._farewell):
            return self._run(COMMANDS["/quit"], "")
        return self._connected()

    def _run(self, command: Command, argument: str) -> Reply:
        self._counts.requests[command.name] += 1
        return command.run(self._state, argument)

    def _connected(self) -> Reply:
        self._counts.requests[MESSAGE] += 1
        if self._state.name is None:
            return Reply(self._say(sentences.CONNECTED))
        return Reply(self._say(sentences.CONNECTED_AS, name=self._state.name))
