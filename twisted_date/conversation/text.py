"""Lines as text: splits off commands, and replaces characters that are unsafe to show.

Unsafe are characters that move a cursor, end a line or change the direction of writing, and surrogates, which
are no characters.
"""

import re

MAX_LINE = 1024  # bytes of a request without its line ending: room for any command, cheap to buffer per peer
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8: some programs begin a text with it
EXCERPT_LENGTH = 40  # characters of a request that a reply repeats: enough to recognise it

# C0, DEL and C1 (terminals interpret them), the line and paragraph separators (line ends to some
# programs), Unicode's invisible direction marks, embeddings, overrides and isolates, and lone surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def split_command(line: str) -> tuple[str, str] | None:
    """The name of a command, with its slash, and its argument; None for any other line."""
    if not line.startswith("/"):
        return None
    name, *rest = line.split(maxsplit=1)
    return name, rest[0].rstrip() if rest else ""


def is_clean(text: str) -> bool:
    """Whether the text holds no unsafe characters."""
    return _UNSAFE.search(text) is None


def clean(text: str) -> str:
    """The text with U+FFFD in place of every unsafe character."""
    return _UNSAFE.sub(_REPLACEMENT, text)


def excerpt(text: str) -> str:
    """The beginning of a peer's text, clean and short enough to repeat in a reply."""
    if len(text) > EXCERPT_LENGTH:
        text = text[: EXCERPT_LENGTH - 1] + "…"
    return clean(text)
