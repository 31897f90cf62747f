"""The client library: query a datechat server, with typed results and errors as exceptions.

::

    async with await connect(reactor) as conversation:
        christmas = await conversation.date("25 december 19:00 New York in Berlin")
        print(christmas.moment, christmas.zone)

Every network operation returns a Deferred: ``await`` it, or add callbacks to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import NoneType
from typing import Any, TypeVar

from twisted.internet.defer import Deferred

from ..cli.options import DEFAULT_BASE_PORT, WrongSettings
from ..conversation.health import Health
from ..conversation.replies import Reply
from ..endpoints.arguments import DEFAULT_TRIES, port_range
from .connect import connect_to
from .errors import INVALID_REPLY, ServerError, WrongServer
from .protocol import DEFAULT_TIMEOUT, DateClient
from .settings import LOCALHOST, Target

T = TypeVar("T")

__all__ = ["Conversation", "Date", "ErrorReply", "Health", "Reply", "ServerError", "connect"]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class ErrorReply(Exception):
    """The server replied with an error; the text is the server's sentence.

    :ivar code: the stable error code, such as ``unknown-place``; docs/protocol.rst lists them.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.code = reply.error
        self._text = reply.text

    def __str__(self) -> str:
        return self._text


@dataclass(frozen=True, slots=True)
class Date:
    """A moment in a server's reply.

    :param text: the date in the requested format.
    :param moment: the date in whole seconds, with its UTC offset in whole minutes.
    :param unix: seconds since 1970-01-01T00:00:00Z, rounded down.
    :param zone: the IANA name of its time zone; None for a zone without one.
    :param note: a remark, for instance that this local time occurs twice; None for no remark.
    """

    text: str
    moment: datetime
    unix: int
    zone: str | None
    note: str | None


class Conversation:
    """A conversation with a server; :func:`connect` opens one.

    Requests may be sent without waiting for earlier replies. A Deferred fails with :class:`ErrorReply` when
    the reply is an error, and with :class:`ServerError` when the reply is missing or unreadable.
    """

    def __init__(self, client: DateClient) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} with {self._client.server}, {'open' if self.is_open else 'closed'}>"

    def ask(self, message: str) -> Deferred[Reply]:
        """Send any message, as a person would type it.

        :return: fires with the reply, even if it is an error.
        :raises ValueError: when the message has more than one line, or cannot be encoded as UTF-8.
        """
        return self._client.ask(message)

    def date(self, words: str = "") -> Deferred[Date]:
        """Return the moment described by the argument of ``/date``; the current time without one."""
        return self._ask("/date", words, _date)

    def until(self, words: str) -> Deferred[timedelta]:
        """Return the time left until a moment; negative when it is past."""
        return self._ask("/until", words, lambda reply: timedelta(seconds=_number(reply, "seconds")))

    def places(self, text: str) -> Deferred[list[str]]:
        """Return up to ten places whose names start with ``text``, in a form that the server accepts."""
        return self._ask("/zones", text, lambda reply: reply.choices)

    def set_zone(self, place: str) -> Deferred[str | None]:
        """Use the time zone of a place from now on; fires with its IANA name, if it has one."""
        return self._ask("/zone", place, lambda reply: _text(reply, "zone"))

    def set_language(self, tag: str) -> Deferred[str | None]:
        """Use this language for replies from now on; fires with the tag in the server's spelling."""
        return self._ask("/lang", tag, lambda reply: _text(reply, "lang"))

    def health(self) -> Deferred[Health]:
        """Return the health of the server: its clock and its time zone data."""
        return self._ask("/health", "", _health)

    @property
    def is_open(self) -> bool:
        """Whether the server can still be asked."""
        return self._client.close_reason is None

    @property
    def close_reason(self) -> ServerError | None:
        """Why the conversation ended; None while it goes on. After :meth:`close`, that it was closed."""
        return self._client.close_reason

    def when_closed(self) -> Deferred[None]:
        """Fires when the connection is closed, by either side; at once if it is. Can be cancelled."""
        return self._client.when_closed()

    def close(self) -> Deferred[None]:
        """Close the connection; fires when it is closed. What was asked and not answered fails."""
        return Deferred.fromCoroutine(self._client.close())

    async def __aenter__(self) -> "Conversation":
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def _ask(self, command: str, words: str, convert: Callable[[Reply], T]) -> Deferred[T]:
        def convert_reply(reply: Reply) -> T:
            if reply.error is not None:
                raise ErrorReply(reply)
            try:
                return convert(reply)
            except (ValueError, TypeError, OverflowError):
                raise WrongServer(INVALID_REPLY) from None

        return self._client.ask(f"{command} {words}".rstrip(" ")).addCallback(convert_reply)


def connect(
    reactor: Any,
    host: str = LOCALHOST,
    port: int | None = None,
    endpoint: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    tls: bool = False,
) -> Deferred[Conversation]:
    """Open a conversation with a server.

    :param reactor: makes the connection.
    :param host: the server's host name or address.
    :param port: its port; None to search 100 ports from 50000 up.
    :param endpoint: a Twisted client endpoint description, in place of host and port.
    :param timeout: seconds to connect, and for each reply.
    :param tls: whether to speak TLS; not allowed with an endpoint description, which decides that itself.
    :return: fires with the conversation. Fails with :class:`ServerError` when no server is found, and with
        ValueError when the endpoint description or the timeout is invalid, or TLS is not installed.
    :raises ValueError: when another argument is invalid.
    """
    if not isinstance(tls, bool):
        raise ValueError(f"tls is {tls!r}; give True or False")
    if endpoint is not None and port is not None:
        raise ValueError("the endpoint says where the server is; leave out port")
    if endpoint is not None and tls:
        raise ValueError("the endpoint says whether it is TLS, as in tls:localhost:50000; leave out tls")
    ports = port_range(DEFAULT_BASE_PORT, DEFAULT_TRIES) if port is None else port_range(port, 1)
    return Deferred.fromCoroutine(_connect(reactor, Target(host, ports, endpoint, tls=tls), timeout))


async def _connect(reactor: Any, target: Target, timeout: float) -> Conversation:
    try:
        return Conversation(await connect_to(reactor, target, timeout))
    except WrongSettings as error:
        raise ValueError(str(error)) from None


def _date(reply: Reply) -> Date:
    stated = datetime.fromisoformat(str(reply.fields.get("date")))
    unix = _number(reply, "unix")
    moment = (EPOCH + timedelta(seconds=unix)).astimezone(stated.tzinfo)  # old offsets have seconds
    return Date(reply.text, moment, unix, _text(reply, "zone"), _text(reply, "note"))


_HEALTH_TYPES = {
    "synchronised": (bool, NoneType),
    "error_ms": (int, float, NoneType),
    "zone_data": (str, NoneType),
}


def _health(reply: Reply) -> Health:
    fields: dict[str, Any] = {name: reply.fields.get(name) for name in _HEALTH_TYPES}
    if any(type(fields[name]) not in types for name, types in _HEALTH_TYPES.items()):
        raise TypeError(fields)
    return Health(**fields)


def _number(reply: Reply, field: str) -> int:
    value: Any = reply.fields.get(field)
    return int(value)


def _text(reply: Reply, field: str) -> str | None:
    value = reply.fields.get(field)
    return None if value is None else str(value)
