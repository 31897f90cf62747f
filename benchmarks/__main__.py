"""What datechat costs, beside others in the same run.

python -m benchmarks [--rounds N] [--seconds S] [--only TEXT] [--json PATH] [--svg PATH]
"""

import argparse
import re

from . import loads, report
from .report import Results
from .systems import SYSTEMS, running


def serving(rounds: int, warm: float, seconds: float, only: str) -> Results:
    """Each system under each load, in turns, several times."""
    results: Results = {}
    for number in range(rounds):
        for system in SYSTEMS:
            if not re.search(only, system.name) or system.missing:
                continue
            with running(system.command) as server:
                for depth in loads.DEPTHS:
                    measured = loads.requests(system, server, depth, warm, seconds)
                    results.setdefault((system.name, str(depth)), []).append(measured)
                if system.session:
                    measured = loads.sessions(system, server, warm, seconds)
                    results.setdefault((system.name, "session"), []).append(measured)
        print(f"round {number + 1} of {rounds}", flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--only", default="", help="systems whose name holds this")
    arguments = parser.parse_args()
    loads.build()
    results = serving(arguments.rounds, 0.7, arguments.seconds, arguments.only)
    print(report.table(results))


main()
