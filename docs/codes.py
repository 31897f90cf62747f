"""Writes the table of error codes into protocol.rst, from twisted_date/conversation/errors.py.

python docs/codes.py
"""

from pathlib import Path

from twisted_date.conversation.errors import kinds

PROTOCOL = Path(__file__).with_name("protocol.rst")
BEGIN, END = ".. codes begin\n", ".. codes end\n"


def table() -> str:
    """The table, as reStructuredText."""
    rows = [("code", "sentence"), *((f"``{kind.code}``", str(kind.sentence)) for kind in kinds())]
    width = max(len(code) for code, _ in rows)
    rule = f"{'=' * width} {'=' * max(len(sentence) for _, sentence in rows)}"
    head, *body = (f"{code:{width}} {sentence}" for code, sentence in rows)
    return "\n".join(["", rule, head, rule, *body, rule, "", ""])


def with_table(text: str) -> str:
    """The text of protocol.rst with the table as it should be."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PROTOCOL.write_text(with_table(PROTOCOL.read_text()))
