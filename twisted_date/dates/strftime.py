"""date(1)'s format language: ``+%A %-d %B %Y``.

The output equals that of GNU date 9.1 (coreutils) in the C locale, also for unknown and unfinished
conversions. Only ``%n`` and ``%t`` differ: they give a space.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from .conversions import NUMBERS, TEXTS, Fields, Number, Render, Text
from .errors import DateError, Reason
from .moment import Moment

MAX_LENGTH = 512  # characters of output: far longer than any date; it also bounds the memory for widths
_CACHED, _LONGEST_CACHED = 256, 100  # formats in the cache, characters of a format: programs repeat them

_PIECE = re.compile(r"([^%]+|%%)|%([-_0+^#]*)([0-9]*)([EO]?)(:*z|[^%]?)", re.DOTALL)

# ASCII only, as in the C locale
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


class Format:
    """A parsed format, from :func:`parse`.

    :param pieces: the renderers of its parts, in order.
    :param fractions: whether it shows fractions of a second.
    """

    __slots__ = ("_pieces", "fractions")

    def __init__(self, pieces: tuple[Render, ...], fractions: bool) -> None:
        self._pieces = pieces
        self.fractions = fractions

    def __call__(self, moment: Moment) -> str:
        """The moment in this format.

        :raises DateError: when the text is longer than :data:`MAX_LENGTH`, or the local year is not from 1 to
            9999.
        """
        fields = Fields(moment)
        text = ""
        for piece in self._pieces:
            text += piece(fields)
            if len(text) > MAX_LENGTH:
                raise _too_long()
        return text


def parse(text: str) -> Format:
    """Parse a format, without its leading ``+``. Every text is a format.

    :raises DateError: when a width alone exceeds :data:`MAX_LENGTH`.
    """
    return _cached(text) if len(text) <= _LONGEST_CACHED else _parsed(text)


def _parsed(text: str) -> Format:
    matches = list(_PIECE.finditer(text))
    return Format(tuple(map(_piece, matches)), any(match[5] == "N" for match in matches))


_cached = lru_cache(_CACHED)(_parsed)


def _too_long() -> DateError:
    return DateError(Reason.FORMAT_TOO_LONG, limit=MAX_LENGTH)


@dataclass(frozen=True, slots=True)
class Directive:
    """A conversion with its flags, width and modifier.

    :param typed: the whole directive, with its percent sign.
    :param flags: the flags, as typed.
    :param width: the minimum number of characters; None without a width.
    :param modifier: ``E``, ``O`` or empty.
    :param conversion: a letter, ``:z`` to ``:::z``, or empty where the format ends before it.
    """

    typed: str
    flags: str
    width: int | None
    modifier: str
    conversion: str

    @property
    def pad(self) -> str:
        """The last padding flag, of ``-_0+``; empty without one."""
        return ("", *(flag for flag in self.flags if flag in "-_0+"))[-1]

    def finish(self, render: Render, swapped: str = "") -> Render:
        """A renderer of the text in the case of the flags, padded to the width.

        :param swapped: the case that the flag ``#`` converts it to: ``upper``, ``lower`` or nothing.
        """
        case = swapped if "#" in self.flags and swapped else "upper" if "^" in self.flags else ""
        width = 0 if self.pad == "-" else self.width or 0
        if not (case or width):
            return render
        table = {"upper": _UPPER, "lower": _LOWER, "": {}}[case]
        fill = "0" if self.pad in ("0", "+") else " "
        return lambda fields: render(fields).translate(table).rjust(width, fill)


def _piece(match: re.Match[str]) -> Render:
    literal, flags, digits, modifier, conversion = match.groups()
    if literal is not None:
        return _constant("%" if literal == "%%" else literal)
    directive = Directive(match[0], flags, int(digits) if digits else None, modifier, conversion)
    if directive.pad != "-" and (directive.width or 0) > MAX_LENGTH:
        raise _too_long()
    if conversion in NUMBERS:
        return _number(directive, NUMBERS[conversion])
    if conversion in TEXTS:
        return _text(directive, TEXTS[conversion])
    return _OTHERS.get(conversion, _unknown)(directive)


def _constant(text: str) -> Render:
    return lambda fields: text


def _unknown(directive: Directive) -> Render:
    """Unknown and unfinished conversions stand for themselves; GNU date writes ``%#Eb`` in capitals."""
    return directive.finish(_constant(directive.typed), "upper" if directive.conversion in ("b", "h") else "")


def _text(directive: Directive, text: Text) -> Render:
    if directive.modifier not in ("", *text.modifiers):
        return _unknown(directive)
    return directive.finish(text.value, text.swapped)


