"""Finds the zones of places by the names that people use.

The first of these sources that knows a name decides: zone abbreviations of RFC 5322, IANA names, offsets,
other abbreviations, names of zones, codes of countries and states, of airports in capitals, and names of
places (:mod:`.homonyms` decides between several); and then codes of airports in small letters behind a
preposition, and names without an article. A country or a state may follow a name, and
selects the town there.

An ordinary word (``can``, ``turn``, ``reading``) is a place only with a capital where a preposition leads to
it, or with its diacritics, and what is called so for short only in capitals or right behind a time of day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from . import gazetteer, homonyms, spelling, zone_names, zones
from .context import Context
from .errors import DateError, Reason
from .gazetteer import MAX_FOUND, Town
from .zone_data import cached

MAX_CHOICES = 5  # in an error: as many as a person reads
MAX_LENGTH = 100  # characters of a name; the longest real ones have about 60

_CACHED = 1024  # names and searches in the caches: requests repeat the same few
MAX_WORDS = 8  # of a name with its country or state; also bounds the cost of a line of nonsense

_LONG_NAME = 5  # letters from which the name of a zone is no abbreviation
_CODE = re.compile("[A-Z]{2,3}")
_IATA = re.compile("[A-Za-z]{3}")
_GREAT = 100_000  # people of a town that may be meant as well as an airport whose code is its name
# No town has one in front of Saint: la Saint-Martin is a day
_ARTICLE = re.compile(r"(?:(?:the|le|la|les)\s+|l['’]\s*)(?!(?:saint|ste?)e?\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A match of a search.

    :param name: a name that :func:`zone_of` accepts.
    :param zone: the name of the zone, as from :func:`.zones.display_name`.
    """

    name: str
    zone: str


def zone_of(name: str, context: Context) -> tzinfo:
    """The zone of a place.

    :raises DateError: when the place is unknown, ambiguous (the value ``choices`` lists its meanings), or an
        impossible offset.
    """
    meaning = _meaning(name, context)
    if meaning is None:
        raise DateError(Reason.UNKNOWN_PLACE, place=name)
    if isinstance(meaning, tuple):
        raise DateError(Reason.AMBIGUOUS_PLACE, place=name, choices=_choices(meaning, context))
    return meaning


def zone_alone(name: str, context: Context) -> tzinfo:
    """The zone of a place where nothing else can stand: no name needs capitals.

    :raises DateError: as for :func:`zone_of`.
    """
    spellings = (name, name.title(), name.upper())
    return zone_of(next((text for text in spellings if _meaning(text, context) is not None), name), context)


def is_own_name(name: str, context: Context) -> bool:
    """Whether the clocks of the conversation's zone are called so, as date(1) writes it."""
    return zone_names.in_output_of_date(name, context)


def is_zone_or_city(name: str) -> bool:
    """Whether this is the name of a zone, of an exemplar city of CLDR, or one that was entered by hand."""
    article = _ARTICLE.match(name)
    key = spelling.key(name[article.end() :] if article else name)
    return any(record[0] in "HNZ" for record in gazetteer.records(key))


def is_name(name: str) -> bool:
    """Whether this is a name in the table, as a whole."""
    return bool(gazetteer.records(spelling.key(name)))


def is_one(name: str, context: Context) -> bool:
    """Whether this name means one place, where a preposition leads to it."""
    return isinstance(_meaning(name, context._replace(is_led=True)), tzinfo)


def is_area(name: str) -> bool:
    """Whether this is the name or the code of a country, state or province, and not of a large city, too."""
    kinds = {record[0] for record in gazetteer.records(spelling.key(name))}
    return (bool(_coded(name)) or bool(kinds & {"C", "R"})) and not kinds & set("HNZ")


def is_word_and_town(name: str) -> bool:
    """Whether this ordinary word is the very name of a town."""
    records = gazetteer.records(spelling.key(name))
    return _is_word(records) and any(town.name == name for town in homonyms.kinds_of(records)["T"])


def other_meanings(name: str) -> tuple[str, ...]:
    """The towns whose clocks are called so, too, and tell another time; empty for most names."""
    return zone_names.other_meanings(name)


def search(beginning: str, context: Context) -> tuple[PlaceMatch, ...]:
    """The places with this beginning: exact matches, then towns, largest first, then zones.

    :raises DateError: when the text is an impossible offset.
    """
    if len(beginning) > MAX_LENGTH:
        return ()
    name, key = beginning.strip(), spelling.key(beginning)
    matches: dict[str, str] = {}
    named = (PlaceMatch(zone, zone) for zone in zones.names_starting_with(name))
    for place in (*_exactly(name, key, context), *_beginning(key, context), *named):
        matches.setdefault(place.name, place.zone)
    return tuple(PlaceMatch(name, zone) for name, zone in list(matches.items())[:MAX_FOUND])


