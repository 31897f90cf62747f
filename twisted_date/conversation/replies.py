"""A reply, and its two forms on the wire: a line of text and a line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .text import clean

MAX_REPLY = 4096  # bytes of a reply without its ending: what a client's buffer has to hold

ERROR_PREFIX = "error: "
_encode = json.JSONEncoder(ensure_ascii=False).encode

IDLE = "idle"  # the code of the end of a connection on which nothing was asked for long
INTERNAL = "internal"  # the code of the one error that answers a line and closes the connection all the same
UNNAMED_ERROR = "error"  # the code of an error that was read from text, which carries none


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one line.

    :param text: what a person reads, without ``error:`` in front.
    :param error: the stable code of an error; None when all went well.
    :param closing: whether the server closes the connection after this reply.
    :param fields: what a program gets beside it in JSON (``date``, ``choices`` …).
    :param repeats: whether the same line gets the same reply until the second is over.
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
    """The reply in a line of text.

    :raises ValueError: the line is not UTF-8.
    """
    text = line.decode()
    if text.startswith(ERROR_PREFIX):
        return Reply(text.removeprefix(ERROR_PREFIX), error=UNNAMED_ERROR)
    return Reply(text)


def parse_json(line: bytes) -> Reply:
    """The reply in a line of JSON; fields that this version does not know are kept.

    :raises ValueError: the line is not a reply's JSON.
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
