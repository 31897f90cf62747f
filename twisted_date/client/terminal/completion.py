"""Computes completions and hints for a line; independent of the terminal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...conversation.replies import Reply
from ...dates.vocabulary import LANGUAGES

_PLACE_COMMANDS = ("/zone", "/zones", "/date", "/until")
# The vocabulary is stored without accents, but people also type "à"
_WORDS = (word for language in LANGUAGES for word in (*language.places, *language.toward))
_PREPOSITIONS = "|".join([*_WORDS, "à"])
_UP_TO_PLACE = re.compile(rf".*\b(?:{_PREPOSITIONS})\s+", re.IGNORECASE)  # through the last preposition


@dataclass(frozen=True, slots=True)
class CompletionContext:
    """The text to complete, with its candidates.

    :param text: the part of the line to complete, as typed.
    :param choices: all candidates, whether or not they start with ``text``.
    :param is_place: whether ``text`` names a place, so that the candidates come from the server.
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
    choices = CompletionContext(word, commands[name].choices if name in commands else ())
    if choices.matching() or name not in _PLACE_COMMANDS or word.startswith("+"):
        return choices
    prefix = _UP_TO_PLACE.match(argument) if name in ("/date", "/until") else None
    place = argument[prefix.end() :] if prefix else argument.lstrip()
    return CompletionContext(place, is_place=bool(place))


def hint(line: str, commands: Mapping[str, Reply]) -> str | None:
    """Return the server's help for the command in a line; None if the line has no known command."""
    command = commands.get(line.split(maxsplit=1)[0].lower()) if line.strip() else None
    return None if command is None else command.text
