"""One dialogue: lines in, replies out. No sockets, and no time of its own."""

from ..dates.errors import DateError
from . import commands, errors, sentences
from .errors import ErrorKind, Refused
from .farewell import is_farewell, normalise
from .replies import MAX_REPLY, Reply
from .state import Defaults, State
from .text import MAX_LINE, split_command


class Session:
    """One conversation with one peer.

    :param defaults: what the conversation starts with.
    """

    __slots__ = ("_farewell", "_say", "_state")

    def __init__(self, defaults: Defaults) -> None:
        self._state = State(defaults, defaults.zone, defaults.language)
        self._say = self._state.say
        self._farewell = normalise(defaults.farewell)

    def reply_to(self, line: bytes) -> Reply:
        """The one reply to a line.

        :param line: the bytes of a line without its ending, whatever they are.
        """
        try:
            return self._reply_to(line)
        except Refused as refused:
            return self._error(refused)
        except DateError as error:
            return self._error(errors.refused(error, self._state.language))

    def dismiss(self, kind: ErrorKind, **values: object) -> Reply:
        """The line that says why the server closes the connection."""
        return Reply(self._say(kind.sentence, **values), error=kind.code, closing=True)

    def encode(self, reply: Reply) -> bytes:
        """A reply in the form that the peer chose, as UTF-8 without a line ending."""
        line = self._in_form(reply)
        if len(line) <= MAX_REPLY:
            return line
        text = self._say(errors.REPLY_TOO_LONG.sentence)
        return self._in_form(Reply(text, errors.REPLY_TOO_LONG.code, reply.closing))

    def _error(self, refused: Refused) -> Reply:
        return Reply(self._say(refused.kind.sentence, **refused.values), error=refused.kind.code)

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
            return commands.find(name).run(self._state, argument)
        if is_farewell(text, self._farewell):
            return commands.quit_(self._state, "")
        return self._connected()

    def _connected(self) -> Reply:
        if self._state.name is None:
            return Reply(self._say(sentences.CONNECTED))
        return Reply(self._say(sentences.CONNECTED_AS, name=self._state.name))
