"""Why there is no reply, each with a sentence."""

from ..i18n.messages import Sentence, SentenceError

SPEAKS_OTHERWISE = Sentence("what answers there does not speak as datechat does")


class ServerError(SentenceError):
    """Something is wrong with the server or the way to it; as text, a sentence."""


class CannotConnect(ServerError):
    """There is no connection to be had."""


class ServerNotFound(ServerError):
    """None of the ports has a datechat server.

    :ivar nothing_listens: whether nothing else has answered either.
    """

    nothing_listens = False


class ServerBusy(ServerError):
    """It is datechat, and it takes no conversation now; the text is its own reason."""


class WrongServer(ServerError):
    """What answers is another kind of server."""


class ReplyTimeout(ServerError):
    """A reply did not come in time."""


class ConnectionClosed(ServerError):
    """The connection is gone, or the conversation has ended.

    :ivar code: the error's code where the server said why it closed the connection; None otherwise.
    """

    code: str | None = None
