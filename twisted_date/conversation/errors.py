"""Everything that can be refused: its stable code, for programs, and its sentence, for people."""

from dataclasses import dataclass

from . import sentences
from .sentences import Sentence


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
INTERNAL = ErrorKind("internal", sentences.INTERNAL)
STOPPING = ErrorKind("stopping", sentences.STOPPING)


class Refused(Exception):
    """Raised by a command that cannot do what was asked; the session makes it the reply.

    :param kind: what was wrong.
    :param values: what the sentence's placeholders stand for.
    """

    def __init__(self, kind: ErrorKind, **values: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.values = values
