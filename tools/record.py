"""Records a conversation with the client on a terminal, as a picture: docs/pictures/session.svg.

python -m tools session
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pexpect
import pyte

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PICTURE = ROOT / "docs" / "pictures" / "session.svg"
FROZEN_CLOCK = ROOT / "tests" / "system" / "frozen_clock.py"  # a clock that stands still
NOW_NS = 1798221600_000_000_000
COLUMNS, LINES = 100, 24
WIDTH, HEIGHT, MARGIN = 8.4, 18, 14  # of a character, of a line, around all
PAPER, INK = "#0f172a", "#e2e8f0"
COLOURS = {"default": INK, "red": "#f87171", "green": "#4ade80", "blue": "#60a5fa", "brown": "#fbbf24"}
TYPED = (
    "Alice",
    "/date",
    "/date 19:00 New York in Berlin",
    "/date 11/12/13",
    "/until 1 january 2027",
    "/lang fr",
    "/date vendredi prochain 15h à Tokyo +full",
    "au revoir",
)


def recorded() -> pyte.Screen:
    """The terminal at the end of the conversation."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HOME": folder, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        arguments = [str(FROZEN_CLOCK), str(NOW_NS), "-n", "datechat", "--zone", "Paris"]
        server: Any = pexpect.spawn(str(BIN / "python"), arguments, cwd=folder, timeout=30)
        server.expect(r"listens on .*?:(\d+)[ .]")
        port = str(server.match[1].decode())
        client = pexpect.spawn(
            str(BIN / "datechat"), ["--port", port], env=environment, dimensions=(LINES, COLUMNS), timeout=30
        )
        stream.feed(b"$ datechat\r\n")
        for words in TYPED:
            stream.feed(_quiet(client))
            client.send(f"{words}\r")
        stream.feed(_quiet(client))
        client.close(force=True)
        server.terminate(force=True)
    return screen


def _quiet(child: Any) -> bytes:
    """What a program says until it says nothing for two seconds."""
    said = b""
    while True:
        try:
            said += child.read_nonblocking(10_000, 2)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return said


def drawn(screen: pyte.Screen) -> Iterator[str]:
    """The lines of the terminal, as SVG."""
    last = max(number for number, line in enumerate(screen.display) if line.strip())
    width, height = COLUMNS * WIDTH + 2 * MARGIN, (last + 1) * HEIGHT + 2 * MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        'font-family="monospace" font-size="14" xml:space="preserve">'
    )
    yield f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>'
    for number in range(last + 1):
        y = MARGIN + (number + 0.75) * HEIGHT
        for column, colour, text in _runs(screen, number):
            x, length = MARGIN + column * WIDTH, len(text) * WIDTH
            at = f'x="{x:.1f}" y="{y:.1f}" textLength="{length:.1f}"'
            yield f'<text {at} fill="{colour}">{escape(text)}</text>'
    yield "</svg>"


def _runs(screen: pyte.Screen, number: int) -> Iterator[tuple[int, str, str]]:
    """The pieces of a line that have one colour: where they begin, the colour, the text."""
    line = screen.buffer[number]
    end = len(screen.display[number].rstrip())
    begin = 0
    for column in range(1, end + 1):
        if column == end or line[column].fg != line[begin].fg:
            text = "".join(line[at].data for at in range(begin, column))
            if text.strip():
                yield begin, COLOURS.get(line[begin].fg, INK), text
            begin = column


def main() -> None:
    """Record the session and write the picture."""
    PICTURE.write_text("\n".join(drawn(recorded())) + "\n")
    print(f"  {PICTURE.name}")


if __name__ == "__main__":
    main()
