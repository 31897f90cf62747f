"""Lines as text: their commands, and what may stand in them.

Nothing that moves a cursor, ends a line or turns the writing around.
"""

import re

MAX_LINE = 1024  # bytes of a request without its ending: room for any command, cheap to hold for every peer
EXCERPT_LENGTH = 40  # characters of a peer's words that a reply repeats: enough to recognise them

# C0, DEL and C1 (terminals act on them), the line and paragraph separators (some programs end a
# line there), and Unicode's invisible direction marks, embeddings, overrides and isolates.
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def split_command(line: str) -> tuple[str, str] | None:
    """The name of a command, with its slash, and what follows it; None for any other line."""
    if not line.startswith("/"):
        return None
    name, *rest = line.split(maxsplit=1)
    return name, rest[0].rstrip() if rest else ""


def is_clean(text: str) -> bool:
    """Whether the text holds no control character and no direction mark."""
    return _UNWANTED.search(text) is None


def clean(text: str) -> str:
    """The text with U+FFFD in place of every control character and direction mark."""
    return _UNWANTED.sub(_REPLACEMENT, text)


def excerpt(text: str) -> str:
    """The beginning of a peer's words, clean and short enough to repeat in a reply."""
    if len(text) > EXCERPT_LENGTH:
        text = text[: EXCERPT_LENGTH - 1] + "…"
    return clean(text)
