"""Finds zones by what they are called: abbreviations, and names such as Eastern Time or heure de l'Est."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from . import gazetteer, zones
from .context import Context
from .gazetteer import Town
from .homonyms import distinct, samples
from .zone_data import cached

# What a name may mean: a zone; or several, each by a town or by what can be typed
Zones = tzinfo | tuple[Town | str, ...]


_RFC_5322 = {"UT", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"}


def is_in_rfc_5322(name: str) -> bool:
    """Whether section 4.3 of RFC 5322 says what this abbreviation means."""
    return name.upper() in _RFC_5322


def by_abbreviation(name: str, context: Context) -> Zones | None:
    """The zone that is called so for short; None for another name.

    The names of RFC 5322 have its meaning, unless the clocks of the conversation's own zone are called so,
    and tell another time.
    """
    offset, listed = _meanings(name)
    if offset is None:
        return one_time(listed, context.year) if listed else None
    zone = _with_this_name(name, offset)
    own = _own_offsets(context.home, context.year).get(name.upper(), {offset})
    if own == {offset} or not is_in_rfc_5322(name):
        return zone
    return f"UTC{zones.display_name(zones.fixed(offset))}", zones.display_name(context.home)


def towns(name: str) -> list[Town]:
    """The towns that represent the zones that are called so for short; or the zone with the one offset."""
    offset, listed = _meanings(name)
    if offset is None:
        return listed
    key = zones.display_name(zones.fixed(offset))
    return [Town(0, "", "", key, key)]


def other_meanings(name: str) -> tuple[str, ...]:
    """The towns whose clocks are called so with another offset than in RFC 5322, which decides."""
    return tuple(town.name for town in _meanings(name)[1]) if is_in_rfc_5322(name) else ()


def _meanings(name: str) -> tuple[timedelta | None, list[Town]]:
    """The offset of an abbreviation, if it has one, and the towns of its other meanings."""
    records = gazetteer.records(f"#{name.lower()}") if name.isalpha() else ()
    listed = [gazetteer.town(fields) for fields in records if "|" in fields]
    return None if len(listed) == len(records) else timedelta(minutes=int(records[0])), listed


def _with_this_name(name: str, east: timedelta) -> tzinfo:
    """The zone with this constant offset; under this name, where IANA's data has it."""
    zone = zones.by_name(name)
    return zones.fixed(east) if zone is None or zone.utcoffset(datetime(2000, 7, 1)) != east else zone


@cached(64)
def _own_offsets(home: tzinfo, year: int) -> dict[str, set[timedelta]]:
    """The offsets of a zone in this year, by its abbreviations."""
    told: dict[str, set[timedelta]] = {}
    for moment in samples(year):
        local = moment.astimezone(home)
        told.setdefault(local.tzname() or "", set()).add(local.utcoffset() or timedelta())
    return told


def own_zone(name: str, records: Sequence[str], context: Context) -> tzinfo | None:
    """The zone of the conversation, where its clocks are called so at some time of the year; or else None.

    Names that RFC 5322 has are not its own.
    """
    if is_in_rfc_5322(name):
        return None
    if name.upper() in _own_offsets(context.home, context.year):
        return context.home
    own = zones.iana_name(context.home)
    named = [record.split("|")[1:] for record in records if record[0] == "N"]
    first = named[0][0] if named else ""
    is_sure = any(zone == first and form != "generic" for zone, form in named)
    return context.home if is_sure and own in gazetteer.records(f"&{first.lower()}") else None


def in_output_of_date(name: str, context: Context) -> bool:
    """Whether the clocks of the conversation's zone are called so, as ``date`` writes it: CST, or -03."""
    return name.upper() in _own_offsets(context.home, context.year)


def by_long_name(records: Sequence[str], context: Context) -> Zones | None:
    """The zone with this name; None where the records have none.

    Where the conversation's own zone has this name, and other clocks than the zone that is meant elsewhere,
    both are returned.
    """
    named = [record.split("|")[1:] for record in records if record[0] == "N"]
    if not named:
        return None
    (first, _), *others = named
    meanings = [gazetteer.town(fields) for fields in gazetteer.records(f"%{first.lower()}")]
    home = zones.iana_name(context.home)
    is_own = home in gazetteer.records(f"&{first.lower()}")
    if home is None or not (
        is_own or any(home in gazetteer.records(f"&{name.lower()}") for name, _ in others)
    ):
        return one_time(meanings, context.year)
    if is_own and len(meanings) > 1:
        return context.home
    own = Town(0, "", "", home, home)
    return one_time([*meanings, own], context.year)


def one_time(towns: Sequence[Town], year: int) -> Zones:
    """The zone of towns that all have the same time; otherwise the largest town of each time."""
    told = distinct(towns, year)
    return ZoneInfo(told[0].zone) if len(told) == 1 else tuple(told)
