"""Patterns over the kinds of words, in a notation near to ABNF's.

A line is a text with one character for each piece (:mod:`.lexer`), and so a pattern is a regular expression
over classes of characters:

========== ============================================================
``month``  a piece of this kind, or what is defined under this name
``"of"``   this very word
a space    a space
``~``      a space, or none
``.``      nothing: it stands between two kinds that are written as one
``[ ]``    may be left out
``{ }``    any number of times, or left out
``( / )``  one of several: the first that fits
``=( )``   this follows, and is not part of it
``!( )``   this does not follow
``day:``   in front of one of these: the name under which it is asked for
========== ============================================================
"""

import re
from collections.abc import Callable

TOKENS = re.compile(r' / |[a-z][a-z0-9_]*:|[a-z][a-z0-9-]*|"[^"]+"|[!=]\(|[][(){} .~]')

_SIGNS = {
    " / ": "|",
    "[": "(?:",
    "]": ")?",
    "{": "(?:",
    "}": ")*",
    "(": "(?:",
    ")": ")",
    "!(": "(?!",
    "=(": "(?=",
}
_SIGNS |= {" ": " ", "~": " ?", ".": ""}


def regex(notation: str, class_of: Callable[[str], str], prefix: str | None) -> str:
    """The regular expression of a pattern.

    :param class_of: gives the regular expression of a kind, or of a word in quotes.
    :param prefix: stands before the names of groups; None for groups without names.
    """
    parts, depth = [], 0
    names: dict[int, str] = {}
    for token in TOKENS.findall(notation):
        if token.endswith(":"):
            parts.append("(?:" if prefix is None else f"(?P<{prefix}{token[:-1]}>")
            names[depth] = token
            continue
        if token in ("]", "}", ")"):
            depth -= 1
        parts.append(_SIGNS[token] if token in _SIGNS else class_of(token))
        if token in ("[", "{", "(", "!(", "=("):
            depth += 1
        elif names.pop(depth, None):
            parts.append(")")
    return "".join(parts)
