"""The processor time of a request as bars, in SVG."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from .loads import DEPTHS
from .serving import Row

WIDTH, LABELS, BAR, GAP, MARGIN = 720, 200, 16, 6, 16
OURS, OTHERS, INK = "#c2410c", "#94a3b8", "#1e293b"


def draw(facts: Mapping[str, str], rows: Sequence[Row]) -> str:
    """One panel for each number of requests that are under way, the dearest first."""
    parts, top = [], MARGIN + 20
    parts.append(_text(MARGIN, top - 6, "Server processor time a request, in microseconds", bold=True))
    for depth in DEPTHS:
        panel = sorted((row for row in rows if row.load == str(depth)), key=lambda row: -row.median.cpu)
        top += 28
        parts.append(_text(MARGIN, top, f"{depth} under way on each of 50 connections", bold=True))
        top += 10
        parts += _bars(panel, top)
        top += len(panel) * (BAR + GAP)
    told = ", ".join(f"{name} {what}" for name, what in facts.items() if what != "missing")
    for line in textwrap.wrap(told, 110):
        top += 16
        parts.append(_text(MARGIN, top + 8, line, size=10))
    height = top + 8 + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bars(panel: Sequence[Row], top: float) -> Iterable[str]:
    room = WIDTH - LABELS - 80
    longest = max((row.median.cpu for row in panel), default=1.0)
    for row in panel:
        size = max(1.0, row.median.cpu / longest * room)
        colour = OURS if row.system.startswith("datechat") else OTHERS
        yield _text(LABELS - 8, top + BAR - 4, row.system, anchor="end")
        yield f'<rect x="{LABELS}" y="{top}" width="{size:.1f}" height="{BAR}" fill="{colour}"/>'
        yield _text(LABELS + size + 6, top + BAR - 4, f"{row.median.cpu:.2f}")
        top += BAR + GAP


def _text(x: float, y: float, words: str, bold: bool = False, anchor: str = "start", size: int = 12) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}"{weight}>'
        f"{escape(words)}</text>"
    )
