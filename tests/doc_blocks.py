"""Finds the code blocks in the documentation."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.rst"), *(ROOT / "docs").glob("*.rst"), *(ROOT / "docs" / "fr").glob("*.rst")])


@dataclass(frozen=True)
class Block:
    """A literal block.

    :param page: the file that it is in.
    :param line: the number of the line that introduces it.
    :param language: its declared language; ``console`` when none is declared and it begins with a prompt.
    :param caption: the file that it is a part of; empty for a block that stands alone.
    :param text: its lines, without their common indentation.
    """

    page: Path
    line: int
    language: str
    caption: str
    text: str

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page):
    """Yield all blocks of a page."""
    lines = page.read_text().splitlines()
    for number, line in enumerate(lines):
        directive = re.fullmatch(r"( *)\.\. code-block:: (\w+)", line)
        if directive is None and (not line.endswith("::") or line.lstrip().startswith("..")):
            continue
        indent = len(line) - len(line.lstrip())
        body = []
        for inner in lines[number + 1 :]:
            if inner.strip() and len(inner) - len(inner.lstrip()) <= indent:
                break
            body.append(inner)
        text = "\n".join(body)
        caption = re.search(r"^ *:caption: (.*)$", text, re.MULTILINE)
        text = re.sub(r"^ *:\w+: .*$", "", text, flags=re.MULTILINE)
        text = _dedented(text)
        language = directive[2] if directive else "console" if text.startswith("$ ") else ""
        yield Block(page, number + 1, language, caption[1] if caption else "", text)


def _dedented(text):
    lines = text.strip("\n").splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n") + "\n"


def of_language(*languages):
    """The blocks of all pages in one of these languages."""
    return [block for page in PAGES for block in blocks(page) if block.language in languages]
