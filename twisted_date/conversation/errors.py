"""The errors of a session: stable codes for programs, and sentences for people."""

from ..dates.errors import DateError, Reason
from ..dates.languages import weekday_name
from ..dates.moment import WEEKDAYS
from ..i18n import catalogs
from ..i18n.messages import ENGLISH, ErrorCode, Sentence, SentenceError
from . import replies
from .text import excerpt


class ErrorKind(ErrorCode):
    """The errors of lines and connections; :class:`.Reason` has those of dates."""

    LINE_TOO_LONG = (
        "line-too-long",
        Sentence("the line is too long; {limit} bytes are the most a line may have"),
    )
    NOT_UTF8 = "not-utf8", Sentence("the line is not UTF-8; send text in UTF-8")
    UNKNOWN_COMMAND = "unknown-command", Sentence("{command} is not a command; /help lists them")
    UNKNOWN_COMMAND_NEAR = "unknown-command", Sentence("{command} is not a command; did you mean {nearest}?")
    UNEXPECTED_ARGUMENT = (
        "unexpected-argument",
        Sentence("{argument} is more than {command} understands; the usage is {usage}"),
    )
    MISSING_NAME = "missing-name", Sentence("no name was given; the usage is /name NAME")
    NAME_TOO_LONG = "invalid-name", Sentence("the name is too long; {limit} characters are the most")
    NAME_NOT_PRINTABLE = "invalid-name", Sentence("the name holds a control character; send letters only")
    REPLY_TOO_LONG = "reply-too-long", Sentence("the reply would be too long; ask for less")
    MISSING_TEXT = (
        "missing-text",
        Sentence("no text was given; the usage is /zones TEXT, for example /zones san"),
    )
    NO_PLACES = (
        "unknown-place",
        Sentence("no place is known whose name begins with {text}; try its first letters only"),
    )
    IDLE = (
        replies.IDLE,
        Sentence(
            "no line came for {seconds:g} seconds; datechat closes the connection, please connect again"
        ),
    )
    HTTP = (
        "http",
        Sentence("this port takes lines of text, not HTTP; use nc, or start datechat with --web"),
    )
    # A client recognises an unusable server by the beginning of the next ones, "datechat ", in any language.
    INTERNAL = (
        replies.INTERNAL,
        Sentence("datechat failed on this line and closes the connection; please connect again"),
    )
    STOPPING = "stopping", Sentence("datechat is stopping; please connect again later")
    FULL = "full", Sentence("datechat is full; please connect again later")
    TOO_MANY_FROM_HOST = (
        "too-many-from-host",
        Sentence(
            "datechat serves no more connections from your address; close one of them, then connect again"
        ),
    )


def all_codes() -> list[ErrorCode]:
    """All errors that a reply can carry."""
    return [*ErrorKind, *Reason]


class CommandError(SentenceError):
    """Raised by a command that cannot do what was requested; the session turns it into an error reply.

    :param kind: the error.
    :param values: the values of the sentence's placeholders.
    """

    def __init__(self, kind: ErrorCode, **values: object) -> None:
        super().__init__(kind.sentence, **values)
        self.kind = kind


def command_error(error: DateError, language: str) -> CommandError:
    """The command error for an error in a date, with its values as people read them.

    :param language: CLDR's identifier of the session's language.
    """
    values = {name: _display_value(name, value, language) for name, value in error.values.items()}
    return CommandError(error.reason, **values)


def _display_value(name: str, value: object, language: str) -> object:
    if name == "weekday" and isinstance(value, str):
        return weekday_name(WEEKDAYS.index(value), language if catalogs.has_catalog(language) else ENGLISH)
    if isinstance(value, tuple):
        return ", ".join(value)
    return excerpt(value) if isinstance(value, str) else value
