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
from collections.abc import Callable, Iterator
from typing import Any

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


def regex(notation: str, class_of: Callable[[str], str], has_names: bool = True) -> str:
    """The regular expression of a pattern.

    :param class_of: gives the regular expression of a kind, or of a word in quotes.
    :param has_names: whether groups have their names.
    """
    parts, depth = [], 0
    names: dict[int, str] = {}
    for token in TOKENS.findall(notation):
        if token.endswith(":"):
            parts.append(f"(?P<{token[:-1]}>" if has_names else "(?:")
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


# A token; or an opening bracket, and the sequences behind it, of which one is meant
Item = str | tuple[str, list[Any]]


def tree(notation: str) -> list[list[Item]]:
    """A pattern as sequences of items, of which one is meant; without the names of groups."""
    return _sequences(iter(TOKENS.findall(notation)))


def _sequences(tokens: Iterator[str]) -> list[list[Item]]:
    """The sequences up to the closing bracket, or to the end."""
    sequences: list[list[Item]] = [[]]
    for token in tokens:
        if token in ("]", "}", ")"):
            break
        if token == " / ":
            sequences.append([])
        elif token[-1] in "[{(":
            sequences[-1].append((token, _sequences(tokens)))
        elif not token.endswith(":"):
            sequences[-1].append(token)
    return sequences
