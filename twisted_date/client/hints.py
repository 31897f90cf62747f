"""Advice on the command's options, to go with errors; programs get the errors without it."""

from ..cli.options import WrongSettings
from ..endpoints.tls_client import CLOSED_AT_ONCE, NO_TLS_THERE, NOT_FOR_HOST
from ..i18n.messages import Sentence, SentenceError
from .connect import NOT_AN_ENDPOINT
from .errors import ServerError, ServerNotFound
from .port_file import NO_PORT_FILE, NOT_A_PORT_FILE
from .settings import LOCALHOST, Target

_HINTS = {
    CLOSED_AT_ONCE: Sentence("--tls is for a server that speaks TLS"),
    NOT_FOR_HOST: Sentence("--host names the host it is for"),
    NO_TLS_THERE: Sentence("leave out --tls where the server speaks plain"),
    NO_PORT_FILE: Sentence("a server started with --port-file writes one"),
    NOT_A_PORT_FILE: Sentence("give the one that --port-file named there"),
}
_WITH_HINT = Sentence("{trouble}; {hint}")


def with_option(error: WrongSettings) -> SentenceError:
    """The error, with the name of the option that it is about in front, where the error does not know it."""
    if error.sentence == NOT_AN_ENDPOINT:
        return SentenceError(Sentence("--connect {reason}"), reason=error)
    return error


def with_hint(error: ServerError, target: Target) -> SentenceError:
    """The error, with advice behind it where there is some.

    :param target: where the server was looked for.
    """
    if target.endpoint is not None:  # --connect stands alone
        return error
    cause: object = error
    while isinstance(cause, ServerError) and "error" in cause.values:
        cause = cause.values["error"]
    if isinstance(cause, ServerError) and cause.sentence in _HINTS:
        return SentenceError(_WITH_HINT, trouble=error, hint=_HINTS[Sentence(cause.sentence)])
    if isinstance(error, ServerNotFound) and error.nothing_answered and target.host == LOCALHOST:
        starts = SentenceError(
            Sentence("twistd -n datechat --base-port {port} starts one"), port=target.ports[0]
        )
        return SentenceError(_WITH_HINT, trouble=error, hint=starts)
    return error
