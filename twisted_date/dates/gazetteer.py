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
``!sfo``    ``L|zone`` for the airport, or those of a city, with this code; ``W`` where it is a word
``~tokio``  what names without one of their letters lack: its place and the letter, ``3y``; ``=Name`` of
            a country or state
``^pa``     the towns of a search for this beginning, where many lines have it
=========== ==========================================================================================
"""

import heapq
import re
import zlib
from bisect import bisect_left
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

MAX_FOUND = 10  # towns in a search
_SHORTEST = 3  # letters from which a search includes other names: fewer letters match too many
_BLOCK = 1024  # bytes between two entries of the index, about twenty lines


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


class Table:
    """A table of places.

    :param text: its lines, each with a line feed behind it, and one in front of all.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = [1]
        while 0 < (end := text.find(b"\n", self._starts[-1] + _BLOCK)) < len(text) - 1:
            self._starts.append(end + 1)
        self._beginnings = [text[start : text.find(b"\t", start) + 1] for start in self._starts]

    def records(self, key: str) -> tuple[str, ...]:
        """The records of this key; empty when the table does not have the key."""
        line = b"\n%b\t" % key.encode()
        start, end = self._block(line[1:])
        found = self._text.find(line, start - 1, end - 1 + len(line))
        if found < 0:
            return ()
        start = found + len(line)
        return tuple(self._text[start : self._text.index(b"\n", start)].decode().split(";"))

    def largest(self, prefix: str, kind: str, count: int) -> list[Town]:
        """The largest towns under the keys with this prefix, largest first and without duplicates.

        :param kind: the kind of record: ``T`` or ``A``.
        :param count: the maximum number of towns.
        """
        text, start = self._text, prefix.encode()
        matches = re.compile(rb"[\t;]%b\|([0-9]+)\|" % kind.encode()).finditer(
            text, self._first(start), self._first(start + b"\xff")
        )
        towns: dict[Town, None] = {}
        for match in heapq.nlargest(2 * count, matches, key=lambda match: int(match[1])):
            end = min(text.index(b"\n", match.start()), text.find(b";", match.start() + 1) % len(text))
            towns[town(text[match.start() + 3 : end].decode())] = None
        return list(towns)[:count]

    def search(self, prefix: str) -> list[Town]:
        """The towns whose names have this beginning, at most :data:`MAX_FOUND`.

        First those by their main names, largest first; if these are too few and the prefix is long enough,
        then those by other names. For beginnings of many names the result is in the table.
        """
        if listed := self.records(f"^{prefix}"):
            return [town(fields) for fields in listed]
        towns = self.largest(prefix, "T", MAX_FOUND) if prefix else []
        if len(towns) < MAX_FOUND and len(prefix) >= _SHORTEST:
            towns += self.largest(prefix, "A", MAX_FOUND - len(towns))
        return towns

    def _first(self, beginning: bytes) -> int:
        """The start of the first line that does not sort before these bytes."""
        start, end = self._block(beginning)
        lines = self._text[start:end].split(b"\n")[:-1]
        return start + sum(len(line) + 1 for line in lines[: bisect_left(lines, beginning)])

    def _block(self, beginning: bytes) -> tuple[int, int]:
        """The block of lines in which the first that does not sort before these bytes is, or right behind."""
        block = bisect_left(self._beginnings, beginning)
        start = self._starts[max(0, block - 1)]
        return start, self._starts[block] if block < len(self._starts) else len(self._text)


@lru_cache(1024)  # parsing a request looks up the same few keys repeatedly
def records(key: str) -> tuple[str, ...]:
    """The records of this key in the table; empty when it does not have the key."""
    return table().records(key)


def search(prefix: str) -> list[Town]:
    """The towns in the table whose names have this beginning: see :meth:`Table.search`."""
    return table().search(prefix)


@lru_cache(1)
def table() -> Table:
    """The whole table. It takes 30 ms and 7 MB, and is loaded on first use."""
    packed = (resources.files(__package__) / "data" / "places.txt.z").read_bytes()
    return Table(zlib.decompress(packed))
