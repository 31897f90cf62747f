"""Recognises a browser on a port for lines, and refuses it in its own protocol."""

import re

from .text import MAX_LINE

_TARGET = rb"[A-Z]+ (?:/|\*|https?:)[^ ]*"
_REQUEST_LINE = re.compile(_TARGET + rb" HTTP/[0-9.]+")
_CUT_OFF = re.compile(_TARGET + rb"(?: [^ ]*)?")


def is_http_request(line: bytes) -> bool:
    """Whether a line is the request line of HTTP/1 (RFC 9112, section 3), or the beginning of a long one."""
    pattern = _REQUEST_LINE if len(line) <= MAX_LINE else _CUT_OFF
    return pattern.fullmatch(line) is not None


def refusal(sentence: str) -> bytes:
    """The HTTP response 400 with a sentence, without the line ending that follows every reply."""
    body = sentence.encode()
    fields = (
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body) + 2}",
        "Connection: close",
    )
    return "\r\n".join(("HTTP/1.1 400 Bad Request", *fields, "", "")).encode() + body
