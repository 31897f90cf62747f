"""Results as a table, beside what they are compared with."""

import statistics

from .loads import Measured
from .systems import BARE, REDIS, STREAMS, UVLOOP_STREAMS

Results = dict[tuple[str, str], list[Measured]]

PEERS = {"bare": BARE, "asyncio": STREAMS, "uvloop": UVLOOP_STREAMS, "Redis": REDIS}
COLUMNS = ("server µs", "a second", "p50 µs", "p99 µs", *(f"/ {peer}" for peer in PEERS))


def median(results: Results, name: str, load: str, what: str = "cpu") -> float | None:
    """The median of what was measured; None where nothing was."""
    measured = results.get((name, load))
    return statistics.median(getattr(one, what) for one in measured) if measured else None


def table(results: Results) -> str:
    """All medians, and the processor time as ratios to that of others under the same load."""
    lines = ["".join((f"{'':28}{'under way':>10}", *(f"{column:>11}" for column in COLUMNS)))]
    for name, load in results:
        cpu, *more = (median(results, name, load, what) for what in ("cpu", "rate", "p50", "p99"))
        assert cpu is not None
        told = [f"{cpu:.2f}", *(f"{number:.0f}" for number in more)]
        for peer in PEERS.values():
            other = median(results, peer.name, load)
            told.append(f"{cpu / other:.2f}" if other else "")
        lines.append("".join((f"{name:28}{load:>10}", *(f"{text:>11}" for text in told))))
    return "\n".join(lines)
