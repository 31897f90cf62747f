"""What places and moments in words cost: at first, then, and at worst.

python -m benchmarks.words
"""

import random
import statistics
import time
import tracemalloc
from contextlib import suppress
from zoneinfo import ZoneInfo

from tests.places_table import rows
from twisted_date.conversation.cache import ReplyCache
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.session import Session
from twisted_date.conversation.state import Defaults
from twisted_date.conversation.text import MAX_LINE
from twisted_date.dates import gazetteer, places
from twisted_date.dates.context import Context, year_of
from twisted_date.dates.errors import DateError

USUAL = (
    "/date",
    "/date in Tokyo",
    "/date 19:00 New York in Berlin",
    "/date vendredi prochain 15h à Tokyo",
    "/date 2026-12-25T19:00:00Z",
    "/until 1 january 2027",
    "/zones san f",
)
CONTEXT = Context(year_of(time.time_ns()))
LETTERS = "abcdefghilmnorstu"


def microseconds(session: Session, line: str) -> float:
    """The time that one reply takes."""
    data = line.encode()[:MAX_LINE].decode(errors="ignore").encode()
    start = time.perf_counter()
    session.encode(session.reply_to(data))
    return (time.perf_counter() - start) * 1e6


def find(name: str) -> float:
    """The microseconds that it takes to find a place, or to refuse it."""
    start = time.perf_counter()
    with suppress(DateError):
        places.zone_of(name, CONTEXT)
    return (time.perf_counter() - start) * 1e6


def nonsense(chance: random.Random) -> str:
    """A line of short words that nobody knows, as long as a line may be."""
    words = ("".join(chance.choices(LETTERS, k=chance.choice((1, 2, 2, 3)))) for _ in range(MAX_LINE // 2))
    return chance.choice(("/date ", "/date in ", "/date 19:00 to ", "/until ")) + " ".join(words)


def main() -> None:
    defaults = Defaults(now_ns=time.time_ns, zone=ZoneInfo("Europe/Paris"))
    session = Session(defaults, Counts(), ReplyCache(time.time_ns))
    print(f"the first place: {microseconds(session, '/date in San Francisco') / 1000:.0f} ms")
    tracemalloc.start()
    gazetteer.table.cache_clear()
    gazetteer.records.cache_clear()
    gazetteer.records("tokyo")
    print(f"the table of places: {tracemalloc.get_traced_memory()[0] / 1e6:.1f} MB")
    tracemalloc.stop()

    names = [name for name, listed in rows().items() if listed[0][:2] in ("A|", "T|")][::29]
    for name in names:  # load the zones
        find(name)
    places._meaning.cache_clear()
    costs = sorted(map(find, names))
    most = costs[len(costs) * 99 // 100]
    print(f"{len(names)} places: median {statistics.median(costs):.0f} µs, 99 % {most:.0f} µs")

    for line in USUAL:
        print(f"{line:40} {min(microseconds(session, line) for _ in range(2000)):6.1f} µs")

    chance = random.Random(1)
    worst = sorted(microseconds(session, nonsense(chance)) for _ in range(2000))
    print(
        f"{MAX_LINE} bytes of nonsense: median {worst[1000] / 1000:.2f} ms, 99 % {worst[1980] / 1000:.2f} ms"
    )


if __name__ == "__main__":
    main()
