"""The table of places: what is called what.

It is made by ``tools/build_places.py``, which names its sources. It is text, packed by zlib: a line for each
key (:func:`.spelling.key`), in order, with a tab and records between semicolons. The fields of a record stand
between bars.

=========== ==========================================================================================
line        records
=========== ==========================================================================================
``tokyo``   ``Z|zone|name`` an exemplar city; ``C|country``; ``R|country.region``; ``T|town`` by its main
            name; ``A|town`` by another
``@US``,    the towns that stand for the zones of a country or region, most people first; a town is
``@US.CA``  ``population|country|region|zone|name``
``$ca``     the countries and regions of this code
``#cst``    the towns that stand for an abbreviation of a zone, or its offset in minutes
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

    :param population: 0 where it is not known.
    :param country: ISO 3166's two letters.
    :param region: the code of a state or province that people name with it; often nothing.
    :param zone: the IANA name.
    :param name: as GeoNames writes it.
    """

    population: int
    country: str
    region: str
    zone: str
    name: str


def town(fields: str) -> Town:
    """The town in a record."""
    population, *others = fields.split("|")
    return Town(int(population), *others)


@lru_cache(1024)  # a request with many words looks for the same few again and again
def records(key: str) -> tuple[str, ...]:
    """What the table says under this key; nothing where it does not have it."""
    table = _table()
    line = b"%b\t" % key.encode()
    start = _first(table, line)
    if not table.startswith(line, start):
        return ()
    return tuple(table[start + len(line) : table.index(b"\n", start)].decode().split(";"))


def largest(prefix: str, kind: str, count: int) -> list[Town]:
    """The largest towns among the records of a kind whose keys begin so, each of them once."""
    table = _table()
    found = re.compile(rb"[\t;]%b\|([0-9]+)\|" % kind.encode()).finditer(
        table, *_range(table, prefix.encode())
    )
    towns: dict[Town, None] = {}
    for match in heapq.nlargest(2 * count, found, key=lambda match: int(match[1])):
        end = min(table.index(b"\n", match.start()), table.find(b";", match.start() + 1) % len(table))
        towns[town(table[match.start() + 3 : end].decode())] = None
    return list(towns)[:count]


def _range(table: bytes, prefix: bytes) -> tuple[int, int]:
    """Where the lines are that begin so."""
    return _first(table, prefix), _first(table, prefix + b"\xff")


def _first(table: bytes, begins: bytes) -> int:
    """Where the first line starts that is not before these bytes."""
    low, high = 1, len(table)  # starts of lines, but that the last may be the end
    while low < high:
        start = table.rindex(b"\n", 0, (low + high) // 2) + 1
        end = table.index(b"\n", start)
        if table[start:end] < begins:
            low = end + 1
        else:
            high = start
    return low


@lru_cache(1)
def _table() -> bytes:
    """All of it, with a line end in front. It takes 25 ms and 6 MB, and is read when first asked for."""
    return zlib.decompress((resources.files(__package__) / "data" / "places.txt.z").read_bytes())