def _exactly(name: str, key: str, context: Context) -> list[PlaceMatch]:
    """The exact matches: towns, the towns of a country or a state, or a zone."""
    records = gazetteer.records(key)
    areas = [record.split("|")[1] for record in records if record[0] in "CR"]
    towns: Sequence[Town | str]
    if areas:
        towns = homonyms.distinct(homonyms.representatives(areas[0]), context.year)
    else:
        towns = sorted(homonyms.kinds_of(records)["T"], reverse=True)
    meaning = _meaning(name, context) if not towns and zones.by_name(name) is None else None
    if meaning is not None and not isinstance(meaning, tuple):
        return [PlaceMatch(name, zones.display_name(meaning))]
    return [_match(place, context) for place in (meaning or towns)[:MAX_FOUND]]


@cached(_CACHED)
def _beginning(key: str, context: Context) -> tuple[PlaceMatch, ...]:
    return tuple(_match(town, context) for town in gazetteer.search(key))


def _match(place: Town | str, context: Context) -> PlaceMatch:
    return PlaceMatch(_as_typed(place, context), place if isinstance(place, str) else place.zone)


# The meaning of a name: a zone, the choices of an ambiguous name, or nothing
Meaning = tzinfo | tuple[Town | str, ...] | None


@cached(_CACHED)
def _meaning(name: str, context: Context) -> Meaning:
    if len(name) > MAX_LENGTH:
        return None
    name = name.strip()
    words = spelling.words(name)
    if sum(map(len, words)) > MAX_LENGTH:  # some letters decompose into many
        return None
    meaning = _of_zone(name, words, context) or _of_place_or_airport(name, words, context)
    if meaning is None and (article := _ARTICLE.match(name)):
        name = name[article.end() :]
        return _of_place(name, spelling.words(name), context)
    return meaning


def _of_zone(name: str, words: list[str], context: Context) -> Meaning:
    """The meaning of what a zone is called."""
    records = gazetteer.records("".join(words))
    if context.is_behind_time or name.isupper() or not _is_word(records):
        named = None if zone_names.is_in_rfc_5322(name) else _iana(name, records, context)
        own = zone_names.own_zone(name, records, context)
        if (meaning := own or named or _abbreviation(name, context)) is not None:
            return meaning
    if (offset := zones.offset(name.upper() if context.is_behind_time else name)) is not None:
        return offset
    may_be_zone = context.is_led or context.is_behind_time
    if len(name) < _LONG_NAME:  # HER and TU are words in small letters
        may_be_zone = name.isupper()
    return zone_names.by_long_name(records, context) if may_be_zone or not _is_word(records) else None


def _of_place_or_airport(name: str, words: list[str], context: Context) -> Meaning:
    """The meaning of a name that is no zone's; in capitals, IATA's code of an airport comes before towns."""
    meaning, airport = _of_place(name, words, context), _airport(name, context)
    if airport is None or meaning is None:
        return airport if meaning is None else meaning
    records = gazetteer.records("".join(words))
    kinds = {record[0] for record in records}
    if not name.isupper():  # codes come before other names of towns: LON was one of Lognes
        return meaning if kinds & set("HZCRT") else airport
    if _coded(name) or kinds & set("HZCR"):
        return meaning
    great = [town for town in homonyms.kinds_of(records)["T"] if town.population >= _GREAT]
    others = [town for town in great if not _same_time(town.zone, airport.key, context.year)]
    return (*others, airport.key) if others else airport


def _airport(name: str, context: Context) -> ZoneInfo | None:
    """The zone of the airport or the city with this code of IATA.

    Small letters need a lead, and ordinary words need capitals, too.
    """
    if not _IATA.fullmatch(name) or not (context.is_led or name.isupper()):
        return None
    records = gazetteer.records(f"!{name.lower()}")
    if not records or ("W" in records and not (context.is_led and name.isupper())):
        return None
    return ZoneInfo(records[0].removeprefix("L|"))


def _iana(name: str, records: Sequence[str], context: Context) -> ZoneInfo | None:
    """The zone with this IANA name, except that ``Japan`` means the country, not the old zone name."""
    zone = zones.by_name(name)
    if zone is not None and "/" not in zone.key and {record[0] for record in records} & {"Z", "C"}:
        towns = homonyms.decide(name, records, context)
        return ZoneInfo(towns[0].zone) if len(towns) == 1 else zone
    return zone


