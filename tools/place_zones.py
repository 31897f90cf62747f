"""What zones are called: their abbreviations, and the names of CLDR and of people, as rows of the table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

from tools.place_names import ABBREVIATIONS
from tools.place_rows import Rows, Town, enter, zone_list

SAMPLES = [datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(days=20 * i) for i in range(19)]

# RFC 5322, section 4.3: in hours from UTC. GNU date reads them so, too.
RFC_5322 = {
    **{"UT": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5},
    **{"MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
}

# What Americans call their zones, in English and in French, in front of "time" and behind "heure"
AMERICAN = {
    "America_Eastern": ("Eastern", "de l’Est"),
    "America_Central": ("Central", "du Centre"),
    "America_Mountain": ("Mountain", "des Rocheuses"),
    "America_Pacific": ("Pacific", "du Pacifique"),
    "Atlantic": ("Atlantic", "de l’Atlantique"),
    "Alaska": ("Alaska", "de l’Alaska"),
    "Hawaii": ("Hawaii", "d’Hawaï"),
}
# Australians call theirs so, too
AUSTRALIAN = {"Australia_Eastern": "Eastern", "Australia_Central": "Central"}

FORMS = {
    "generic": ("{}", "{} Time", "heure {}"),
    "standard": ("{} Standard Time", "heure normale {}"),
    "daylight": ("{} Daylight Time", "heure avancée {}", "heure d’été {}"),
}

# The zone that stands for all in which a name of CLDR is used, where that is not the one of most people
FIRST_ZONES = {"GMT": "GMT", "Europe_Western": "Europe/Lisbon"}
# Zones that have this name in winter, too, which is not theirs alone
GREENWICH = ("Greenwich Mean Time", "heure moyenne de Greenwich")
# Names that are used where clocks are changed and where they are not, by many people both
SEVERAL_TIMES = ("Australia_Eastern", "Australia_Central")

# The languages whose dates are read back
SPOKEN = ("en", "fr", "en_GB", "en_AU")

Clock = tuple[tuple[str, timedelta], ...]


def clock(zone: str) -> Clock:
    """Abbreviation and offset, through the year."""
    local = [moment.astimezone(ZoneInfo(zone)) for moment in SAMPLES]
    return tuple((moment.tzname() or "", moment.utcoffset() or timedelta()) for moment in local)


def offsets(zone: str) -> tuple[timedelta, ...]:
    """The offsets through the year."""
    return tuple(offset for _, offset in clock(zone))


def canonical_zones() -> dict[str, list[str]]:
    """The zones of each country, as the zone data has them."""
    zones = defaultdict(list)
    for line in (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones[country].append(zone)
    return zones


def all_zones() -> list[str]:
    """All of these, in order."""
    return sorted({zone for listed in canonical_zones().values() for zone in listed})


def add_abbreviations(rows: Rows, towns: list[Town]) -> None:
    """Enter what zones are called for short, where that is letters.

    As an offset in minutes where RFC 5322 gives it or where all of them mean the same; and as the towns to
    choose from.
    """
    told_by: dict[str, set[timedelta]] = defaultdict(set)
    zones: dict[str, dict[Clock, set[str]]] = defaultdict(lambda: defaultdict(set))
    for zone in all_zones():
        told = clock(zone)
        for name, offset in told:
            if name.isalpha():
                told_by[name].add(offset)
                zones[name][told].add(zone)
    for name, clocks in zones.items():
        if name in RFC_5322:
            rows[f"#{name.lower()}"].add(";".join([str(RFC_5322[name] * 60), *others(name, zones, towns)]))
        elif len(told_by[name]) == 1 and any(len(set(told)) > 1 for told in clocks):
            (offset,) = told_by[name]
            rows[f"#{name.lower()}"].add(str(int(offset.total_seconds()) // 60))
        else:
            listed = [first_town(towns, same) for same in clocks.values()]
            listed = listed if len(told_by[name]) > 1 else listed[:1]
            rows[f"#{name.lower()}"].add(";".join(sorted(listed, key=lambda town: -int(town.split("|")[0]))))
    rows["#ut"].add("0")
    for name, said in ABBREVIATIONS.items():
        rows[f"#{name.lower()}"].add(";".join(first_town(towns, [zone]) for zone in said))


def others(name: str, zones: dict[str, dict[Clock, set[str]]], towns: list[Town]) -> list[str]:
    """The towns whose clocks are called so with another offset than RFC 5322's, the largest of each time."""
    offset = timedelta(hours=RFC_5322[name])
    return [
        first_town(towns, same)
        for told, same in sorted(zones[name].items())
        if any(called == name and east != offset for called, east in told)
    ]


