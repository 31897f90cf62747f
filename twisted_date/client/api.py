"""Ask a datechat server from your own program: typed answers, errors as exceptions.

::

    server = await connect(reactor)
    christmas = await server.date("25 december 19:00 New York in Berlin")
    print(christmas.moment, christmas.zone)
    await server.close()

Everything that takes time returns a Deferred: ``await`` it, or add callbacks to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from twisted.internet.defer import Deferred

from ..cli.options import DEFAULT_BASE_PORT, WrongSettings
from ..client.errors import SPEAKS_OTHERWISE
from ..conversation.health import Health
from ..conversation.replies import Reply
from ..endpoints.arguments import DEFAULT_TRIES, port_range
from . import connect as connecting
from .errors import ServerError, WrongServer
from .protocol import DEFAULT_TIMEOUT, DateClient
from .settings import LOCALHOST, Target

T = TypeVar("T")

__all__ = ["Conversation", "Date", "ErrorReply", "Health", "Reply", "ServerError", "connect"]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class ErrorReply(Exception):
    """The server understood and cannot answer; as text, its sentence.

    :ivar code: the stable code of the error, such as ``unknown-place``; docs/protocol.rst lists them.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.code = reply.error


@dataclass(frozen=True, slots=True)
class Date:
    """A moment, as a server told it.

    :param text: in the format that was asked for.
    :param moment: in whole seconds, with its offset from UTC in whole minutes.
    :param unix: seconds since 1970-01-01T00:00:00Z, rounded down.
    :param zone: the IANA name of the zone it is told in; None where it has none.
    :param note: what else is to know; None for nothing.
    """

    text: str
    moment: datetime
    unix: int
    zone: str | None
    note: str | None


class Conversation:
    """A conversation with a server; :func:`connect` begins one.

    What is asked need not wait for what was asked before. Besides :class:`ErrorReply`, a Deferred fails with
    :class:`ServerError` when there is no answer, or one that cannot be read.
    """

    def __init__(self, client: DateClient) -> None:
        self._client = client

    def ask(self, message: str) -> Deferred[Reply]:
        """Any message, as a person types it: fires with the reply, an error too.

        :raises ValueError: the message is more than one line.
        """
        return self._client.ask(message)

    def date(self, words: str = "") -> Deferred[Date]:
        """The moment that the words behind ``/date`` mean; now without any."""
        return self._ask("/date", words, _date)

    def until(self, words: str) -> Deferred[timedelta]:
        """How long until then; negative since then."""
        return self._ask("/until", words, lambda reply: timedelta(seconds=_number(reply, "seconds")))

    def places(self, text: str) -> Deferred[list[str]]:
        """At most ten places whose names begin so, as they can be asked for."""
        return self._ask("/zones", text, lambda reply: _texts(reply, "choices"))

    def set_zone(self, place: str) -> Deferred[str | None]:
        """Tell dates there from now on; fires with the IANA name of the zone."""
        return self._ask("/zone", place, lambda reply: _text(reply, "zone"))

    def set_language(self, tag: str) -> Deferred[str | None]:
        """Reply in this language from now on; fires with the tag as the server understood it."""
        return self._ask("/lang", tag, lambda reply: _text(reply, "lang"))

    def health(self) -> Deferred[Health]:
        """Whether the server's clock can be trusted."""
        return self._ask("/health", "", _health)

    def close(self) -> Deferred[None]:
        """Hang up; fires when that is done."""
        return Deferred.fromCoroutine(self._client.close())

    def _ask(self, command: str, words: str, read: Callable[[Reply], T]) -> Deferred[T]:
        def answer(reply: Reply) -> T:
            if reply.error is not None:
                raise ErrorReply(reply)
            try:
                return read(reply)
            except (ValueError, TypeError):
                raise WrongServer(SPEAKS_OTHERWISE) from None

        return self._client.ask(f"{command} {words}".rstrip(" ")).addCallback(answer)


def connect(
    reactor: Any,
    host: str = LOCALHOST,
    port: int | None = None,
    endpoint: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    tls: bool = False,
) -> Deferred[Conversation]:
    """A conversation with a server.

    :param host: the machine that it runs on.
    :param port: its port; None to look from 50000 up.
    :param endpoint: a Twisted client endpoint description, instead of both.
    :param timeout: seconds for this, and for each reply.
    :param tls: whether to speak TLS; not with a description, which says that itself.
    :return: fails with :class:`ServerError` when there is none, with ValueError when the description is none.
    :raises ValueError: another argument cannot be.
    """
    if endpoint is not None and tls:
        raise ValueError("the endpoint says whether it is TLS, as in tls:localhost:50000; leave out tls")
    ports = port_range(DEFAULT_BASE_PORT, DEFAULT_TRIES) if port is None else port_range(port, 1)
    return Deferred.fromCoroutine(_connect(reactor, Target(host, ports, endpoint, tls=tls), timeout))


async def _connect(reactor: Any, target: Target, timeout: float) -> Conversation:
    try:
        return Conversation(await connecting.connect(reactor, target, timeout))
    except WrongSettings as error:
        raise ValueError(str(error)) from None


def _date(reply: Reply) -> Date:
    told = datetime.fromisoformat(str(reply.fields.get("date")))
    unix = _number(reply, "unix")
    moment = (EPOCH + timedelta(seconds=unix)).astimezone(told.tzinfo)  # offsets once had seconds
    return Date(reply.text, moment, unix, _text(reply, "zone"), _text(reply, "note"))


def _health(reply: Reply) -> Health:
    fields: Any = reply.fields
    return Health(fields.get("synchronised"), fields.get("error_ms"), fields.get("zone_data"))


def _number(reply: Reply, field: str) -> int:
    value: Any = reply.fields.get(field)
    return int(value)


def _text(reply: Reply, field: str) -> str | None:
    value = reply.fields.get(field)
    return None if value is None else str(value)


def _texts(reply: Reply, field: str) -> list[str]:
    value = reply.fields.get(field)
    return [str(text) for text in value] if isinstance(value, list) else []
