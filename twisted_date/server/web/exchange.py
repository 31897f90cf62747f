"""A request and what answers it, as values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol as Interface

from twisted.internet.interfaces import IAddress

from ...network.connection import Connection
from ..factory import DateFactory
from .negotiation import preferred_language, prefers_json
from .responses import Response
from .target import LANG, Target

if TYPE_CHECKING:
    from .chat import ChatProtocol

HEALTH_PATH = "/healthz"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request.

    :param method: ``GET`` or ``HEAD``.
    :param field: returns a header field by its name, or an empty text.
    :param address: the peer's.
    """

    method: str
    target: Target
    field: Callable[[str], str]
    address: IAddress | None = None

    @property
    def host(self) -> str:
        """The host that was asked, perhaps with a port; empty only in HTTP/1.0."""
        return self.target.authority or self.field("Host")

    @property
    def language(self) -> str:
        """The tag of the language that the peer wants, known or not; empty for the server's."""
        return self.target.parameter(LANG) or self.known_language

    @property
    def known_language(self) -> str:
        """The tag of the first known language of ``Accept-Language``; empty when there is none."""
        return preferred_language(self.field("Accept-Language"))

    @property
    def wants_json(self) -> bool:
        """Whether the response is to be in JSON."""
        return self.target.wants_json or prefers_json(self.field("Accept"))


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The connection becomes a WebSocket.

    :param handshake: the response of the handshake.
    :param protocol: makes the protocol of a session that was admitted, on the connection.
    """

    handshake: bytes
    protocol: Callable[[Connection], "ChatProtocol"]


class Site(Interface):
    """Answers requests."""

    def respond(self, head: Head) -> Response | Upgrade:
        """The response to a request.

        :raises RequestRefused: when it is an error.
        """


def health_response(server: DateFactory) -> Response:
    """Whether the server takes requests. Its clock may be wrong: a restart would not mend it."""
    if server.stopping:
        return Response(b"stopping\n", status=503)
    return Response(b"ok\n")