def first_town(towns: Iterable[Town], zones: Iterable[str]) -> str:
    """The largest town of the zone of most people."""
    zones = set(zones)
    return zone_list((town for town in towns if town.zone in zones), zones).split(";")[0]


def add_long_names(rows: Rows, towns: list[Town]) -> None:
    """Enter the names of CLDR and those that Americans and Australians have for their zones."""
    by_name = defaultdict(list)
    for zone in all_zones():
        if name := name_in_cldr(zone):
            by_name[name].append(zone)
    for name, zones in by_name.items():
        for language in SPOKEN:
            add_names(rows, name, Locale.parse(language).meta_zones.get(name, {}))
        for said in AMERICAN.get(name, ()):
            for form, patterns in FORMS.items():
                for pattern in patterns:
                    if pattern.startswith("heure") == said.startswith("d"):
                        enter(rows, pattern.format(said), f"N|{name}|{form}")
        rows[f"%{name.lower()}"].add(
            ";".join(first_town(towns, same) for same in meanings(name, zones, towns))
        )
    for zone in sorted(available_timezones()):
        if name := name_in_cldr(zone):
            rows[f"&{name.lower()}"].add(zone)
    for zone in ("Etc/UTC", "Europe/London", "Europe/Dublin"):  # which have names of their own
        for language in SPOKEN:
            add_names(rows, zone, Locale.parse(language).time_zones.get(zone, {}))
        rows[f"&{zone.lower()}"].add(zone)
        rows[f"%{zone.lower()}"].add(first_town(towns, [zone]))
    for name, said in AUSTRALIAN.items():
        for form, patterns in FORMS.items():
            for pattern in patterns:
                if not pattern.startswith("heure"):
                    enter(rows, pattern.format(said), f"N|{name}|{form}")


def add_names(rows: Rows, zone: str, names: Mapping[str, Any]) -> None:
    """Enter the long and the short names that CLDR has for a zone or for several zones."""
    for length in ("long", "short"):
        for form, text in names.get(length, {}).items():
            is_other = text.upper() in RFC_5322 or f"${text.lower()}" in rows  # a code, as ACT
            is_other = is_other or (text in GREENWICH and zone != "GMT")
            if not is_other and (length == "long" or text.isalpha()):
                enter(rows, text, f"N|{zone}|{form}")


def name_in_cldr(zone: str) -> str | None:
    """What CLDR calls the zone, as in ``Europe_Central``."""
    names, aliases = get_global("meta_zones"), get_global("zone_aliases")
    canonical = str(aliases.get(zone, zone))
    ids = [zone, canonical, *(str(old) for old, new in aliases.items() if str(new) == canonical)]
    return next((str(names[id_]) for id_ in ids if id_ in names), None)


def meanings(name: str, zones: list[str], towns: list[Town]) -> list[list[str]]:
    """The zones that a name may mean: one list for each time.

    Where the name has a form for summer, the zones that change their clocks.
    """
    if name in FIRST_ZONES:
        return [[FIRST_ZONES[name]]]
    changes = "daylight" in Locale("en").meta_zones.get(name, {}).get("long", {})
    listed = [zone for zone in zones if len(set(offsets(zone))) > 1] if changes else zones
    if name in SEVERAL_TIMES:
        listed = zones
    by_offsets = defaultdict(list)
    for zone in listed or zones:
        by_offsets[offsets(zone)].append(zone)
    people = {zone: sum(town.population for town in towns if town.zone == zone) for zone in zones}
    ranked = sorted(by_offsets.values(), key=lambda same: -sum(people[zone] for zone in same))
    return ranked if name in SEVERAL_TIMES else ranked[:1]
