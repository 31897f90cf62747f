"""What was measured, as text and as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence

from .once import Compared
from .phrases import NUMBER, Phrases
from .processes import Together
from .serving import PEERS, Row

COLUMNS = ("server µs", "a second", "p50 µs", "p99 µs", *(f"/ {peer}" for peer in PEERS))


def as_text(
    facts: Mapping[str, str],
    rows: Sequence[Row],
    compared: Sequence[Compared],
    readers: Sequence[Phrases],
    together: Sequence[Together],
) -> str:
    """A heading and four tables."""
    return "\n".join(
        [
            *(f"{name}: {what}" for name, what in facts.items()),
            "",
            *_serving(rows),
            "",
            *_compared(compared),
            "",
            *_readers(readers),
            "",
            *_together(together),
        ]
    )


def as_json(
    facts: Mapping[str, str],
    rows: Sequence[Row],
    compared: Sequence[Compared],
    readers: Sequence[Phrases],
    together: Sequence[Together],
) -> str:
    """The same for programs."""
    told = {
        "machine": dict(facts),
        "serving": [row.as_json() for row in rows],
        "once": [one.as_json() for one in compared],
        "phrases": [one.as_json() for one in readers],
        "processes": [one.as_json() for one in together],
    }
    return json.dumps(told, indent=1) + "\n"


def _serving(rows: Iterable[Row]) -> Iterable[str]:
    yield "".join((f"{'':28}{'under way':>10}", *(f"{column:>11}" for column in COLUMNS)))
    for row in rows:
        ratios = (f"{row.ratios[peer]:.2f}" if peer in row.ratios else "" for peer in PEERS)
        median = row.median
        numbers = (
            f"{median.cpu:.2f}",
            *(f"{number:.0f}" for number in (median.rate, median.p50, median.p99)),
        )
        yield "".join((f"{row.system:28}{row.load:>10}", *(f"{text:>11}" for text in (*numbers, *ratios))))


def _compared(compared: Iterable[Compared]) -> Iterable[str]:
    yield f"{'':48}{'datechat':>12}{'beside':>12}{'ratio':>8}"
    for one in compared:
        beside = "" if one.beside is None else f"{one.beside:12.4g}{one.datechat / one.beside:8.2f}"
        yield f"{one.what + ', ' + one.unit:48}{one.datechat:12.4g}{beside}"


def _readers(readers: Iterable[Phrases]) -> Iterable[str]:
    heading = f"moments in words, {NUMBER} different ones"
    yield f"{heading:48}{'read':>8}{'new µs':>10}{'repeated':>10}{'datechat /':>12}"
    for one in readers:
        yield f"{one.reader:48}{one.is_read:8}{one.new:10.1f}{one.repeated:10.1f}{one.ratio:12.2f}"


def _together(together: Iterable[Together]) -> Iterable[str]:
    yield f"{'processes, all processors shared with the load':48}{'a second':>12}{'server µs':>12}"
    for one in together:
        yield f"{one.processes:<48}{one.rate:12.0f}{one.cpu:12.2f}"
