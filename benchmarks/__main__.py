"""What datechat costs, beside others in the same run.

It takes some ten minutes. The servers have the first processor, what loads them has the second. Quiet
machines only: what else runs there is measured, too.
"""

import argparse
import sys
from pathlib import Path

from . import loads, machine, once, phrases, picture, processes, report, serving


def main() -> None:
    summary, _, more = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=summary, epilog=more)
    parser.add_argument("--rounds", type=int, default=7, help="medians are of so many (7)")
    parser.add_argument("--seconds", type=float, default=0.5, help="for each load in each round (0.5)")
    parser.add_argument("--only", default="", metavar="REGEX", help="the systems whose name it is found in")
    parser.add_argument("--json", type=Path, metavar="PATH", help="writes the results there, too")
    parser.add_argument("--svg", type=Path, metavar="PATH", help="draws them there")
    arguments = parser.parse_args()
    loads.build()
    rounds, seconds = arguments.rounds, arguments.seconds
    facts = machine.facts()
    rows = serving.measure(rounds, seconds, arguments.only, _tell)
    compared = once.measure(rounds, _tell)
    readers = phrases.measure(_tell)
    together = processes.measure(rounds, seconds, _tell)
    print(report.as_text(facts, rows, compared, readers, together))
    if arguments.json is not None:
        arguments.json.write_text(report.as_json(facts, rows, compared, readers, together))
    if arguments.svg is not None:
        arguments.svg.write_text(picture.draw(facts, rows))


def _tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


main()
