"""The cost of a request, and of a conversation: every system under every load, in turns."""

import re
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass

from . import loads
from .loads import Measured
from .systems import BARE, REDIS, STREAMS, SYSTEMS, UVLOOP_STREAMS, settled

WARM = 0.7  # seconds that nobody measures: asyncio's first ones are slower
PEERS = {"bare": BARE, "asyncio": STREAMS, "uvloop": UVLOOP_STREAMS, "Redis": REDIS}

Results = dict[tuple[str, str], list[Measured]]


@dataclass(frozen=True)
class Row:
    """The medians of a system under a load.

    :param system: its name.
    :param load: how many requests are under way on each connection, or one of CONVERSATIONS.
    :param median: of what was measured; each by itself.
    :param ratios: of processor time, to each peer under the same load; medians of each round's.
    """

    system: str
    load: str
    median: Measured
    ratios: dict[str, float]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def measure(rounds: int, seconds: float, only: str, tell: Callable[[str], object]) -> list[Row]:
    """Start each system by itself, and load it, several times.

    :param seconds: that each load is measured for.
    :param only: a regular expression; systems whose names it is not found in are left out.
    """
    results: Results = {}
    for number in range(rounds):
        for system in SYSTEMS:
            if not re.search(only, system.name) or system.missing:
                continue
            with settled(system.command) as server:
                for depth in loads.DEPTHS:
                    measured = loads.requests(system, server, depth, WARM, seconds)
                    results.setdefault((system.name, str(depth)), []).append(measured)
                for kind in loads.CONVERSATIONS if system.session else ():
                    measured = loads.conversations(system, server, kind, WARM, seconds)
                    results.setdefault((system.name, kind), []).append(measured)
        tell(f"requests: round {number + 1} of {rounds}")
    return _rows(results)


def _rows(results: Results) -> list[Row]:
    return [
        Row(
            system,
            load,
            _median(measured),
            {
                name: _ratio(measured, results[peer.name, load])
                for name, peer in PEERS.items()
                if (peer.name, load) in results
            },
        )
        for (system, load), measured in results.items()
    ]


def _median(measured: list[Measured]) -> Measured:
    columns = zip(*((one.cpu, one.rate, one.p50, one.p99) for one in measured), strict=True)
    return Measured(*(statistics.median(column) for column in columns))


def _ratio(measured: list[Measured], peers: list[Measured]) -> float:
    """The median of each round's: a machine that is slower for a while is so for both."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(measured, peers, strict=True))