def _abbreviation(name: str, context: Context) -> Meaning:
    """The meaning of an abbreviation; of a code as well, where no time of day stands in front."""
    meaning = zone_names.by_abbreviation(name, context)
    if meaning is None or context.is_behind_time or not (areas := _coded(name)):
        return meaning
    return zone_names.one_time([*zone_names.towns(name), *areas], context.year)


def _is_word(records: Iterable[str]) -> bool:
    """Whether the table has a name as an ordinary word."""
    return any(record[0] == "W" for record in records)


def _coded(name: str) -> list[Town]:
    """The towns that represent the countries and states with this code, which is in capitals."""
    if not _CODE.fullmatch(name):
        return []
    return [town for area in gazetteer.records(f"${name.lower()}") for town in homonyms.representatives(area)]


def _of_place(name: str, words: list[str], context: Context) -> Meaning:
    """The meaning of a code or of a name, with its country or state or without."""
    records = _named(words, context)
    kinds = {record[0] for record in records}
    if not kinds & {"H", "Z"} and (areas := _coded(name)):
        return zone_names.one_time(areas, context.year)
    may_be_place = records and _may_be_place(name, records, context)
    if may_be_place and (towns := homonyms.decide(name, records, context)):
        return _one_or_several(towns)
    return _of_name_with_area(name, words, context)


def _one_or_several(towns: Sequence[Town]) -> Meaning:
    return ZoneInfo(towns[0].zone) if len(towns) == 1 else tuple(towns)


def _named(words: list[str], context: Context) -> tuple[str, ...]:
    """What the table has under a name; nothing for one word that was typed as several, as "a man" (Amman)."""
    records = gazetteer.records("".join(words))
    return records if len(words) == 1 or context.is_led or "S" in records else ()


def _may_be_place(name: str, records: Sequence[str], context: Context) -> bool:
    """Whether a name can stand here: ordinary words need a preposition and a capital, or their diacritics."""
    if context.is_led:
        return not (name.islower() and _is_word(records))  # "in time" is no town
    for record in records:
        if record[0] == "W":
            is_code = name.isupper() and name.isascii() and any(record[0] in "HC" for record in records)
            is_own = name[:1].isupper() and not name.isascii() and name.casefold() not in record.split("|")
            return is_code or is_own
    return True


def _of_name_with_area(name: str, words: list[str], context: Context) -> Meaning:
    """The meaning of a name with its area, as in ``Springfield MO`` and ``Paris, Texas, USA``."""
    if len(words) > MAX_WORDS:
        return None
    in_capitals = name.rstrip(" .,").rpartition(" ")[2].isupper()
    for end in range(len(words) - 1, 0, -1):
        listed = _named(words[:end], context)
        if listed and (areas := _areas(words[end:])) and (in_capitals or not _is_word_code(words[-1])):
            kinds = homonyms.kinds_of(listed)
            for kind in "TA":
                if towns := [town for town in kinds[kind] if _is_within(areas, town.country, town.region)]:
                    return _one_or_several(homonyms.largest(towns, context.year))
            for region in (record.split("|")[1] for record in listed if record[0] == "R"):
                if _is_within(areas, *region.split(".")):
                    return zone_names.one_time(homonyms.representatives(region), context.year)
    return None


def _is_word_code(word: str) -> bool:
    """Whether a code is a word in other cases than capitals, as in ``come on``."""
    return "W" in gazetteer.records(f"${word}")


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
    named = (record.split("|")[1] for record in gazetteer.records(key) if record[0] in "CR")
    return {*gazetteer.records(f"${key}"), *named}


def _is_within(areas: list[set[str]], country: str, region: str) -> bool:
    return all({country, f"{country}.{region}"} & area for area in areas)


def _choices(meanings: Iterable[Town | str], context: Context) -> tuple[str, ...]:
    choices: dict[str, None] = {}
    for meaning in meanings:
        choices[_as_typed(meaning, context)] = None
        if len(choices) == MAX_CHOICES:
            break
    return tuple(choices)


def _as_typed(place: Town | str, context: Context) -> str:
    """The shortest name that finds this town, or else its zone."""
    if isinstance(place, str):
        return place
    area = place.country if place.country == "GB" else place.region or place.country
    for name in (place.name, f"{place.name} {area}", f"{place.name} {area} {place.country}"):
        meaning = _meaning(name, context)
        if isinstance(meaning, ZoneInfo) and _same_time(meaning.key, place.zone, context.year):
            return name
    return place.zone


def _same_time(first: str, second: str, year: int) -> bool:
    return homonyms.offsets(first, year) == homonyms.offsets(second, year)
