"""Errors of the connection to a server, each with a sentence."""

from ..i18n.messages import Sentence, SentenceError

INVALID_REPLY = Sentence("what answers there does not speak as datechat does")


class ServerError(SentenceError):
    """The server failed, or it cannot be reached; the text is a sentence."""


class CannotConnect(ServerError):
    """No connection could be established."""


class ServerNotFound(ServerError):
    """No datechat server was found.

    :ivar nothing_answered: whether a search of ports got no reply at all, not even from another server.
    """

    nothing_answered = False


class ServerBusy(ServerError):
    """A datechat server refuses conversations at the moment; the text is its reason."""


class WrongServer(ServerError):
    """The peer does not speak datechat's protocol, or TLS with it failed."""


class ReplyTimeout(ServerError):
    """A reply did not arrive in time."""


class ConnectionClosed(ServerError):
    """The connection was lost or closed, or the conversation has ended.

    :ivar code: the error code with which the server closed the connection; None if it sent none.
    """

    code: str | None = None
