"""One dialogue: lines in, replies out. No sockets, and no time of its own."""

from collections.abc import Iterable, Iterator, Mapping

from ..dates.errors import DateError
from ..i18n import sentences
from . import commands, errors
from .cache import Recent, Replies
from .commands import COMMANDS
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
    :param recent: likewise.
    """

    __slots__ = ("_counts", "_farewell", "_recent", "_settings", "_state", "ended")

    def __init__(self, defaults: Defaults, counts: Counts, recent: Recent) -> None:
        self.ended = False  #: whether the last reply was a goodbye
        self._counts = counts
        self._recent = recent
        self._state = State(defaults, defaults.zone, defaults.language)
        self._settings = self._state.settings
        self._farewell = normalise(defaults.farewell)

    def replies(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The replies to lines, each made when it is asked for, encoded. Behind a goodbye there are none.

        To be used up within moments: what is remembered is of the second in which this began.

        :param lines: without their endings, whatever their bytes are.
        """
        requests = self._counts.requests
        known = self._recent.replies(self._settings)
        for line in lines:
            found = known.get(line)
            if found is not None:
                command, told = found
                requests[command] += 1
                yield told
                continue
            yield self._new(line, known)
            if self.ended:
                return
            known = self._recent.replies(self._settings)

    def reply_to(self, line: bytes) -> Reply:
        """The one reply to a line.

        :param line: the bytes of a line without its ending, whatever they are.
        """
        return self._asked(line)[1]

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
        return Reply(self._state.say(kind.sentence, **values), error=kind.code, closing=closing)

    def _in_form(self, reply: Reply) -> bytes:
        return (reply.as_json() if self._state.json else reply.as_text()).encode()

    def _new(self, line: bytes, known: Replies) -> bytes:
        command, reply = self._asked(line)
        told = self.encode(reply)
        self.ended = reply.closing
        self._settings = self._state.settings
        if reply.repeats:
            self._recent.remember(known, line, command, told)
        return told

    def _asked(self, line: bytes) -> tuple[str, Reply]:
        """What was asked, as it is counted, and the reply."""
        try:
            command, argument = self._read(line)
            self._counts.requests[command] += 1
            if command == MESSAGE:
                return command, self._connected()
            return command, COMMANDS[command].run(self._state, argument)
        except Refused as refused:  # kept in no other name: it would keep this frame, and this frame it
            return "", self._error(refused.kind, refused.values)
        except DateError as error:
            as_told = errors.refused(error, self._state.language)
            return "", self._error(as_told.kind, as_told.values)

    def _read(self, line: bytes) -> tuple[str, str]:
        """The command in a line, or MESSAGE, and the words after it."""
        if len(line) > MAX_LINE:
            raise Refused(errors.LINE_TOO_LONG, limit=MAX_LINE)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise Refused(errors.NOT_UTF8) from None
        asked = split_command(text)
        if asked is not None:
            name, argument = asked
            return commands.find(name).name, argument
        if is_farewell(text, self._farewell):
            return "/quit", ""
        return MESSAGE, ""

    def _connected(self) -> Reply:
        if self._state.name is None:
            return Reply(self._state.say(sentences.CONNECTED))
        return Reply(self._state.say(sentences.CONNECTED_AS, name=self._state.name))
