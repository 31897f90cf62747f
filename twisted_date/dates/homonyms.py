"""Decides between places of one name: towns, the cities that everybody knows, countries and states.

In the order in which they win:

1. The towns of the country that the language of the conversation prefers, unless one elsewhere is far larger,
   a capital or an exemplar city of CLDR.
2. An exemplar city or a country, unless another bearer of the name has a tenth of its people.
3. A state or province, unless there is a great city of that name.
4. A town twice as large as the next one, among those that are spelled as the name was typed.

Bearers that tell the same time through the year count as one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from . import gazetteer, spelling
from .context import Context
from .gazetteer import Town
from .zone_data import cached

# Inhabitants of a city that wins over a state of the same name, as Washington does, or competes with it
_GREAT, _NOTABLE = 500_000, 100_000
# A town this many times as large wins by another name over main names, as Pékin does over Pekin in Illinois
_FAR_LARGER = 50
# A city of CLDR or a country loses to others this many times as large, and competes with smaller ones
_RIVAL = 10
# Towns elsewhere this many times as large are not passed over for those of the preferred country
_TOO_LARGE = 5


class Bearer(NamedTuple):
    """A place of the name.

    :param people: its inhabitants.
    :param towns: those that represent its zones.
    """

    people: int
    towns: Sequence[Town]


def decide(typed: str, records: Sequence[str], context: Context) -> list[Town]:
    """The towns that a name may mean, one for each time; one town for a name with one meaning.

    :param typed: the name as it was typed.
    :param records: what the table has under its key.
    """
    kinds = kinds_of(records)
    if kinds["H"]:
        return kinds["H"][:1]
    if preferred := _of_the_country(kinds, _fields(records, "K"), context.preferences.country):
        return largest(preferred, context.year)
    regions = [_area(fields) for fields in _fields(records, "R")]
    leaders = [Bearer(town.population, [town]) for town in kinds["Z"]]
    leaders += [_area(fields) for fields in _fields(records, "C")]
    towns = [Bearer(town.population, [town]) for town in kinds["T"]]
    if leaders and (winners := _leading(leaders, [*leaders, *regions, *towns])):
        most = max(leader.people for leader in leaders)
        larger = [town for town in kinds["A"] if town.population > most]  # Grenade is Granada in French
        return distinct([*winners, *larger], context.year)
    return _among_towns(typed, kinds, regions, context.year)


def kinds_of(records: Iterable[str]) -> dict[str, list[Town]]:
    """The towns of the records of each kind."""
    kinds: dict[str, list[Town]] = {"H": [], "Z": [], "T": [], "A": []}
    for record in records:
        if record[0] in kinds:
            kinds[record[0]].append(gazetteer.town(record[2:]))
    return kinds


def _fields(records: Iterable[str], kind: str) -> list[str]:
    return [record[2:] for record in records if record[0] == kind]


def _area(fields: str) -> Bearer:
    """A country or region, from its code and its people."""
    code, people = fields.split("|")
    return Bearer(int(people), representatives(code))


def representatives(area: str) -> list[Town]:
    """The towns that represent the zones of a country or region."""
    return [gazetteer.town(fields) for fields in gazetteer.records(f"@{area}")]


def _leading(leaders: Sequence[Bearer], bearers: Sequence[Bearer]) -> list[Town]:
    """The towns of the largest leader and of its rivals; empty where it is small beside another bearer."""
    first = max(leader.people for leader in leaders)
    if max(bearer.people for bearer in bearers) >= _RIVAL * max(first, 1):
        return []
    return [town for bearer in bearers if bearer.people * _RIVAL >= first for town in bearer.towns]


def _of_the_country(
    kinds: dict[str, list[Town]], capital_of: Sequence[str], country: str | None
) -> list[Town]:
    """The towns in the preferred country, unless the name is better known elsewhere."""
    own = [town for town in kinds["T"] if town.country == country]
    others = [town for town in kinds["T"] if town.country != country]
    famous = {*capital_of, *(town.country for town in kinds["Z"])}
    if not own or famous - {country}:
        return []
    most = _TOO_LARGE * max(own).population
    return own if all(town.population <= most for town in others) else []


def _among_towns(
    typed: str, kinds: dict[str, list[Town]], regions: Sequence[Bearer], year: int
) -> list[Town]:
    towns = spelled_so(typed, kinds["T"])
    most = max((town.population for town in towns), default=0)
    if regions and most < _GREAT:
        listed = [town for region in regions for town in region.towns]
        return distinct([*listed, *(towns if most >= _NOTABLE else [])], year)
    others = kinds["A"]
    if towns and others and max(others).population >= _FAR_LARGER * max(towns).population:
        return largest(others, year)
    return largest(towns or others, year)


def spelled_so(typed: str, towns: list[Town]) -> list[Town]:
    """The towns whose very own name was typed, as St. Louis, and not Saint-Louis; all, where none is.

    Accents do not matter, and neither does the spelling where another town is far larger.
    """
    own = [town for town in towns if spelling.plain(town.name) == spelling.plain(typed)]
    if own and max(towns).population < _RIVAL * max(own).population:
        return own
    return towns


def largest(towns: Sequence[Town], year: int) -> list[Town]:
    """The largest town, or all towns when one with another time is more than half as large."""
    if not towns:
        return []
    first, *others = distinct(towns, year)
    if not others or first.population >= 2 * others[0].population:
        return [first]
    return sorted(towns, reverse=True)


def distinct(towns: Sequence[Town], year: int) -> list[Town]:
    """The largest town of each different time, largest first."""
    if len({town.zone for town in towns}) == 1:
        return [max(towns)]
    by_offsets: dict[tuple[timedelta | None, ...], Town] = {}
    for town in towns:
        known = by_offsets.setdefault(offsets(town.zone, year), town)
        if town.population > known.population:
            by_offsets[offsets(town.zone, year)] = town
    return sorted(by_offsets.values(), key=lambda town: -town.population)


@cached(2048)  # more than the number of zones, in two years
def offsets(zone: str, year: int) -> tuple[timedelta | None, ...]:
    """The offsets of a zone through a year, half a year before it, and half a year after it."""
    info = ZoneInfo(zone)
    return tuple(moment.astimezone(info).utcoffset() for moment in samples(year))


@lru_cache(2)
def samples(year: int) -> list[datetime]:
    """Moments in this year, half a year before it, and half a year after it."""
    first = datetime(min(max(year, 2), 9997) - 1, 7, 1, tzinfo=timezone.utc)
    return [first + timedelta(days=days) for days in range(0, 731, 10)]
