"""Caches the replies of the current second, for requests that repeat."""

from collections.abc import Callable
from typing import TypeAlias

from ..dates.moment import NANOSECONDS

MAX_REPLIES = 1000  # replies per second: half a megabyte, and more than the different requests of programs
MAX_LINE_LENGTH = 100  # bytes of a line; longer lines rarely repeat

Replies: TypeAlias = dict[bytes, tuple[str, bytes]]


class ReplyCache:
    """The replies of the current second.

    It holds only replies that depend on nothing but the line, the settings of the session, and the second.

    :param now_ns: the clock: nanoseconds since 1970-01-01T00:00:00Z.
    """

    __slots__ = ("_count", "_now_ns", "_replies", "_second")

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self._second = 0
        self._count = 0
        self._replies: dict[object, Replies] = {}

    def replies(self, key: object) -> Replies:
        """The cached replies for these settings, by line: the command and the encoded reply.

        They are there by the line with its ending as well, and have an ending then, too. The dictionary is
        valid for the current second only.

        :param key: :attr:`.State.cache_key`.
        """
        second = self._now_ns() // NANOSECONDS
        if second != self._second:
            self._second = second
            self._count = 0
            self._replies = {}
        replies = self._replies.get(key)
        return self._replies.setdefault(key, {}) if replies is None else replies

    def clear(self) -> None:
        """Forget all replies: they may be other ones from now on, within this second, too."""
        self._second = -1

    def store(self, replies: Replies, line: bytes, command: str, reply: bytes) -> None:
        """Cache a reply, unless its line is too long or the cache is full.

        :param replies: from a call of :meth:`replies` before the reply was made. When the second has ended
            meanwhile, that dictionary is no longer in use, and the reply is discarded with it.
        """
        if len(line) <= MAX_LINE_LENGTH and self._count < MAX_REPLIES:
            self._count += 1
            replies[line] = command, reply
            replies[line + b"\n"] = replies[line + b"\r\n"] = command, reply + b"\r\n"
