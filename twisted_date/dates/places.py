"""Finds the zones of places by the names that people use.

The first of these sources that knows a name decides: IANA names, offsets, zone abbreviations, codes of
countries and states, exemplar cities, countries, great cities, states and provinces, towns by their main
names, towns by their other names, and then the same sources without an article. A country or a state may
follow a name, and selects the town there.

When the matches lie in zones with different times, a town twice as large as the next one wins; otherwise the
name is ambiguous, and the error lists its meanings.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from . import gazetteer, spelling, zones
from .errors import DateError, Reason
from .gazetteer import MAX_FOUND, Town

MAX_CHOICES = 5  # in an error: as many as a person reads
MAX_LENGTH = 100  # characters of a name; the longest real ones have about 60

# Inhabitants of a city that wins over a state of the same name, as Washington does, or competes with it
_GREAT, _NOTABLE = 500_000, 100_000
# A town this many times as large wins by another name over main names, as Pékin does over Pekin in Illinois
_FAR_LARGER = 50
_CACHED = 1024  # names and searches in the caches: requests repeat the same few
MAX_WORDS = 8  # of a name with its country or state; also bounds the cost of a line of nonsense

_CODE = re.compile("[A-Z]{2,3}")
_ARTICLE = re.compile(r"(?:the|le|la|les)\s+|l['’]\s*", re.IGNORECASE)

# Zones with equal offsets at all of these moments have the same time
_SAMPLES = [datetime(2026, 1, 8, tzinfo=timezone.utc) + timedelta(days=days) for days in range(0, 800, 11)]


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A match of a search.

    :param name: a name that :func:`zone_of` accepts.
    :param zone: the name of the zone, as from :func:`.zones.display_name`.
    """

    name: str
    zone: str


def zone_of(name: str) -> tzinfo:
    """The zone of a place.

    :raises DateError: when the place is unknown, ambiguous (the value ``choices`` lists its meanings), or an
        impossible offset.
    """
    meaning = _meaning(name)
    if meaning is None:
        raise DateError(Reason.UNKNOWN_PLACE, place=name)
    if isinstance(meaning, tuple):
        raise DateError(Reason.AMBIGUOUS_PLACE, place=name, choices=_choices(meaning))
    return meaning


def is_zone_name(name: str) -> bool:
    """Whether this is what a zone is called: an IANA name, or an abbreviation."""
    return zones.by_name(name) is not None or _abbreviation(name) is not None


def search(beginning: str) -> tuple[PlaceMatch, ...]:
    """The places with this beginning: exact matches, then towns, largest first, then zones.

    :raises DateError: when the text is an impossible offset.
    """
    if len(beginning) > MAX_LENGTH:
        return ()
    name, key = beginning.strip(), spelling.key(beginning)
    matches: dict[str, str] = {}
    named = (PlaceMatch(zone, zone) for zone in zones.names_starting_with(name))
    for place in (*_exactly(name, key), *_beginning(key), *named):
        matches.setdefault(place.name, place.zone)
    return tuple(PlaceMatch(name, zone) for name, zone in list(matches.items())[:MAX_FOUND])


def _exactly(name: str, key: str) -> list[PlaceMatch]:
    """The exact matches: towns, the towns of a country or a state, or a zone."""
    kinds = _kinds(gazetteer.records(key))
    areas = kinds["C"] + kinds["R"]
    listed = _towns(gazetteer.records(f"@{areas[0]}") if areas else kinds["T"])
    towns = _distinct(listed) if areas else sorted(listed, reverse=True)
    meaning = _meaning(name) if not towns and zones.by_name(name) is None else None
    if meaning is not None and not isinstance(meaning, tuple):
        return [PlaceMatch(name, zones.display_name(meaning))]
    towns = list(meaning or towns)
    return [PlaceMatch(_as_typed(town), town.zone) for town in towns[:MAX_FOUND]]


@lru_cache(_CACHED)
def _beginning(key: str) -> tuple[PlaceMatch, ...]:
    return tuple(PlaceMatch(_as_typed(town), town.zone) for town in gazetteer.search(key))


# The meaning of a name: a zone, the towns of an ambiguous name, or nothing
Meaning = tzinfo | tuple[Town, ...] | None


@lru_cache(_CACHED)
def _meaning(name: str) -> Meaning:
    if len(name) > MAX_LENGTH:
        return None
    words = spelling.words(name)
    if sum(map(len, words)) > MAX_LENGTH:  # some letters decompose into many
        return None
    meaning = (
        _iana(name)
        or zones.offset(name)
        or _abbreviation(name)
        or _code(name)
        or _of_name("".join(words))
        or _of_name_with_area(words)
    )
    if meaning is None and (article := _ARTICLE.match(name)):
        words = spelling.words(name[article.end() :])
        return _of_name("".join(words)) or _of_name_with_area(words)
    return meaning


def _iana(name: str) -> Meaning:
    """The zone with this IANA name, except that ``Japan`` means the country, not the old zone name."""
    zone = zones.by_name(name)
    if zone is not None and "/" not in zone.key:
        kinds = _kinds(gazetteer.records(spelling.key(name)))
        if kinds["Z"] or kinds["C"]:
            meaning = _of_name(spelling.key(name))
            return meaning if isinstance(meaning, ZoneInfo) else zone
    return zone


