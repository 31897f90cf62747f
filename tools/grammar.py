"""Writes docs/when.abnf, the grammar of moments, from the rules that read them.

python -m tools grammar
"""

import inspect
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from twisted_date.dates import patterns
from twisted_date.dates.place_names import HERE, PREPOSITIONS
from twisted_date.dates.when import GRAMMAR
from twisted_date.dates.wrapping import ARROW

FILE = Path(__file__).parents[1] / "docs" / "when.abnf"
HEAD = """\
; The words of a moment, in the ABNF of RFC 5234, made by tools/grammar.py from the rules of
; twisted_date/dates/when.py. Of rules and alternatives that fit, the first one is taken.
;
; The words have been made alike before: small letters, no accents, apostrophes and full stops ("Fevr."
; is "fevr", "p.m." is "pm"), no commas at their ends, one space between them.

request = part *( SP part )

part = when / place / to SP place *( SP [ joining SP ] place )
; a list has commas between its places; which places say where the words are read, and in which the moment is
; shown: dates.rst

place = here / 1*8place-word
; a name that is known: dates.rst

place-word = 1*( VCHAR / %x80-10FFFF )
"""
NUMBERS = {
    "nn": "1*2DIGIT",
    "dd": "2DIGIT",
    "mm": "%x30-35 DIGIT",
    "nnn": "1*3DIGIT",
    "yyyy": "4DIGIT",
    "yy": '"\'" 2DIGIT',
    "hhmm": "2DIGIT %x30-35 DIGIT",
    "military": '( ( "0" / "1" ) DIGIT / "2" %x30-33 ) %x30-35 DIGIT',
    "late-year": '"2" %x35-39 / %x33-39 DIGIT',
    "hmm": "1*2DIGIT %x30-35 DIGIT",
    "hhmmss": '4DIGIT [ 2DIGIT [ ( "." / "," ) 1*DIGIT ] ]',
    "yyyymmdd": "8DIGIT",
    "count": '1*9DIGIT [ ( "." / "," ) 1*9DIGIT ]',
    "decimal": '1*DIGIT [ ( "." / "," ) 1*DIGIT ]',
    "clock": '1*2DIGIT ":" 2DIGIT [ ":" 2DIGIT [ ( "." / "," ) 1*DIGIT ] ]',
    "hh-dot-mm": '1*2DIGIT "." %x30-35 DIGIT',
    "hh-mm": '2DIGIT ":" %x30-35 DIGIT',
    "hour-colon-minute": '1*2DIGIT ":" 2DIGIT',
    "iso": '4DIGIT "-" 1*2DIGIT "-" 1*2DIGIT',
    "dashes": '1*2DIGIT "-" 1*2DIGIT "-" ( 4DIGIT / 2DIGIT )',
    "dots": '1*2DIGIT "." 1*2DIGIT "." ( 4DIGIT / 2DIGIT ) / 4DIGIT "." 1*2DIGIT "." 1*2DIGIT',
    "day-and-dots": '1*2DIGIT "." ( [ "0" ] %x31-39 / "1" %x30-32 ) "."',
    "year-and-day": '4DIGIT "-" 3DIGIT',
    "day-and-year": '1*2DIGIT "," 4DIGIT',
    "weekday-digit": "%x31-37",
    "fraction": '"1/" %x32-34 / ( "2/" / "3/" ) ( "3" / "4" )',
    "slash": '"/"',
    "colon": '":"',
    "slashes": '1*4DIGIT "/" 1*2DIGIT [ "/" 1*4DIGIT ]',
    "sign": '"+" / "-"',
    "hyphen": '"-"',
}
SIGNS = {" / ": "/", "[": "[", "]": "]", "{": "*(", "}": ")", "(": "(", ")": ")", " ": "SP", "~": "[ SP ]"}


def elements(notation: str) -> str:
    """A pattern as the elements of an ABNF rule. What must not follow is left out: ABNF cannot say it."""
    parts: list[str] = []
    hidden = 0
    for token in patterns.TOKENS.findall(notation):
        if token in ("!(", "=(") or (hidden and token in "[{("):
            hidden += 1
        elif hidden and token in "]})":
            hidden -= 1
        elif not (hidden or token == "." or token.endswith(":")):
            parts.append(SIGNS.get(token, token))
    return " ".join(parts)


def rule(name: str, definition: str, comment: str = "") -> str:
    """A rule, wrapped, with its comment in front, in ASCII as ABNF must be."""
    comment = unicodedata.normalize("NFKD", comment).encode("ascii", "ignore").decode()
    whole = re.sub('"[^"]*"', lambda quoted: quoted[0].replace(" ", "\0"), f"{name} = {definition}")
    lines = textwrap.wrap(whole, 105, subsequent_indent=" " * 14, break_on_hyphens=False)
    comments = textwrap.wrap(comment, 105, initial_indent="; ", subsequent_indent="; ")
    return "\n".join([*comments, *lines, ""]).replace("\0", " ")


def words(listed: Iterable[str]) -> str:
    """Words as alternatives, the longest first, so that none hides another."""
    return " / ".join(
        f'"{word}"' for word in sorted(dict.fromkeys(listed), key=lambda word: (-len(word), word))
    )


def rules() -> Iterator[str]:
    """All rules."""
    yield HEAD
    yield rule("to", f"{words(PREPOSITIONS - {ARROW})} / %x{ord(ARROW):X}")
    yield rule("here", words(HERE))
    functions: dict[str, list[str]] = {}
    comments = {}
    for function, notation in GRAMMAR.rules:
        name = function.__name__.replace("_", "-") + "-part"
        functions.setdefault(name, []).append(elements(notation))
        comments[name] = (inspect.getdoc(function) or "").partition("\n")[0].replace("``", '"')
    yield rule("when", " / ".join(functions))
    for name, alternatives in functions.items():
        yield rule(name, " / ".join(alternatives), comments[name])
    for name, notation in GRAMMAR.definitions.items():
        yield rule(name, elements(notation))
    for name, listed in GRAMMAR.vocabulary.items():
        yield rule(name, words(listed))
    for name, definition in NUMBERS.items():
        yield rule(name, definition)


def text() -> str:
    """The whole file."""
    return "\n".join(rules())


def main() -> None:
    """Write the file."""
    FILE.write_text(text())


if __name__ == "__main__":
    main()
