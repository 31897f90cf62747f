"""The session of one peer: lines in, replies out, without sockets and with the clock as a parameter."""

from collections.abc import Iterable, Mapping

from ..dates.errors import DateError
from ..i18n.messages import ErrorCode, Sentence
from . import commands, errors
from .cache import Replies, ReplyCache
from .commands import COMMANDS
from .counts import OTHER, Counts
from .errors import CommandError, ErrorKind
from .farewell import is_farewell, normalise
from .http import is_http_request, refusal
from .replies import MAX_REPLY, Reply
from .state import Defaults, State, first_cache_key
from .text import BYTE_ORDER_MARK, MAX_LINE, split_command

CONNECTED = Sentence("You are connected. /help lists the commands.")
CONNECTED_AS = Sentence("You are connected, {name}. /help lists the commands.")
DID_YOU_MEAN = Sentence("You are connected. Did you mean {command}?")
DID_YOU_MEAN_AS = Sentence("You are connected, {name}. Did you mean {command}?")


class Session:
    """The conversation with one peer.

    :param defaults: the settings that it starts with.
    :param counts: the counters that all sessions of the server share.
    :param cache: the reply cache that all sessions of the server share.
    """

    __slots__ = ("_cache", "_cache_key", "_counts", "_defaults", "_fresh", "_own_state", "ended")

    def __init__(self, defaults: Defaults, counts: Counts, cache: ReplyCache) -> None:
        self.ended = False  #: whether the last reply from :meth:`answer` closes the connection
        self._fresh = True  # whether the peer may still turn out to be a browser
        self._counts = counts
        self._cache = cache
        self._defaults = defaults
        self._own_state: State | None = None
        self._cache_key = first_cache_key(defaults)

    def answer(self, line: bytes) -> bytes:
        """The encoded reply to a line. None follows one that closes the connection: see :attr:`ended`.

        :param line: any bytes, without a line ending.
        """
        if self._fresh:
            self._fresh = False
            line = line.removeprefix(BYTE_ORDER_MARK)
            if is_http_request(line):
                self.ended = True
                return refusal(self._error(ErrorKind.HTTP, {}, closing=True).as_text())
        cached = self._cache.replies(self._cache_key)
        known = cached.get(line)
        if known is None:
            return self._new_reply(line, cached)
        command, encoded = known
        self._counts.requests[command] += 1
        return encoded

    def known_reply(self, line: bytes) -> bytes | None:
        """The encoded reply to a line that was answered within this second already, or None.

        No command runs, and nothing about the session changes: most lines of programs come to this.

        :param line: any bytes. A line is known with its line ending only, and its reply has one, too.
        """
        entry = self._cache.replies(self._cache_key).get(line)
        if entry is None or not line.endswith(b"\n"):
            return None
        command, reply = entry
        self._fresh = False
        self._counts.requests[command] += 1
        return reply

    def known_replies(self, lines: Iterable[bytes]) -> list[bytes] | None:
        """The encoded replies to lines if each is a :meth:`known_reply`, otherwise None."""
        cached = self._cache.replies(self._cache_key)
        try:
            known = [cached[line] for line in lines]
        except KeyError:
            return None
        self._fresh = False
        requests = self._counts.requests
        for command, _ in known:
            requests[command] += 1
        return [reply for _, reply in known]

    def configure(self, lang: str = "", zone: str = "", json: bool = False) -> Reply | None:
        """Set what a peer gave before its first line, as the commands of these names would.

        :param lang: a language tag; blank for the server's language.
        :param zone: a place; blank for the server's zone.
        :param json: whether replies are in JSON form.
        :return: None, or the error reply; then the rest is not set.
        """
        self._fresh = False
        self._state.json = json
        try:
            for name, argument in (("/lang", lang.strip()), ("/zone", zone.strip())):
                if argument:
                    COMMANDS[name].run(self._state, argument)
        except (CommandError, DateError) as error:
            return self._error_of(error)
        self._cache_key = self._state.cache_key
        return None

    @property
    def json(self) -> bool:
        """Whether replies are in JSON form."""
        return self._state.json

    @property
    def _state(self) -> State:
        """The state; a session has none of its own until a line needs it."""
        if self._own_state is None:
            self._own_state = State(self._defaults, self._defaults.zone, self._defaults.language)
        return self._own_state

    def reply_to(self, line: bytes) -> Reply:
        """The reply to a line.

        :param line: any bytes, without a line ending.
        """
        return self._handle(line)[1]

    def closing_error(self, kind: ErrorKind, **values: object) -> Reply:
        """The reply with the reason for which the server closes the connection.

        :param values: the values of the sentence's placeholders.
        """
        return self._error(kind, values, closing=True)

    def encode(self, reply: Reply) -> bytes:
        """A reply in the form that the peer selected, as UTF-8 without a line ending.

        An error takes the place of a reply longer than :data:`.MAX_REPLY`.
        """
        line = self._encode_form(reply)
        if len(line) <= MAX_REPLY:
            return line
        return self._encode_form(self._error(ErrorKind.REPLY_TOO_LONG, {}, reply.closing))

    def _error(self, kind: ErrorCode, values: Mapping[str, object], closing: bool = False) -> Reply:
        self._counts.errors[kind.code] += 1
        return Reply(self._state.translate(kind.sentence, **values), error=kind.code, closing=closing)

    def _encode_form(self, reply: Reply) -> bytes:
        return (reply.as_json() if self._state.json else reply.as_text()).encode()

    def _new_reply(self, line: bytes, cached: Replies) -> bytes:
        command, reply = self._handle(line)
        encoded = self.encode(reply)
        self.ended = reply.closing
        self._cache_key = self._state.cache_key
        if reply.cacheable:
            self._cache.store(cached, line, command, encoded)
        return encoded

    def _handle(self, line: bytes) -> tuple[str, Reply]:
        """The command as it is counted, or an empty text for errors, and the reply."""
        try:
            command, argument = self._parse(line)
            self._counts.requests[command] += 1
            if command == OTHER:
                return command, self._connected(argument)
            return command, COMMANDS[command].run(self._state, argument)
        # Do not bind the error to another name: its traceback refers to this frame, a reference cycle.
        except (CommandError, DateError) as error:
            return "", self._error_of(error)

    def _error_of(self, error: CommandError | DateError) -> Reply:
        if isinstance(error, DateError):
            error = errors.command_error(error, self._state.language)
        return self._error(error.kind, error.values)

    def _parse(self, line: bytes) -> tuple[str, str]:
        """The command in a line and its argument, or :data:`.OTHER` and the line."""
        if len(line) > MAX_LINE:
            raise CommandError(ErrorKind.LINE_TOO_LONG, limit=MAX_LINE)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise CommandError(ErrorKind.NOT_UTF8) from None
        parts = split_command(text)
        if parts is not None:
            name, argument = parts
            return commands.find(name).name, argument
        if is_farewell(text, normalise(self._defaults.farewell)):
            return "/quit", ""
        return OTHER, text

    def _connected(self, text: str) -> Reply:
        """The reply to any other line; with a hint where it is a command without its slash."""
        command, name = "/" + text.strip().lower(), self._state.name
        if command in COMMANDS:
            sentence = DID_YOU_MEAN if name is None else DID_YOU_MEAN_AS
        else:
            sentence = CONNECTED if name is None else CONNECTED_AS
        return Reply(self._state.translate(sentence, name=name, command=command))
