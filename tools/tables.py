"""Writes the tables of error codes, commands and options into the pages, from what the program has.

python -m tools tables
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from pathlib import Path

from tools.manual import PAGES, options
from twisted_date.conversation.commands import COMMANDS
from twisted_date.conversation.errors import all_codes
from twisted_date.dates.context import Context
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.homonyms import offsets
from twisted_date.dates.parsing import parse
from twisted_date.server.web.errors import WebError

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "twisted_date" / "dates" / "data" / "places.txt.z"
YEAR = 2026  # in which zones are compared
FOLDER = ROOT / "docs"

Rows = Iterable[tuple[str, str]]


def codes() -> Rows:
    """The error codes, and their sentences."""
    yield "code", "sentence"
    for kind in all_codes():
        yield f"``{kind.code}``", str(kind.sentence)


def web_codes() -> Rows:
    """The error codes of HTTP requests, with their status and their sentences."""
    yield "code", "status and sentence"
    for kind in WebError:
        yield f"``{kind.code}``", f"{kind.status}: {kind.sentence}"


def commands() -> Rows:
    """The commands, and what they do."""
    yield "command", "what it does"
    for command in COMMANDS.values():
        yield f"``{command.usage}``", str(command.summary)


def listed(program: str) -> Rows:
    """The options of a program, and their help."""
    yield "option", "what it does"
    for name, (told, takes) in options(PAGES[program]).items():
        yield f"``--{name}{'=…' if takes else ''}``", told


def airports() -> Rows:
    """The codes of airports that mean something else."""
    found: dict[str, list[str]] = {"refused with both": [], "other places": [], "words": []}
    for code, zone in coded_airports():
        try:
            phrase = parse(f"now in {code}", Context(YEAR))
            if phrase.source is None or offsets(key_of(phrase.source), YEAR) != offsets(zone, YEAR):
                found["other places"].append(code)
        except DateError as error:
            is_ambiguous = error.reason is Reason.AMBIGUOUS_PLACE
            found["refused with both" if is_ambiguous else "words"].append(code)
    yield "they are", "codes"
    for what, listed in found.items():
        yield what, " ".join(listed)


def coded_airports() -> Iterable[tuple[str, str]]:
    """The codes that the table of places has, in capitals, with their zones."""
    for line in zlib.decompress(TABLE.read_bytes()).decode().split("\n"):
        name, _, records = line.partition("\t")
        if name.startswith("!"):
            yield name[1:].upper(), records.partition(";")[0].removeprefix("L|")


def key_of(zone: tzinfo) -> str:
    """The IANA name of a zone that was found by name."""
    return str(getattr(zone, "key", "UTC"))


TABLES: Mapping[str, Mapping[str, Rows]] = {
    "protocol.rst": {"codes": list(codes())},
    "web.rst": {"web codes": list(web_codes())},
    "dates.rst": {"airports": list(airports())},
    "reference.rst": {
        "commands": list(commands()),
        "server options": list(listed("twistd-datechat")),
        "client options": list(listed("datechat")),
    },
}


def table(rows: Rows) -> str:
    """Rows as reStructuredText; the first one is the head."""
    (first, second), *body = rows
    width = max(len(left) for left, _ in [(first, second), *body])
    rule = f"{'=' * width} {'=' * max(len(right) for _, right in [(first, second), *body])}"
    lines = [
        rule,
        f"{first:{width}} {second}",
        rule,
        *(f"{left:{width}} {right}" for left, right in body),
        rule,
    ]
    return "\n".join(["", *lines, "", ""])


def with_tables(name: str, text: str) -> str:
    """The text of a page with its tables as they should be."""
    for what, rows in TABLES[name].items():
        begin, end = f".. {what} begin\n", f".. {what} end\n"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = before + begin + table(rows) + end + after
    return text


def main() -> None:
    """Write the tables into their pages."""
    for name in TABLES:
        page = FOLDER / name
        page.write_text(with_tables(name, page.read_text()))
        print(f"  docs/{name}")


if __name__ == "__main__":
    main()
