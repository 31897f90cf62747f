"""Everything that can be refused: its stable code, for programs, and its sentence, for people."""

from dataclasses import dataclass

from ..dates.errors import DateError, Reason
from ..dates.languages import ENGLISH, weekday
from . import catalogs, sentences
from .sentences import Sentence
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
INTERNAL = ErrorKind("internal", sentences.INTERNAL)
STOPPING = ErrorKind("stopping", sentences.STOPPING)

DATE_ERRORS = {
    reason: ErrorKind(reason.value, sentence)
    for reason, sentence in {
        Reason.AMBIGUOUS_DATE: sentences.AMBIGUOUS_DATE,
        Reason.AMBIGUOUS_NUMBER: sentences.AMBIGUOUS_NUMBER,
        Reason.AMBIGUOUS_PLACE: sentences.AMBIGUOUS_PLACE,
        Reason.AMBIGUOUS_SPAN: sentences.AMBIGUOUS_SPAN,
        Reason.CONFLICTING_FORMATS: sentences.CONFLICTING_FORMATS,
        Reason.FORMAT_OF_SPAN: sentences.FORMAT_OF_SPAN,
        Reason.FORMAT_TOO_LONG: sentences.FORMAT_TOO_LONG,
        Reason.IMPOSSIBLE_DATE: sentences.IMPOSSIBLE_DATE,
        Reason.IMPOSSIBLE_OFFSET: sentences.IMPOSSIBLE_OFFSET,
        Reason.IMPOSSIBLE_TIME: sentences.IMPOSSIBLE_TIME,
        Reason.MISSING_MOMENT: sentences.MISSING_MOMENT,
        Reason.NOT_UNDERSTOOD: sentences.NOT_UNDERSTOOD,
        Reason.OPEN_QUOTE: sentences.OPEN_QUOTE,
        Reason.OUT_OF_RANGE: sentences.OUT_OF_RANGE,
        Reason.PART_OF_A_DAY: sentences.PART_OF_A_DAY,
        Reason.SAID_TWICE: sentences.SAID_TWICE,
        Reason.SKIPPED_TIME: sentences.SKIPPED_TIME,
        Reason.TOO_MANY_PLACES: sentences.TOO_MANY_PLACES,
        Reason.UNKNOWN_LANGUAGE: sentences.UNKNOWN_LANGUAGE,
        Reason.UNKNOWN_OPTION: sentences.UNKNOWN_OPTION,
        Reason.UNKNOWN_PLACE: sentences.UNKNOWN_PLACE,
        Reason.UNKNOWN_PRECISION: sentences.UNKNOWN_PRECISION,
        Reason.WRONG_WEEKDAY: sentences.WRONG_WEEKDAY,
        Reason.UTC_AND_PLACE: sentences.UTC_AND_PLACE,
    }.items()
}


def kinds() -> list[ErrorKind]:
    """All of them."""
    return [kind for kind in globals().values() if isinstance(kind, ErrorKind)] + list(DATE_ERRORS.values())


class Refused(Exception):
    """Raised by a command that cannot do what was asked; the session makes it the reply.

    :param kind: what was wrong.
    :param values: what the sentence's placeholders stand for.
    """

    def __init__(self, kind: ErrorKind, **values: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.values = values


def refused(error: DateError, language: str) -> Refused:
    """The refusal that says what is wrong about a date."""
    values = {name: _shown(name, value, language) for name, value in error.values.items()}
    return Refused(DATE_ERRORS[error.reason], **values)


def _shown(name: str, value: object, language: str) -> object:
    if name == "weekday" and isinstance(value, int):
        return weekday(value, language if catalogs.exists(language) else ENGLISH)
    if isinstance(value, tuple):
        return ", ".join(value)
    return excerpt(value) if isinstance(value, str) else value