def _number(directive: Directive, number: Number) -> Render:
    if directive.modifier and directive.modifier in number.modifiers:
        return directive.finish(number.plain or _padded(number.value, number.fill, number.digits))
    if directive.modifier not in ("", *number.ignored):
        return _unknown(directive)
    pad = directive.pad or number.fill
    width = number.digits if directive.width is None else directive.width
    if number.is_year and pad == "+" and width > number.digits:
        value = number.value
        return lambda fields: _signed("+", str(value(fields)), pad, width)
    return _padded(number.value, pad, width)


def _padded(value: Callable[[Fields], int], pad: str, width: int) -> Render:
    """A renderer of a number without a sign."""
    if pad == "-":
        return lambda fields: str(value(fields))
    fill = " " if pad == "_" else "0"
    return lambda fields: str(value(fields)).rjust(width, fill)


def _signed(sign: str, digits: str, pad: str, width: int) -> str:
    """A number with its sign, before padding zeros and after padding spaces."""
    if pad == "_":
        return (sign + digits).rjust(width)
    return sign + ("" if pad == "-" else "0" * (width - len(sign) - len(digits))) + digits


def _iso_date(directive: Directive) -> Render:
    """``%F``: the flags and the remaining width apply to the year."""
    if directive.modifier:
        return _unknown(directive)
    width = directive.width
    if directive.pad or width is not None:
        width = max((width or 0) - len("-mm-dd"), 0)
    year = _number(replace(directive, width=width), NUMBERS["Y"])
    return directive.finish(lambda fields: f"{year(fields)}-{fields.at.month:02}-{fields.at.day:02}")


def _american_date(directive: Directive) -> Render:
    """``%D``: the flags apply to the year."""
    if directive.modifier:
        return _unknown(directive)
    year = _number(replace(directive, width=None), NUMBERS["y"])
    return directive.finish(lambda fields: f"{fields.at.month:02}/{fields.at.day:02}/{year(fields)}")


def _small_half(directive: Directive) -> Render:
    """``%P``: lower case, regardless of the flags."""
    return replace(directive, flags=directive.flags.replace("^", "")).finish(
        lambda fields: fields.half_day.lower()
    )


def _nanoseconds(directive: Directive) -> Render:
    """``%N``: a fraction, cut or padded on its right. ``%-N`` gives the resolution of the clock, 9 digits."""
    if directive.modifier == "E":
        return _unknown(directive)
    width = directive.width or 9
    fill = "0" if directive.typed == "%-N" else {"-": "", "_": " "}.get(directive.pad, "0")

    def render(fields: Fields) -> str:
        digits = f"{fields.nanosecond:09}"[:width].rstrip("0") or "0"
        return digits.ljust(width, fill) if fill else digits

    return render


def _seconds(directive: Directive) -> Render:
    """``%s``: seconds since 1970, the only number that can be negative. Modifiers change nothing."""
    pad, width = directive.pad, directive.width or 1
    return lambda fields: _signed("-" if fields.unix < 0 else "", str(abs(fields.unix)), pad, width)


def _offset(directive: Directive) -> Render:
    """``%z`` to ``%:::z``. East of UTC, ``O`` leaves the rendering to glibc, which has no colons."""
    colons, pad, width = directive.conversion.count(":"), directive.pad, directive.width

    def render(fields: Fields) -> str:
        sign, size = fields.offset
        digits = _offset_digits(colons, size)
        default = 3 + 3 * digits.count(":") if colons else 5  # +hh, +hh:mm, +hh:mm:ss; +hhmm
        return _signed(sign, digits, pad, default if width is None else width)

    if directive.modifier != "O":
        return render
    plain = directive.finish(
        _constant("%O:") if colons else _offset(replace(directive, flags="", width=None, modifier=""))
    )
    return lambda fields: plain(fields) if fields.offset[0] == "+" else render(fields)


def _offset_digits(colons: int, size: int) -> str:
    minutes, second = divmod(size, 60)
    hour, minute = divmod(minutes, 60)
    if colons == 0:
        return str(hour * 100 + minute)
    if colons == 2 or (colons == 3 and second):
        return f"{hour}:{minute:02}:{second:02}"
    if colons == 1 or minute:
        return f"{hour}:{minute:02}"
    return str(hour)


_OTHERS: dict[str, Callable[[Directive], Render]] = {
    "D": _american_date,
    "F": _iso_date,
    "N": _nanoseconds,
    "P": _small_half,
    "s": _seconds,
    **dict.fromkeys(("z", ":z", "::z", ":::z"), _offset),
}
