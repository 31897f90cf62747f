"""Names that are nearly those that were typed: ``Pariss``, ``Tokio``, ``Los Angles``.

They differ by one letter: one too many, one too few, another one, or two that changed places. The table has
the names of great places without each of their letters, so that a few look-ups find them all.
"""

from collections.abc import Iterator

from . import gazetteer, places, spelling
from .context import Context
from .homonyms import kinds_of

MAX_HINTS = 3
_LONGEST = 24  # letters: each costs three look-ups, of 8 µs
_GREAT, _GREATEST = 300_000, 1_000_000  # people of towns; the former as in the table
_AREA = 10**10  # countries and states come before towns


def nearest(name: str, context: Context) -> tuple[str, ...]:
    """The names of great places that are nearly this one, the largest first; each works as it is typed.

    Without a lead the name may be another word: then only the greatest are meant.
    """
    key = spelling.key(name)
    if not 3 < len(key) <= _LONGEST:
        return ()
    people: dict[str, int] = {}
    least = _GREAT if context.is_led else _GREATEST
    for near in _names(key):
        display, count = near if isinstance(near, tuple) else _town(near, least)
        if spelling.key(display) != key:
            people[display] = max(count, people.get(display, 0))
    ranked = sorted(people, key=lambda display: (-people[display], display))
    return tuple(display for display in ranked if people[display] and places.is_one(display, context))[
        :MAX_HINTS
    ]


def _names(key: str) -> Iterator[str | tuple[str, int]]:
    """The keys of near names; or, of countries and states, the names themselves, each with its rank."""
    yield from (key[:place] + key[place + 1 :] for place in range(len(key)))
    for place in range(-1, len(key)):
        shorter = key if place < 0 else key[:place] + key[place + 1 :]
        for record in gazetteer.records(f"~{shorter}"):
            is_area = record.startswith("=")
            name = spelling.key(record) if is_area else _completed(shorter, int(record[:-1]), record[-1])
            if _is_near(key, name):
                yield (record[1:], _AREA) if is_area else name


def _completed(text: str, place: int, letter: str) -> str:
    """The text with a letter put in at a place."""
    return text[:place] + letter + text[place:]


def _is_near(first: str, second: str) -> bool:
    """Whether two texts differ by one letter, or by two that changed places."""
    pairs = enumerate(zip(first, second, strict=False))
    begin = next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))
    first, second = first[begin:], second[begin:]
    moved = first[1:2] + first[:1] + first[2:]
    return first[1:] in (second, second[1:]) or first == second[1:] or moved == second


def _town(key: str, least: int) -> tuple[str, int]:
    """The name and the people of the largest town with this key that has so many; 0 where there is none."""
    kinds = kinds_of(gazetteer.records(key))
    towns = [*kinds["H"], *kinds["Z"], *(town for town in kinds["T"] if town.population >= least)]
    if not towns:
        return key, 0
    largest = max(towns)
    return largest.name, largest.population + 1
