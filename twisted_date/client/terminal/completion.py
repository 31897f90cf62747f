"""Computes completions and hints for a line; independent of the terminal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...conversation.replies import Reply
from ...dates.completion import MOMENTS, PREPOSITIONS

_MOMENT_COMMANDS = ("/date", "/until", "/between")
_PLACE_COMMANDS = (*_MOMENT_COMMANDS, "/zone", "/zones", "/changes")
_BEFORE_PLACES = "|".join(PREPOSITIONS)
_UP_TO_PLACE = re.compile(rf".*\b(?:{_BEFORE_PLACES})\s+", re.IGNORECASE)  # through the last preposition


@dataclass(frozen=True, slots=True)
class CompletionContext:
    """The text to complete, with its candidates.

    :param text: the part of the line to complete, as typed.
    :param choices: all candidates, whether or not they start with ``text``.
    :param is_place: whether ``text`` may be the name of a place, so that the server has candidates, too.
    """

    text: str
    choices: Sequence[str] = ()
    is_place: bool = False

    def matching(self) -> list[str]:
        """Return the choices that start with the text, ignoring case."""
        prefix = self.text.lower()
        return [choice for choice in self.choices if choice.lower().startswith(prefix)]


def completion_context(line: str, commands: Mapping[str, Reply]) -> CompletionContext:
    """Return what to complete at the end of a line.

    :param line: the text before the cursor.
    :param commands: the server's help for each command; its ``choices`` are candidates for arguments.
    """
    if not line.startswith("/"):
        return CompletionContext("")
    name, space, argument = line.partition(" ")
    if not space:
        return CompletionContext(name, list(commands))
    name = name.lower()
    word = argument.rpartition(" ")[2]
    has_moments = name in _MOMENT_COMMANDS
    prefix = _UP_TO_PLACE.match(argument) if has_moments else None
    place = argument[prefix.end() :] if prefix else argument.lstrip()
    listed = commands[name].choices if name in commands else ()
    choices = [*listed, *MOMENTS] if has_moments and word and not prefix else listed
    known = CompletionContext(word, choices)
    may_be_place = name in _PLACE_COMMANDS and bool(place) and not word.startswith("+")
    if known.matching():
        return replace(known, is_place=may_be_place and place == word and has_moments)
    return CompletionContext(place, is_place=True) if may_be_place else known


def hint(line: str, commands: Mapping[str, Reply]) -> str | None:
    """Return the server's help for the command in a line; None if the line has no known command."""
    command = commands.get(line.split(maxsplit=1)[0].lower()) if line.strip() else None
    return None if command is None else command.text
