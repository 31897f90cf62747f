"""The conversions of date(1) and their values in the C locale.

They follow GNU date 9.1 (coreutils); the modifiers E and O follow glibc's strftime(3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from .moment import MONTHS, NANOSECONDS, WEEKDAYS, Moment


class Fields:
    """The fields of a moment, like C's ``struct tm``.

    :ivar at: the local time, in whole seconds.
    :ivar nanosecond: the nanoseconds within the second.
    :ivar unix: whole seconds since 1970-01-01T00:00:00Z.
    :raises DateError: when the local year is not from 1 to 9999.
    """

    __slots__ = ("at", "nanosecond", "unix")

    at: datetime
    unix: int
    nanosecond: int

    def __init__(self, moment: Moment) -> None:
        self.unix, self.nanosecond = divmod(moment.unix_ns, NANOSECONDS)
        self.at = moment.local

    @property
    def abbreviation(self) -> str:
        """The abbreviation of the zone at this moment: ``CET``."""
        return self.at.tzname() or ""

    @property
    def offset(self) -> tuple[str, int]:
        """The sign and size in seconds of the offset from UTC; minus zero for the abbreviation ``-00``."""
        offset = self.at.utcoffset()
        seconds = int(offset.total_seconds()) if offset else 0
        if seconds:
            return ("-", -seconds) if seconds < 0 else ("+", seconds)
        return "-" if self.abbreviation.startswith("-") else "+", 0

    @property
    def year_day(self) -> int:
        """Days since the first of January."""
        return self.at.toordinal() - date(self.at.year, 1, 1).toordinal()

    @property
    def hour12(self) -> int:
        """The hour on a 12-hour clock, 1 to 12."""
        return (self.at.hour - 1) % 12 + 1

    @property
    def half_day(self) -> str:
        """``AM`` or ``PM``."""
        return "AM" if self.at.hour < 12 else "PM"


Render = Callable[[Fields], str]


@dataclass(frozen=True, slots=True)
class Number:
    """A conversion to a number.

    :param digits: the minimum number of digits.
    :param value: the number, never negative.
    :param fill: the padding unless a flag overrides it: ``0``, or ``_`` for spaces.
    :param is_year: whether the flag ``+`` signs a number that is wider than ``digits``.
    :param modifiers: the modifiers with which GNU date leaves the rendering to glibc.
    :param ignored: the modifiers that change nothing.
    :param plain: glibc's rendering; None where it is the same.
    """

    digits: int
    value: Callable[[Fields], int]
    fill: str = "0"
    is_year: bool = False
    modifiers: str = "O"
    ignored: str = ""
    plain: Render | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A conversion to text.

    :param value: the text.
    :param swapped: the case that the flag ``#`` converts it to: ``upper``, ``lower`` or nothing.
    :param modifiers: the allowed modifiers; they change nothing in the C locale.
    """

    value: Render
    swapped: str = ""
    modifiers: str = "EO"


NUMBERS = {
    "C": Number(
        2, lambda f: f.at.year // 100, is_year=True, modifiers="EO", plain=lambda f: str(f.at.year // 100)
    ),
    "d": Number(2, lambda f: f.at.day),
    "e": Number(2, lambda f: f.at.day, fill="_"),
    "G": Number(4, lambda f: f.at.isocalendar()[0], is_year=True, plain=lambda f: str(f.at.isocalendar()[0])),
    "g": Number(2, lambda f: f.at.isocalendar()[0] % 100, is_year=True),
    "H": Number(2, lambda f: f.at.hour),
    "I": Number(2, lambda f: f.hour12),
    "j": Number(3, lambda f: f.year_day + 1),
    "k": Number(2, lambda f: f.at.hour, fill="_"),
    "l": Number(2, lambda f: f.hour12, fill="_"),
    "M": Number(2, lambda f: f.at.minute),
    "m": Number(2, lambda f: f.at.month),
    "q": Number(1, lambda f: (f.at.month + 2) // 3, ignored="E", plain=lambda f: "%Oq"),
    "S": Number(2, lambda f: f.at.second),
    "U": Number(2, lambda f: (f.year_day + 7 - f.at.isoweekday() % 7) // 7),
    "u": Number(1, lambda f: f.at.isoweekday(), ignored="E"),
    "V": Number(2, lambda f: f.at.isocalendar()[1]),
    "W": Number(2, lambda f: (f.year_day + 7 - f.at.weekday()) // 7),
    "w": Number(1, lambda f: f.at.isoweekday() % 7),
    "Y": Number(4, lambda f: f.at.year, is_year=True, modifiers="E", plain=lambda f: str(f.at.year)),
    "y": Number(2, lambda f: f.at.year % 100, is_year=True, modifiers="EO"),
}


def _day(fields: Fields) -> str:
    return WEEKDAYS[fields.at.weekday()]


def _month(fields: Fields) -> str:
    return MONTHS[fields.at.month - 1]


def _clock(fields: Fields) -> str:
    return f"{fields.at.hour:02}:{fields.at.minute:02}:{fields.at.second:02}"


def _clock12(fields: Fields) -> str:
    return f"{fields.hour12:02}:{fields.at.minute:02}:{fields.at.second:02} {fields.half_day}"


def _date_and_clock(fields: Fields) -> str:
    return f"{_day(fields)[:3]} {_month(fields)[:3]} {fields.at.day:2} {_clock(fields)} {fields.at.year}"


TEXTS = {
    "a": Text(lambda f: _day(f)[:3], "upper", ""),
    "A": Text(_day, "upper", ""),
    "b": Text(lambda f: _month(f)[:3], "upper", "O"),
    "B": Text(_month, "upper", "O"),
    "c": Text(_date_and_clock, "", "E"),
    "h": Text(lambda f: _month(f)[:3], "upper", "O"),
    "n": Text(lambda f: " "),  # a reply is one line
    "p": Text(lambda f: f.half_day, "lower"),
    "R": Text(lambda f: _clock(f)[:5]),
    "r": Text(_clock12),
    "T": Text(_clock),
    "t": Text(lambda f: " "),
    "X": Text(_clock, "", "E"),
    "x": Text(lambda f: f"{f.at.month:02}/{f.at.day:02}/{f.at.year % 100:02}", "", "E"),
    "Z": Text(lambda f: f.abbreviation, "lower"),
}
