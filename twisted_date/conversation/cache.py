"""Replies of this second, for whoever asks the same again."""

from collections.abc import Callable, Hashable
from typing import TypeAlias

from ..dates.moment import NANOSECONDS

MAX_REPLIES = 1000  # replies of one second: half a megabyte, and more than programs think of
MAX_LINE_LENGTH = 100  # bytes of a line; longer ones are rarely asked twice

Replies: TypeAlias = dict[bytes, tuple[str, bytes]]


class ReplyCache:
    """What was replied in this second.

    It holds only what depends on nothing but the line, the settings of the conversation, and the second.

    :param now_ns: the clock: nanoseconds since 1970-01-01T00:00:00Z.
    """

    __slots__ = ("_count", "_now_ns", "_replies", "_second")

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self._second = 0
        self._count = 0
        self._replies: dict[Hashable, Replies] = {}

    def replies(self, key: Hashable) -> Replies:
        """By line, its command and the reply.

        :param settings: of the conversation.
        """
        second = self._now_ns() // NANOSECONDS
        if second != self._second:
            self._second = second
            self._count = 0
            self._replies = {}
        replies = self._replies.get(key)
        return self._replies.setdefault(key, {}) if replies is None else replies

    def store(self, replies: Replies, line: bytes, command: str, reply: bytes) -> None:
        """Keep one more reply, if there is room.

        :param replies: as they were before it was made: those of another second are thrown away.
        """
        if len(line) <= MAX_LINE_LENGTH and self._count < MAX_REPLIES:
            self._count += 1
            replies[line] = command, reply
