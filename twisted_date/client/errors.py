"""Why there is no reply, each with a sentence."""

from ..i18n.sentences import Told


class ServerError(Told):
    """Something is wrong with the server or the way to it; as text, a sentence."""


class CannotConnect(ServerError):
    """There is no connection to be had."""


class NoServer(ServerError):
    """None of the ports has a datechat server.

    :ivar nothing_listens: whether nothing else has answered either.
    """

    nothing_listens = False


class Dismissed(ServerError):
    """It is datechat, and it takes no conversation now; the text is its own reason."""


class NotDatechat(ServerError):
    """What answers is another kind of server."""


class NoReply(ServerError):
    """A reply did not come in time."""


class Disconnected(ServerError):
    """The connection is gone, or the conversation has ended.

    :ivar code: the error's code where the server said why it closed the connection; None otherwise.
    """

    code: str | None = None


class WrongSettings(Told):
    """What the settings ask for cannot be; as text, a sentence."""
