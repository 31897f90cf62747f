"""The table of places, by name.

``tools/build_places.py`` builds the table, and names its sources. It is text compressed by zlib, with one
line for each key (:func:`.spelling.key`), sorted. A line is the key, a tab, and records separated by
semicolons; bars separate the fields of a record.

=========== ==========================================================================================
line        records
=========== ==========================================================================================
``tokyo``   ``Z|zone|name`` for an exemplar city; ``C|country``; ``R|country.region``; ``T|town`` by its
            main name; ``A|town`` by another name
``@US``,    the towns that represent the zones of a country or region, largest first; a town is
``@US.CA``  ``population|country|region|zone|name``
``$ca``     the countries and regions with this code
``#cst``    the towns that represent the meanings of a zone abbreviation, or its offset in minutes
=========== ==========================================================================================
"""

import heapq
import re
import zlib
from functools import lru_cache
from importlib import resources
from typing import NamedTuple


class Town(NamedTuple):
    """A town.

    :param population: the number of inhabitants; 0 when unknown.
    :param country: the two-letter code of ISO 3166.
    :param region: the code of the state or province with which people name the town; often empty.
    :param zone: the IANA name of its zone.
    :param name: its name in GeoNames.
    """

    population: int
    country: str
    region: str
    zone: str
    name: str


def town(fields: str) -> Town:
    """Parse the fields of a record into a town."""
    population, *others = fields.split("|")
    return Town(int(population), *others)


@lru_cache(1024)  # parsing a request looks up the same few keys repeatedly
def records(key: str) -> tuple[str, ...]:
    """The records of this key; empty when the table does not have the key."""
    table = _table()
    line = b"%b\t" % key.encode()
    start = _first(table, line)
    if not table.startswith(line, start):
        return ()
    return tuple(table[start + len(line) : table.index(b"\n", start)].decode().split(";"))


def largest(prefix: str, kind: str, count: int) -> list[Town]:
    """The largest towns under the keys with this prefix, largest first and without duplicates.

    :param kind: the kind of record: ``T`` or ``A``.
    :param count: the maximum number of towns.
    """
    table = _table()
    matches = re.compile(rb"[\t;]%b\|([0-9]+)\|" % kind.encode()).finditer(
        table, *_range(table, prefix.encode())
    )
    towns: dict[Town, None] = {}
    for match in heapq.nlargest(2 * count, matches, key=lambda match: int(match[1])):
        end = min(table.index(b"\n", match.start()), table.find(b";", match.start() + 1) % len(table))
        towns[town(table[match.start() + 3 : end].decode())] = None
    return list(towns)[:count]


def _range(table: bytes, prefix: bytes) -> tuple[int, int]:
    """The start and the end of the lines with this prefix."""
    return _first(table, prefix), _first(table, prefix + b"\xff")


def _first(table: bytes, beginning: bytes) -> int:
    """The start of the first line that does not sort before these bytes."""
    low, high = 1, len(table)  # both are starts of lines; high may also be the end of the table
    while low < high:
        start = table.rindex(b"\n", 0, (low + high) // 2) + 1
        end = table.index(b"\n", start)
        if table[start:end] < beginning:
            low = end + 1
        else:
            high = start
    return low


@lru_cache(1)
def _table() -> bytes:
    """The whole table, with a line feed in front. It takes 25 ms and 6 MB, and is loaded on first use."""
    return zlib.decompress((resources.files(__package__) / "data" / "places.txt.z").read_bytes())
