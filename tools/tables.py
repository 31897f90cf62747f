"""Writes the tables of error codes, commands and options into the pages, from what the program has.

python -m tools tables
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.manual import PAGES, options
from twisted_date.conversation.commands import COMMANDS
from twisted_date.conversation.errors import all_codes

FOLDER = Path(__file__).parents[1] / "docs"

Rows = Iterable[tuple[str, str]]


def codes() -> Rows:
    """The error codes, and their sentences."""
    yield "code", "sentence"
    for kind in all_codes():
        yield f"``{kind.code}``", str(kind.sentence)


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


TABLES: Mapping[str, Mapping[str, Rows]] = {
    "protocol.rst": {"codes": list(codes())},
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