def _abbreviation(name: str) -> Meaning:
    listed = gazetteer.records(f"#{name.strip().lower()}") if name.strip().isalpha() else []
    if not listed:
        return None
    if "|" not in listed[0]:
        return zones.fixed(timedelta(minutes=int(listed[0])))
    return _of_area(listed)


def _code(name: str) -> Meaning:
    """The meaning of a few capital letters as a code of countries and states."""
    if not _CODE.fullmatch(name.strip()):
        return None
    key = name.strip().lower()
    areas = gazetteer.records(f"${key}")
    return _of_areas(areas) if areas and not _kinds(gazetteer.records(key))["Z"] else None


def _of_name(key: str) -> Meaning:
    kinds = _kinds(gazetteer.records(key))
    if cities := {record.split("|")[0] for record in kinds["Z"]}:
        return ZoneInfo(min(cities))
    if kinds["C"]:
        return _of_areas(kinds["C"])
    towns = _towns(kinds["T"])
    largest = max((town.population for town in towns), default=0)
    if kinds["R"] and largest < _GREAT:
        return _of_areas(kinds["R"], towns if largest >= _NOTABLE else [])
    others = _towns(kinds["A"])
    if towns and others and max(others).population >= _FAR_LARGER * max(towns).population:
        return _largest(others)
    return _largest(towns or others)


def _of_name_with_area(words: list[str]) -> Meaning:
    """The meaning of a name with its area, as in ``Springfield MO`` and ``Paris, Texas, USA``."""
    if len(words) > MAX_WORDS:
        return None
    for end in range(len(words) - 1, 0, -1):
        listed = gazetteer.records("".join(words[:end]))
        if listed and (areas := _areas(words[end:])):
            kinds = _kinds(listed)
            for kind in "TA":
                if towns := [
                    town for town in _towns(kinds[kind]) if _is_within(areas, town.country, town.region)
                ]:
                    return _largest(towns)
            for region in kinds["R"]:
                if _is_within(areas, *region.split(".")):
                    return _of_area(gazetteer.records(f"@{region}"))
    return None


def _areas(words: list[str]) -> list[set[str]]:
    """The areas that the words may mean together: one country or region, or one within another."""
    if whole := _area("".join(words)):
        return [whole]
    for end in range(1, len(words)):
        parts = [_area("".join(words[:end])), _area("".join(words[end:]))]
        if all(parts):
            return parts
    return []


@lru_cache(_CACHED)
def _area(key: str) -> set[str]:
    kinds = _kinds(gazetteer.records(key))
    return {*gazetteer.records(f"${key}"), *kinds["C"], *kinds["R"]}


def _is_within(areas: list[set[str]], country: str, region: str) -> bool:
    return all({country, f"{country}.{region}"} & area for area in areas)


def _of_area(listed: Iterable[str]) -> Meaning:
    """The meaning of an area, from the towns that represent its zones."""
    return _one_time(_towns(listed))


def _one_time(towns: list[Town]) -> Meaning:
    """The zone of towns that all have the same time; otherwise the largest town of each time."""
    towns = _distinct(towns)
    return ZoneInfo(towns[0].zone) if len(towns) == 1 else tuple(towns)


def _of_areas(areas: Iterable[str], towns: Iterable[Town] = ()) -> Meaning:
    """The meaning of a name of countries or states, and possibly of towns."""
    of_areas = _towns(fields for area in areas for fields in gazetteer.records(f"@{area}"))
    return _one_time([*towns, *of_areas])


def _largest(towns: list[Town]) -> Meaning:
    """The zone of the largest town, or all towns when a town with another time is more than half as large."""
    if not towns:
        return None
    largest, *others = _distinct(towns)
    if not others or largest.population >= 2 * others[0].population:
        return ZoneInfo(largest.zone)
    return tuple(sorted(towns, reverse=True))


def _distinct(towns: list[Town]) -> list[Town]:
    """The largest town of each different time, largest first."""
    if len({town.zone for town in towns}) == 1:
        return [max(towns)]
    by_offsets: dict[tuple[timedelta | None, ...], Town] = {}
    for town in towns:
        known = by_offsets.setdefault(_offsets(town.zone), town)
        if town.population > known.population:
            by_offsets[_offsets(town.zone)] = town
    return sorted(by_offsets.values(), key=lambda town: -town.population)


@lru_cache(1024)  # more than the number of zones
def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    info = ZoneInfo(zone)
    return tuple(moment.astimezone(info).utcoffset() for moment in _SAMPLES)


def _choices(towns: Iterable[Town]) -> tuple[str, ...]:
    choices: dict[str, None] = {}
    for town in towns:
        choices[_as_typed(town)] = None
        if len(choices) == MAX_CHOICES:
            break
    return tuple(choices)


def _as_typed(town: Town) -> str:
    """The shortest name that finds this town, or else its zone."""
    area = town.country if town.country == "GB" else town.region or town.country
    for name in (town.name, f"{town.name} {area}", f"{town.name} {area} {town.country}"):
        meaning = _meaning(name)
        if isinstance(meaning, ZoneInfo) and _offsets(meaning.key) == _offsets(town.zone):
            return name
    return town.zone


def _kinds(records: Iterable[str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {"Z": [], "C": [], "R": [], "T": [], "A": []}
    for record in records:
        kinds[record[0]].append(record[2:])
    return kinds


def _towns(records: Iterable[str]) -> list[Town]:
    return [gazetteer.town(fields) for fields in records]
