"""Reads the words of moments and places.

The reader itself is loaded when the first words come: the first answers do not wait for it.
"""

from dataclasses import dataclass
from datetime import tzinfo

from ..i18n.messages import ENGLISH
from .context import Context
from .roles import Target
from .spec import MomentSpec


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was read.

    :param spec: the moment.
    :param source: the zone in which the words are read; None for that of the conversation.
    :param targets: where the moment is shown; empty for where it is read.
    :param has_moment: whether the words hold more than places.
    :param abbreviations: those of the places that are called so elsewhere with another offset.
    """

    spec: MomentSpec
    source: tzinfo | None
    targets: tuple[Target, ...]
    has_moment: bool
    abbreviations: tuple[str, ...] = ()


def parse(text: str, context: Context, language: str = ENGLISH) -> Phrase:
    """Parse the words of a moment and its places: :func:`.parsing.parse`."""
    from . import parsing

    return parsing.parse(text, context, language)


def place(text: str, context: Context) -> tzinfo:
    """The zone of a place: :func:`.parsing.place`."""
    from . import parsing

    return parsing.place(text, context)
