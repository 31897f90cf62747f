"""Replies, and their two forms on the wire: a line of text or a line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .text import clean

MAX_REPLY = 4096  # bytes of a reply without its line ending: the size that a client's buffer needs

ERROR_PREFIX = "error: "
_encode = json.JSONEncoder(ensure_ascii=False).encode

IDLE = "idle"  # the code of the error that closes an idle connection
INTERNAL = "internal"  # the code of the only error that both answers a line and closes the connection
UNNAMED_ERROR = "error"  # the code of errors in text form, which carries no codes


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one line.

    :param text: the text for people, without the prefix ``error:``.
    :param error: the stable error code; None for success.
    :param closing: whether the server closes the connection after this reply.
    :param fields: further fields of the JSON form (``date``, ``choices`` …).
    :param cacheable: whether the same line gets the same reply until the end of the second.
    """

    text: str
    error: str | None = None
    closing: bool = False
    fields: Mapping[str, object] = field(default_factory=dict)
    cacheable: bool = False

    def as_text(self) -> str:
        """The reply as a line for people, without a line ending."""
        return (ERROR_PREFIX if self.error else "") + clean(self.text)

    def as_json(self) -> str:
        """The reply as a line for programs, without a line ending."""
        line: dict[str, object] = {"ok": self.error is None, "text": clean(self.text)}
        if self.error is not None:
            line["error"] = self.error
        if self.closing:
            line["closing"] = True
        line.update(self.fields)
        return clean(_encode(line))


def parse_text(line: bytes) -> Reply:
    """Parse the text form of a reply.

    :raises ValueError: when the line is not UTF-8.
    """
    text = line.decode()
    if text.startswith(ERROR_PREFIX):
        return Reply(text.removeprefix(ERROR_PREFIX), error=UNNAMED_ERROR)
    return Reply(text)


def parse_json(line: bytes) -> Reply:
    """Parse the JSON form of a reply; unknown fields are kept.

    :raises ValueError: when the line is not the JSON form of a reply.
    """
    try:
        fields = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    ok, text = fields.pop("ok", None), fields.pop("text", None)
    error, closing = fields.pop("error", None), fields.pop("closing", False)
    if not (isinstance(ok, bool) and isinstance(text, str) and isinstance(closing, bool)):
        raise ValueError("not a reply: ok, text or closing is missing or of another type")
    if (error is None) is not ok or not isinstance(error, str | None):
        raise ValueError("not a reply: ok and error do not agree")
    return Reply(text, error, closing, fields)
