"""Places, as people call them, to their zones.

What a name means is looked for in this order; the first that knows it decides: IANA's names, offsets,
abbreviations of zones, codes of countries and states, exemplar cities, countries, great cities, states and
provinces, towns by their main names, by their other names, and then the same without an article. A name may
be followed by a country or a state, which makes it a town there.

Where what is found lies in zones that tell different times, a town twice as large as the next is meant; else
the name is refused, with what it may mean.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from . import gazetteer, spelling, zones
from .errors import DateError, Reason
from .gazetteer import Town

MAX_CHOICES = 5  # in a refusal: what a person reads
MAX_FOUND = 10  # in a search
MAX_LENGTH = 100  # characters of a name; the longest real ones have about 60

# People of a city that is meant rather than a state of its name, as Washington is, or that may be meant
_GREAT, _NOTABLE = 500_000, 100_000
# Times: another name of so much larger a town wins over main names, as Pékin does over Pekin in Illinois
_FAR_LARGER = 50
_SHORTEST = 3  # letters for which other names are searched too: there are too many for less
_REMEMBERED = 1024  # names and searches: people ask for the same few
MAX_WORDS = 8  # of a name with what tells it apart; it also bounds what a line of nonsense costs

_CODE = re.compile("[A-Z]{2,3}")
_ARTICLE = re.compile(r"(?:the|le|la|les)\s+|l['’]\s*", re.IGNORECASE)

# Two zones that agree on all of these tell one time
_SAMPLES = [datetime(2026, 1, 8, tzinfo=timezone.utc) + timedelta(days=days) for days in range(0, 800, 11)]


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place that a search found.

    :param name: works when it is asked for.
    :param zone: the zone's, as :func:`.zones.display_name` has it.
    """

    name: str
    zone: str


def zone_of(name: str) -> tzinfo:
    """The zone of a place.

    :raises DateError: it is not known, has several meanings (these are its ``choices``), or is an offset that
        nobody has.
    """
    meaning = _meaning(name)
    if meaning is None:
        raise DateError(Reason.UNKNOWN_PLACE, place=name)
    if isinstance(meaning, tuple):
        raise DateError(Reason.AMBIGUOUS_PLACE, place=name, choices=_choices(meaning))
    return meaning


def search(beginning: str) -> tuple[PlaceMatch, ...]:
    """The places whose names begin so: what has this very name, then towns, the largest first, then zones.

    :raises DateError: it is an offset that nobody has.
    """
    if len(beginning) > MAX_LENGTH:
        return ()
    name, key = beginning.strip(), spelling.key(beginning)
    found: dict[str, str] = {}
    named = (PlaceMatch(zone, zone) for zone in zones.names_starting_with(name))
    for place in (*_exactly(name, key), *_beginning(key), *named):
        found.setdefault(place.name, place.zone)
    return tuple(PlaceMatch(name, zone) for name, zone in list(found.items())[:MAX_FOUND])


def _exactly(name: str, key: str) -> list[PlaceMatch]:
    """What has this very name: towns, those of a country or a state, or a zone."""
    kinds = _kinds(gazetteer.records(key))
    areas = kinds["C"] + kinds["R"]
    listed = _towns(gazetteer.records(f"@{areas[0]}") if areas else kinds["T"])
    towns = _distinct(listed) if areas else sorted(listed, reverse=True)
    meaning = _meaning(name) if not towns and zones.by_name(name) is None else None
    if meaning is not None and not isinstance(meaning, tuple):
        return [PlaceMatch(name, zones.display_name(meaning))]
    towns = list(meaning or towns)
    return [PlaceMatch(_as_typed(town), town.zone) for town in towns[:MAX_FOUND]]


@lru_cache(_REMEMBERED)
def _beginning(key: str) -> tuple[PlaceMatch, ...]:
    """Towns by their main names, and by others where there are not enough and the key is long enough."""
    towns = gazetteer.largest(key, "T", MAX_FOUND) if key else []
    if len(towns) < MAX_FOUND and len(key) >= _SHORTEST:
        towns += gazetteer.largest(key, "A", MAX_FOUND - len(towns))
    return tuple(PlaceMatch(_as_typed(town), town.zone) for town in towns)


# A zone; towns that it may mean; or nothing
Meaning = tzinfo | tuple[Town, ...] | None


@lru_cache(_REMEMBERED)
def _meaning(name: str) -> Meaning:
    if len(name) > MAX_LENGTH:
        return None
    words = spelling.words(name)
    if sum(map(len, words)) > MAX_LENGTH:  # some letters are taken apart into many
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
    """A zone by its IANA name, but that ``Japan`` is rather the country's than that old name of its zone."""
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
    """What a few capital letters stand for, countries and states."""
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
    """``Springfield MO``, ``Paris, Texas, USA``."""
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
    """What the words may stand for, where all of them are a country or a region, or one in the other."""
    if whole := _area("".join(words)):
        return [whole]
    for end in range(1, len(words)):
        parts = [_area("".join(words[:end])), _area("".join(words[end:]))]
        if all(parts):
            return parts
    return []


@lru_cache(_REMEMBERED)
def _area(key: str) -> set[str]:
    kinds = _kinds(gazetteer.records(key))
    return {*gazetteer.records(f"${key}"), *kinds["C"], *kinds["R"]}


def _is_within(areas: list[set[str]], country: str, region: str) -> bool:
    return all({country, f"{country}.{region}"} & area for area in areas)


def _of_area(listed: Iterable[str]) -> Meaning:
    """The zone of towns that stand for one each, or the first of those that tell different times."""
    return _one_of(_towns(listed))


def _one_of(towns: list[Town]) -> Meaning:
    towns = _distinct(towns)
    return ZoneInfo(towns[0].zone) if len(towns) == 1 else tuple(towns)


def _of_areas(areas: Iterable[str], towns: Iterable[Town] = ()) -> Meaning:
    """The zone of countries or states, and of towns that may be meant as well."""
    of_areas = _towns(fields for area in areas for fields in gazetteer.records(f"@{area}"))
    return _one_of([*towns, *of_areas])


def _largest(towns: list[Town]) -> Meaning:
    """The zone of the town that is meant."""
    if not towns:
        return None
    largest, *others = _distinct(towns)
    if not others or largest.population >= 2 * others[0].population:
        return ZoneInfo(largest.zone)
    return tuple(sorted(towns, reverse=True))


def _distinct(towns: list[Town]) -> list[Town]:
    """The largest town of each time, in the order of their size; the first zone stands for its time."""
    if len({town.zone for town in towns}) == 1:
        return [max(towns)]
    by_clock: dict[tuple[timedelta | None, ...], Town] = {}
    for town in towns:
        known = by_clock.setdefault(_clock(town.zone), town)
        if town.population > known.population:
            by_clock[_clock(town.zone)] = town
    return sorted(by_clock.values(), key=lambda town: -town.population)


@lru_cache(1024)  # more zones than there are
def _clock(zone: str) -> tuple[timedelta | None, ...]:
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
    """The shortest way to ask for this town, or for its zone."""
    area = town.country if town.country == "GB" else town.region or town.country
    for name in (town.name, f"{town.name} {area}", f"{town.name} {area} {town.country}"):
        meaning = _meaning(name)
        if isinstance(meaning, ZoneInfo) and _clock(meaning.key) == _clock(town.zone):
            return name
    return town.zone


def _kinds(records: Iterable[str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {"Z": [], "C": [], "R": [], "T": [], "A": []}
    for record in records:
        kinds[record[0]].append(record[2:])
    return kinds


def _towns(records: Iterable[str]) -> list[Town]:
    return [gazetteer.town(fields) for fields in records]
