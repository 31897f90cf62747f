"""What a browser or curl gets: the page, the reply to a line, or a WebSocket."""

import re
from functools import partial

from wsproto.connection import ConnectionType
from wsproto.events import AcceptConnection
from wsproto.handshake import H11Handshake
from wsproto.utilities import RemoteProtocolError

from ...conversation.errors import ErrorKind
from ...conversation.replies import Reply
from ...conversation.session import Session
from ...conversation.text import excerpt
from ..factory import DateFactory
from .chat import ChatProtocol
from .errors import RequestRefused, WebError
from .exchange import HEALTH_PATH, Head, Upgrade, health_response
from .openapi import document
from .page import page_files
from .policy import Policy
from .responses import ERROR_FIELD, JSON, TEXT, Response
from .target import LANG, ZONE

CHAT_PATH, DOCUMENT_PATH = "/chat", "/openapi.json"

_STATUSES = {
    ErrorKind.UNKNOWN_COMMAND.code: 404,
    ErrorKind.INTERNAL.code: 500,
    ErrorKind.TOO_MANY_FROM_HOST.code: 429,
    ErrorKind.FULL.code: 503,
    ErrorKind.STOPPING.code: 503,
}
# Pages of others may read the answers to what anybody may ask.
_READABLE = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", ERROR_FIELD))
_KEY = re.compile("[A-Za-z0-9+/]{22}==")  # 16 bytes in base64


class DateSite:
    """The conversation, in a browser, by WebSocket and line by line.

    :param server: its sessions and limits are those of the conversations over TCP.
    :param policy: who may use it.
    """

    def __init__(self, server: DateFactory, policy: Policy) -> None:
        self._server = server
        self._policy = policy
        self._files = page_files(server.defaults)

    def respond(self, head: Head) -> Response | Upgrade:
        """The response to a request.

        :raises RequestRefused: when it is an error.
        """
        if not self._policy.allows_host(head.host):
            raise RequestRefused(WebError.WRONG_HOST, host=excerpt(head.host))
        path = head.target.path
        if path == CHAT_PATH:
            return self._upgrade(head)
        if path == HEALTH_PATH:
            return health_response(self._server)
        if path == DOCUMENT_PATH:
            return Response(document(), JSON, fields=_READABLE)
        if path in self._files:
            return self._files[path].response(head.language, head.field("If-None-Match"))
        return self._reply(head)

    def _reply(self, head: Head) -> Response:
        """The reply to one line."""
        line = head.target.line()
        session = self._server.new_session()
        refusal = self._server.admit(head.address)
        if refusal is not None:
            session.configure(head.language, json=head.wants_json)
            return _response(session, session.closing_error(refusal))
        try:
            return _response(session, self._configure(session, head) or session.reply_to(line))
        finally:
            self._server.release(head.address)

    def _upgrade(self, head: Head) -> Response | Upgrade:
        """The WebSocket of a conversation."""
        if not self._policy.allows_origin(head.field("Origin"), head.host):
            raise RequestRefused(WebError.WRONG_ORIGIN, origin=excerpt(head.field("Origin")))
        handshake = _handshake(head)
        head.target.check_parameters((ZONE, LANG))
        session = self._server.new_session()
        error = self._configure(session, head)
        refusal = None if error else self._server.admit(head.address)
        if refusal is not None:
            error = session.closing_error(refusal)
        if error is not None:
            return _response(session, error)
        return Upgrade(handshake, partial(ChatProtocol, session))

    def _configure(self, session: Session, head: Head) -> Reply | None:
        return session.configure(head.language, head.target.parameter(ZONE), head.wants_json)


def _response(session: Session, reply: Reply) -> Response:
    body = session.encode(reply) + b"\n"
    status = 200 if reply.error is None else _STATUSES.get(reply.error, 400)
    code = () if reply.error is None else ((ERROR_FIELD, reply.error),)
    fields = (*_READABLE, ("Vary", "Accept, Accept-Language"), *code)
    return Response(body, JSON if session.json else TEXT, status, fields, reply.closing)


def _handshake(head: Head) -> bytes:
    """The response of a WebSocket's handshake.

    :raises RequestRefused: when the request is none.
    """
    version = head.field("Sec-WebSocket-Version")
    if head.field("Upgrade").lower() != "websocket" or version != "13" or head.method != "GET":
        raise RequestRefused(WebError.UPGRADE_REQUIRED)
    names = ("Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
    fields = [(name.encode(), head.field(name).encode()) for name in names]
    handshake = H11Handshake(ConnectionType.SERVER)
    if not _KEY.fullmatch(head.field("Sec-WebSocket-Key")):
        raise RequestRefused(WebError.NO_HANDSHAKE)
    try:
        handshake.initiate_upgrade_connection([*fields, (b"Host", b"localhost")], CHAT_PATH)
    except RemoteProtocolError:
        raise RequestRefused(WebError.NO_HANDSHAKE) from None
    return handshake.send(AcceptConnection())
