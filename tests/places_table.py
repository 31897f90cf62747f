"""Reads the whole table of places, for tests and benchmarks."""

import zlib
from functools import lru_cache
from importlib import resources


@lru_cache(1)
def rows() -> dict[str, list[str]]:
    """The records of each key, in the order of the table."""
    packed = resources.files("twisted_date.dates") / "data" / "places.txt.z"
    lines = zlib.decompress(packed.read_bytes()).decode().strip("\n").split("\n")
    return {key: listed.split(";") for key, _, listed in (line.partition("\t") for line in lines)}
