"""What can stand where the cursor is; without a terminal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...conversation.replies import Reply
from ...dates.vocabulary import LANGUAGES

_PLACE_COMMANDS = ("/zone", "/zones", "/date", "/until")
_LEADING = "|".join(
    [*(word for language in LANGUAGES for word in language.places), "à"]
)  # those have no accents
_LEADS_TO_PLACE = re.compile(rf".*\b(?:{_LEADING})\s+", re.IGNORECASE)  # its last one


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be completed.

    :param text: its beginning, as typed.
    :param choices: what can stand there, whatever it begins with.
    :param is_place: whether the server has to be asked for a place.
    """

    text: str
    choices: Sequence[str] = ()
    is_place: bool = False

    def fitting(self) -> list[str]:
        """Those choices that begin with what was typed."""
        begin = self.text.lower()
        return [choice for choice in self.choices if choice.lower().startswith(begin)]


def wanted(line: str, commands: Mapping[str, Reply]) -> Wanted:
    """What the end of a line may become.

    :param line: what stands before the cursor.
    :param commands: what the server says of each command; its ``choices`` may follow the command.
    """
    if not line.startswith("/"):
        return Wanted("")
    name, space, argument = line.partition(" ")
    if not space:
        return Wanted(name, list(commands))
    name = name.lower()
    word = argument.rpartition(" ")[2]
    choices = Wanted(word, _choices(commands.get(name)))
    if choices.fitting() or name not in _PLACE_COMMANDS or word.startswith("+"):
        return choices
    led = _LEADS_TO_PLACE.match(argument) if name in ("/date", "/until") else None
    place = argument[led.end() :] if led else argument.lstrip()
    return Wanted(place, is_place=bool(place))


def _choices(command: Reply | None) -> list[str]:
    choices = command.fields.get("choices") if command is not None else None
    return [str(choice) for choice in choices] if isinstance(choices, list) else []


def hint(line: str, commands: Mapping[str, Reply]) -> str | None:
    """What the server says of the command that a line begins with; None where it is none."""
    command = commands.get(line.split(maxsplit=1)[0].lower()) if line.strip() else None
    return None if command is None else command.text
