"""Several servers at a time, each on a port of its own, as several processors are used."""

import concurrent.futures
import contextlib
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass

from . import loads
from .serving import WARM
from .systems import DATE, settled

NUMBERS = (1, 2, 4)
DEPTH = 1  # requests under way on each connection


@dataclass(frozen=True)
class Together:
    """What several servers did together.

    :param processes: how many they were.
    :param rate: requests in a second, of all.
    :param cpu: microseconds of a server's processor time for each request.
    """

    processes: int
    rate: float
    cpu: float

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def measure(rounds: int, seconds: float, tell: Callable[[str], object]) -> list[Together]:
    """Load so many servers at once, each from a program of its own; all share all processors."""
    results: dict[int, list[Together]] = {number: [] for number in NUMBERS}
    for _ in range(rounds):
        for number in NUMBERS:
            results[number].append(_together(number, seconds))
    tell("processes")
    return [
        Together(
            number,
            statistics.median(one.rate for one in measured),
            statistics.median(one.cpu for one in measured),
        )
        for number, measured in results.items()
    ]


def _together(number: int, seconds: float) -> Together:
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(settled(DATE.command, None)) for _ in range(number)]
        with concurrent.futures.ThreadPoolExecutor(number) as pool:
            measured = list(
                pool.map(lambda server: loads.requests(DATE, server, DEPTH, WARM, seconds, None), servers)
            )
    return Together(number, sum(one.rate for one in measured), statistics.mean(one.cpu for one in measured))
