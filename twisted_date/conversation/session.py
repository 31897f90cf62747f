"""One dialogue: lines in, replies out. No sockets, and no time of its own."""

from collections.abc import Iterable, Iterator, Mapping

from ..dates.errors import DateError
from ..i18n.messages import ErrorCode, Sentence
from . import commands, errors
from .cache import Replies, ReplyCache
from .commands import COMMANDS
from .counts import MESSAGE, Counts
from .errors import CommandError, ErrorKind
from .farewell import is_farewell, normalise
from .replies import MAX_REPLY, Reply
from .state import Defaults, State
from .text import MAX_LINE, split_command

CONNECTED = Sentence("You are connected. /help lists the commands.")
CONNECTED_AS = Sentence("You are connected, {name}. /help lists the commands.")


class Session:
    """One conversation with one peer.

    :param defaults: what the conversation starts with.
    :param counts: what it has in common with others.
    :param recent: likewise.
    """

    __slots__ = ("_cache", "_cache_key", "_counts", "_farewell", "_state", "ended")

    def __init__(self, defaults: Defaults, counts: Counts, cache: ReplyCache) -> None:
        self.ended = False  #: whether the last reply was a goodbye
        self._counts = counts
        self._cache = cache
        self._state = State(defaults, defaults.zone, defaults.language)
        self._cache_key = self._state.cache_key
        self._farewell = normalise(defaults.farewell)

    def replies(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The replies to lines, each made when it is asked for, encoded. Behind a goodbye there are none.

        To be used up within moments: what is remembered is of the second in which this began.

        :param lines: without their endings, whatever their bytes are.
        """
        requests = self._counts.requests
        known = self._cache.replies(self._cache_key)
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
            known = self._cache.replies(self._cache_key)

    def reply_to(self, line: bytes) -> Reply:
        """The one reply to a line.

        :param line: the bytes of a line without its ending, whatever they are.
        """
        return self._asked(line)[1]

    def closing_error(self, kind: ErrorKind, **values: object) -> Reply:
        """The line that says why the server closes the connection."""
        return self._error(kind, values, closing=True)

    def encode(self, reply: Reply) -> bytes:
        """A reply in the form that the peer chose, as UTF-8 without a line ending."""
        line = self._in_form(reply)
        if len(line) <= MAX_REPLY:
            return line
        return self._in_form(self._error(ErrorKind.REPLY_TOO_LONG, {}, reply.closing))

    def _error(self, kind: ErrorCode, values: Mapping[str, object], closing: bool = False) -> Reply:
        self._counts.errors[kind.code] += 1
        return Reply(self._state.translate(kind.sentence, **values), error=kind.code, closing=closing)

    def _in_form(self, reply: Reply) -> bytes:
        return (reply.as_json() if self._state.json else reply.as_text()).encode()

    def _new(self, line: bytes, known: Replies) -> bytes:
        command, reply = self._asked(line)
        told = self.encode(reply)
        self.ended = reply.closing
        self._cache_key = self._state.cache_key
        if reply.cacheable:
            self._cache.store(known, line, command, told)
        return told

    def _asked(self, line: bytes) -> tuple[str, Reply]:
        """What was asked, as it is counted, and the reply."""
        try:
            command, argument = self._read(line)
            self._counts.requests[command] += 1
            if command == MESSAGE:
                return command, self._connected()
            return command, COMMANDS[command].run(self._state, argument)
        except (
            CommandError
        ) as command_error:  # kept in no other name: it would keep this frame, and this frame it
            return "", self._error(command_error.kind, command_error.values)
        except DateError as error:
            as_told = errors.command_error(error, self._state.language)
            return "", self._error(as_told.kind, as_told.values)

    def _read(self, line: bytes) -> tuple[str, str]:
        """The command in a line, or MESSAGE, and the words after it."""
        if len(line) > MAX_LINE:
            raise CommandError(ErrorKind.LINE_TOO_LONG, limit=MAX_LINE)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise CommandError(ErrorKind.NOT_UTF8) from None
        asked = split_command(text)
        if asked is not None:
            name, argument = asked
            return commands.find(name).name, argument
        if is_farewell(text, self._farewell):
            return "/quit", ""
        return MESSAGE, ""

    def _connected(self) -> Reply:
        if self._state.name is None:
            return Reply(self._state.translate(CONNECTED))
        return Reply(self._state.translate(CONNECTED_AS, name=self._state.name))
