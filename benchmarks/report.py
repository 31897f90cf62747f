"""Results as a table."""

import statistics

from .loads import Measured

Results = dict[tuple[str, str], list[Measured]]


def median(results: Results, name: str, load: str, what: str = "cpu") -> float | None:
    """The median of what was measured; None where nothing was."""
    measured = results.get((name, load))
    return statistics.median(getattr(one, what) for one in measured) if measured else None


def table(results: Results) -> str:
    """All medians."""
    lines = []
    for name, load in results:
        cpu, rate, p50, p99 = (median(results, name, load, what) for what in ("cpu", "rate", "p50", "p99"))
        lines.append(f"{name:28}{load:>8}{cpu:10.2f}{rate:12.0f}{p50:10.0f}{p99:10.0f}")
    return "\n".join(lines)
