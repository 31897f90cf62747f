"""What the places of a line are for: where its words are read, and where the moment is shown."""

from collections.abc import Sequence
from datetime import tzinfo
from enum import Enum, auto
from typing import NamedTuple

from .errors import DateError, Reason

MAX_TARGETS = 8


class Role(Enum):
    """The role of a place, by the word in front of it."""

    PLACE = auto()  # in Tokyo, à Tokyo, or Tokyo alone: the words are read there, or else it is shown there
    TARGET = auto()  # to Tokyo, → Tokyo: shown there, whatever else is said
    SOURCE = auto()  # from Tokyo: read there


class Target(NamedTuple):
    """A place in which the moment is shown.

    :param name: as it was typed.
    :param zone: its zone.
    """

    name: str
    zone: tzinfo


class Group(NamedTuple):
    """Places behind one word.

    :param role: their role.
    :param places: one place, or all of a list: Berlin, Tokyo and Sydney.
    """

    role: Role
    places: tuple[Target, ...]


class Roles(NamedTuple):
    """The places of a line by their roles.

    :param source: the zone in which the words are read; None for that of the conversation.
    :param targets: where the moment is shown; empty for where it is read.
    """

    source: tzinfo | None
    targets: tuple[Target, ...]


_NONE = Roles(None, ())


def decide(groups: Sequence[Group], is_zone_told: bool) -> Roles:
    """The roles of all places.

    :param groups: in their order.
    :param is_zone_told: whether the zone in which the words are read is told otherwise.
    :raises DateError: when there are more places than roles.
    """
    if not groups:
        return _NONE
    sources = [place for group in groups if group.role is Role.SOURCE for place in group.places]
    others = [group for group in groups if group.role is Role.PLACE]
    targets = [place for group in groups if group.role is Role.TARGET for place in group.places]
    if not sources and not is_zone_told and others and _is_source(others, targets):
        sources, others = [*others[0].places], others[1:]
    targets = [place for group in others for place in group.places] + targets
    _check(sources, others, targets, is_zone_told)
    return Roles(sources[0].zone if sources else None, tuple(targets))


def _is_source(others: Sequence[Group], targets: Sequence[Target]) -> bool:
    """Whether the first place is where the words are read: a list is not, unless more places follow."""
    return len(others[0].places) == 1 or len(others) > 1 or bool(targets)


def _check(
    sources: Sequence[Target], others: Sequence[Group], targets: Sequence[Target], is_zone_told: bool
) -> None:
    surplus = sources[0 if is_zone_told else 1 :] or targets[MAX_TARGETS:]
    if not surplus and len(others) > 1:
        surplus = others[1].places
    if surplus:
        raise DateError(Reason.TOO_MANY_PLACES, place=surplus[0].name)
