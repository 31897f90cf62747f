"""Everything that can be refused: its stable code, for programs, and its sentence, for people."""

from dataclasses import dataclass

from ..dates.errors import DateError, Reason
from ..dates.languages import weekday_name
from ..i18n import catalogs, sentences
from ..i18n.messages import ENGLISH, Sentence
from . import replies
from .text import excerpt


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """A kind of error.

    :param code: what programs rely on, the same in every language and version.
    :param sentence: what was wrong and what would be right.
    """

    code: str
    sentence: Sentence


LINE_TOO_LONG = ErrorKind("line-too-long", sentences.LINE_TOO_LONG)
NOT_UTF8 = ErrorKind("not-utf8", sentences.NOT_UTF8)
UNKNOWN_COMMAND = ErrorKind("unknown-command", sentences.UNKNOWN_COMMAND)
UNKNOWN_COMMAND_NEAR = ErrorKind("unknown-command", sentences.UNKNOWN_COMMAND_NEAR)
UNEXPECTED_ARGUMENT = ErrorKind("unexpected-argument", sentences.UNEXPECTED_ARGUMENT)
NAME_MISSING = ErrorKind("missing-name", sentences.NAME_MISSING)
NAME_TOO_LONG = ErrorKind("invalid-name", sentences.NAME_TOO_LONG)
NAME_NOT_PRINTABLE = ErrorKind("invalid-name", sentences.NAME_NOT_PRINTABLE)
REPLY_TOO_LONG = ErrorKind("reply-too-long", sentences.REPLY_TOO_LONG)
TEXT_MISSING = ErrorKind("missing-text", sentences.TEXT_MISSING)
NO_PLACES = ErrorKind("unknown-place", sentences.NO_PLACES)
INTERNAL = ErrorKind(replies.INTERNAL, sentences.INTERNAL)
STOPPING = ErrorKind("stopping", sentences.STOPPING)
IDLE = ErrorKind(replies.IDLE, sentences.IDLE)
FULL = ErrorKind("full", sentences.FULL)
TOO_MANY_FROM_HOST = ErrorKind("too-many-from-host", sentences.TOO_MANY_FROM_HOST)

# A reason and its sentence have one name.
DATE_ERRORS = {reason: ErrorKind(reason.value, getattr(sentences, reason.name)) for reason in Reason}


def kinds() -> list[ErrorKind]:
    """All of them."""
    return [kind for kind in globals().values() if isinstance(kind, ErrorKind)] + list(DATE_ERRORS.values())


class CommandError(Exception):
    """Raised by a command that cannot do what was asked; the session makes it the reply.

    :param kind: what was wrong.
    :param values: what the sentence's placeholders stand for.
    """

    def __init__(self, kind: ErrorKind, **values: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.values = values


def command_error(error: DateError, language: str) -> CommandError:
    """The refusal that says what is wrong about a date."""
    values = {name: _shown(name, value, language) for name, value in error.values.items()}
    return CommandError(DATE_ERRORS[error.reason], **values)


def _shown(name: str, value: object, language: str) -> object:
    if name == "weekday" and isinstance(value, int):
        return weekday_name(value, language if catalogs.has_catalog(language) else ENGLISH)
    if isinstance(value, tuple):
        return ", ".join(value)
    return excerpt(value) if isinstance(value, str) else value
