"""The names that are hinted at where one was nearly right, as rows of the table: each without a letter."""

from collections.abc import Iterable

from tools.place_rows import Rows
from twisted_date.dates.spelling import key

GREAT = 300_000  # people of a town that is hinted at
SHORTEST = 5  # letters: shorter names have too many neighbours


def add_hints(rows: Rows, areas: Iterable[str]) -> None:
    """Enter the names of cities, great towns, countries and states without each of their letters.

    :param areas: the names of countries and states.
    """
    for name in [name for name, records in rows.items() if is_hinted(name, records)]:
        for place, letter in enumerate(name):
            rows[without(name, place)].add(f"{place}{letter}")
    for area in areas:
        if len(name := key(area)) >= SHORTEST:
            for row in (f"~{name}", *(without(name, place) for place in range(len(name)))):
                rows[row].add(f"={area}")


def is_hinted(name: str, records: Iterable[str]) -> bool:
    """Whether this is the name of a city or of a great town."""
    return (
        len(name) >= SHORTEST
        and name[0].isalpha()
        and any(
            record[0] in "HZ" or (record[0] == "T" and int(record.split("|")[1]) >= GREAT)
            for record in records
        )
    )


def without(name: str, place: int) -> str:
    """The row of a name without one of its letters."""
    return f"~{name[:place]}{name[place + 1 :]}"
