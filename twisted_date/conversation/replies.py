"""Replies, and their two forms on the wire: a line of text or a line of JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .text import clean, is_clean

MAX_REPLY = 4096  # bytes of a reply without its line ending: the size that a client's buffer needs
MAX_DEPTH = 8  # of lists and objects in a reply: more than any has

ERROR_PREFIX = "error: "
_encode = json.JSONEncoder(ensure_ascii=False).encode

IDLE = "idle"  # the code of the error that closes an idle connection
INTERNAL = "internal"  # the code of the only error that both answers a line and closes the connection
UNNAMED_ERROR = "error"  # the code of errors in text form, which carries no codes


@dataclass(slots=True)  # frozen ones take twice the time to make
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

    @property
    def choices(self) -> list[str]:
        """The words in the field ``choices``; empty when there is none."""
        choices = self.fields.get("choices")
        return [choice for choice in choices if isinstance(choice, str)] if isinstance(choices, list) else []

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
    """Parse the text form of a reply; unsafe characters are replaced.

    :raises ValueError: when the line is not UTF-8.
    """
    text = clean(line.decode())
    if text.startswith(ERROR_PREFIX):
        return Reply(text.removeprefix(ERROR_PREFIX), error=UNNAMED_ERROR)
    return Reply(text)


def parse_json(line: bytes) -> Reply:
    """Parse the JSON form of a reply; unknown fields are kept.

    Nothing unsafe gets past this: unsafe characters in the text are replaced, and other strings that hold any
    are left out, wherever they are.

    :raises ValueError: when the line is not the JSON form of a reply.
    """
    try:
        fields = _decode(line.decode())
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    ok, text = fields.pop("ok", None), fields.pop("text", None)
    error, closing = fields.pop("error", None), fields.pop("closing", False)
    if not (isinstance(ok, bool) and isinstance(text, str) and isinstance(closing, bool)):
        raise ValueError("not a reply: ok, text or closing is missing or of another type")
    if (error is None) is not ok or not (error is None or (isinstance(error, str) and is_clean(error))):
        raise ValueError("not a reply: ok and error do not agree")
    return Reply(clean(text), error, closing, _safe(fields))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse).decode


def _safe(value: Any, depth: int = 1) -> Any:
    """Copy a value from JSON without the strings that hold unsafe characters."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, list):
        return [_safe(item, depth + 1) for item in value if not _is_unsafe(item)]
    if isinstance(value, dict):
        kept = ((key, item) for key, item in value.items() if not (_is_unsafe(key) or _is_unsafe(item)))
        return {key: _safe(item, depth + 1) for key, item in kept}
    return value


def _is_unsafe(value: object) -> bool:
    return isinstance(value, str) and not is_clean(value)
