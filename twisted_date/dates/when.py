"""Moments in words, English and French. ``docs/when.abnf`` is the grammar.

One after the other the things are read that describe a moment: a date, a weekday, a time of day, a span. Each
is a pattern over words that :func:`plain` has made alike; what it says goes into a :class:`.Description`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import time
from functools import lru_cache
from typing import Any

from . import zones
from .calendar import Description, checked_date
from .errors import DateError, Reason
from .moment import MONTHS, NANOSECONDS
from .vocabulary import LANGUAGES

_APOSTROPHES = re.compile("['’‘ʼ]")
_FULL_STOPS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")


def plain(word: str) -> str:
    """The word in small letters, without accents, apostrophes and punctuation: ``fevr`` for ``Févr.,``."""
    letters = word.casefold()
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(char for char in apart if not (unicodedata.combining(char) or char.isspace()))
    return _FULL_STOPS.sub("", _APOSTROPHES.sub("", letters)).strip(",")


def _words(attribute: str) -> list[str]:
    return [word for language in LANGUAGES for word in getattr(language, attribute)]


def _valued(attribute: str) -> dict[str, int]:
    return {word: value for language in LANGUAGES for word, value in getattr(language, attribute).items()}


def _numbered(attribute: str, first: int) -> dict[str, int]:
    return {
        word: number
        for language in LANGUAGES
        for number, words in enumerate(getattr(language, attribute), first)
        for word in words
    }


_WEEKDAYS, _MONTHS = _numbered("weekdays", 0), _numbered("months", 1)
_DAYS, _TIMES, _NUMBERS = _valued("days"), _valued("times"), _valued("numbers")
_NEAREST, _NEAREST_BEHIND = _valued("nearest"), _valued("nearest_behind")
_DIRECTIONS = {**_NEAREST, **_NEAREST_BEHIND}
_UNITS = {word: unit for language in LANGUAGES for unit, words in language.units.items() for word in words}
_BACK = {*_words("ago"), *_words("before")}

# What a unit adds to a description: years to days on the calendar, the others on the clock
_SIZES: dict[str, tuple[str, int]] = {
    "year": ("months", 12),
    "month": ("months", 1),
    "fortnight": ("days", 14),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("later_ns", 3600 * NANOSECONDS),
    "minute": ("later_ns", 60 * NANOSECONDS),
    "second": ("later_ns", NANOSECONDS),
}

Match = re.Match[str]
Item = Callable[[Match, Description], Description]
_ITEMS: list[tuple[str, Item]] = []


def read(text: str, start: int, described: Description) -> tuple[int, Description] | None:
    """What the words from here on add to a description.

    :param text: plain words, with a space between them.
    :param start: where a word begins.
    :return: where they end, and the new description; None where no moment is described here.
    :raises DateError: they describe something that cannot be, or that was described already.
    """
    for pattern, item in _items():
        match = pattern.match(text, start)
        if match:
            return match.end(), item(match, described)
    return None


def begins(text: str, start: int) -> bool:
    """Whether a moment is described from here on."""
    return any(pattern.match(text, start) for pattern, _ in _items())


@lru_cache(1)
def _items() -> list[tuple[re.Pattern[str], Item]]:
    return [(re.compile(f"(?:{pattern})(?= |$)"), item) for pattern, item in _ITEMS]


def _item(*patterns: str) -> Callable[[Item], Item]:
    """Enter the function that follows for these words. Of all patterns, the first that matches is taken."""

    def enter(item: Item) -> Item:
        _ITEMS.extend((pattern, item) for pattern in patterns)
        return item

    return enter


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_ON = f"(?:(?P<lead>{_any(_words('on'))}) )?"
_AT = f"(?:(?P<lead>{_any(_words('at'))}) )?"
_MONTH = f"(?P<month>{_any(_MONTHS)})"
_WEEKDAY = f"(?P<weekday>{_any(_WEEKDAYS)})"
_UNIT = f"(?P<unit>{_any(_UNITS)})"
_NUMBER_WORD = _any(_NUMBERS)
_SPAN = f"(?:[0-9]{{1,9}}(?:[.,][0-9]{{1,9}})? ?|(?:{_NUMBER_WORD}) )(?:{_any(_UNITS)})"
_JOINED = re.compile(f" (?:{_any(_words('joining'))}) ")
_JOINING = f"(?: (?:{_any(_words('joining'))}))?"
_CHAIN = f"(?P<spans>{_SPAN}(?:{_JOINING} {_SPAN})*)"
_SPANS = re.compile(f"(?P<number>[0-9]+|{_NUMBER_WORD})(?:[.,](?P<fraction>[0-9]+))? ?{_UNIT}(?= |$)")
_BEFORE = _any([*_words("after"), *_words("before")])
_BEHIND = f"(?P<behind>{_any([*_words('ago'), *_words('hence')])})"
_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
_COMPACT_CLOCK = (
    r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
)
_NO_DAY = f"(?! (?:of )?(?:{_any(_MONTHS)})(?: |$))"  # what comes before is no day of a month
_NO_UNIT = f"(?! (?:{_any(_UNITS)})(?: |$))"  # nor a number of these
_OFFSET = r"(?P<offset>z|[-+][0-9]{2}(?::?[0-5][0-9])?)?"


@_item(r"@(?P<sign>[-+]?)(?P<seconds>[0-9]+)(?:[.,](?P<fraction>[0-9]+))?")
def _unix(match: Match, described: Description) -> Description:
    """Seconds since 1970, rounded down as GNU date does."""
    fraction = match["fraction"] or ""
    size = int(match["seconds"]) * NANOSECONDS + _nanoseconds(fraction)
    if match["sign"] == "-":
        size = -size - bool(fraction[9:].strip("0"))
    return _with(match, described, unix_ns=size)


@_item(
    rf"{_ON}(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})(?:t{_CLOCK}{_OFFSET})?",
    rf"{_ON}(?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})(?:t{_COMPACT_CLOCK}{_OFFSET})?",
)
def _iso_date(match: Match, described: Description) -> Description:
    described = _dated(match, described, int(match["year"]), int(match["month"]), int(match["day"]))
    return described if match["hour"] is None else _time(match, described)


@_item(rf"{_ON}(?P<numbers>[0-9]{{1,4}}/[0-9]{{1,2}}(?:/[0-9]{{1,4}})?)")
def _slashes(match: Match, described: Description) -> Description:
    """Of the orders that people write dates in, one alone must fit."""
    numbers = match["numbers"].split("/")
    dates = {_written(*read): read for read in _readings(numbers) if _is_date(*read)}
    if not dates:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=match["numbers"])
    if len(dates) > 1:
        raise DateError(Reason.AMBIGUOUS_DATE, date=match["numbers"], choices=tuple(sorted(dates)))
    (read,) = dates.values()
    return _dated(match, described, *read)


def _readings(numbers: list[str]) -> list[tuple[int | None, int, int]]:
    """As year, month, day."""
    if len(numbers) == 2:
        one, two = map(int, numbers)
        return [(None, one, two), (None, two, one)]
    one, two, three = map(int, numbers)
    if len(numbers[0]) > 2:
        return [(one, two, three)]
    if len(numbers[2]) > 2:
        return [(three, one, two), (three, two, one)]
    return [(_in_full(one), two, three), (_in_full(three), one, two), (_in_full(three), two, one)]


def _in_full(year: int) -> int:
    """The year that two digits stand for, as POSIX has it: 1969 to 2068."""
    return year + (1900 if year > 68 else 2000)


def _is_date(year: int | None, month: int, day: int) -> bool:
    try:
        return bool(checked_date(2000 if year is None else year, month, day))  # a leap year
    except DateError:
        return False


def _written(year: int | None, month: int, day: int) -> str:
    return f"{day} {MONTHS[month - 1]}" if year is None else f"{year:04}-{month:02}-{day:02}"


@_item(
    rf"{_ON}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|er)?[ -]?(?:of )?{_MONTH}(?:[ -]?(?P<year>[0-9]{{4}}))?",
    rf"{_ON}{_MONTH}[ -](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:[ -](?P<year>[0-9]{{4}}))?",
)
def _month_and_day(match: Match, described: Description) -> Description:
    year = None if match["year"] is None else int(match["year"])
    return _dated(match, described, year, _MONTHS[match["month"]], int(match["day"]))


@_item(rf"(?P<before>{_BEFORE}) (?P<hours>[0-9]{{1,3}}) ?(?:h|heures?) ?(?P<minutes>[0-5][0-9]){_NO_UNIT}")
def _hours_and_minutes(match: Match, described: Description) -> Description:
    """``dans 1h30``: the French write a span as they write a time of day."""
    size = (int(match["hours"]) * 60 + int(match["minutes"])) * _SIZES["minute"][1]
    return replace(described, later_ns=described.later_ns + (-size if match["before"] in _BACK else size))


@_item(
    rf"(?P<before>{_BEFORE}) {_CHAIN}",
    rf"(?P<sign>[-+]) ?(?P<spans>{_SPAN})(?: {_BEHIND})?",
    rf"{_CHAIN} {_BEHIND}",
)
def _span(match: Match, described: Description) -> Description:
    said = match.groupdict()
    back = (said.get("sign") == "-") != bool({said.get("before"), said.get("behind")} & _BACK)
    spans = list(_SPANS.finditer(match["spans"]))
    joined = len(_JOINED.findall(match["spans"]))
    if said.get("behind") in _BACK and joined < len(spans) - 1:
        # GNU date counts the last one back alone; people mean all.
        raise DateError(Reason.AMBIGUOUS_SPAN, span=match[0])
    for span in spans:
        described = _later(span, described, -1 if back else 1)
    return described


@_item(
    rf"{_AT}{_CLOCK}(?: ?(?P<half>am|pm)|{_OFFSET})",
    rf"{_AT}(?P<hour>[0-9]{{1,2}}) ?(?P<half>am|pm)",
    rf"{_AT}(?P<hour>[0-9]{{1,2}} ?|(?:{_NUMBER_WORD}) )(?:h|heures?)(?: ?(?P<minute>[0-9]{{2}}){_NO_DAY})?",
)
def _time(match: Match, described: Description) -> Description:
    said = match.groupdict()
    hour = _NUMBERS.get(match["hour"].strip()) or int(match["hour"])
    if half := said.get("half"):
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else -1
    try:
        clock = time(hour, int(said.get("minute") or 0), int(said.get("second") or 0))
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=_told(match)) from None
    described = _with(match, described, clock=clock)
    if offset := said.get("offset"):
        described = _with(match, described, zone=zones.offset(offset))
    return replace(described, nanosecond=_nanoseconds(said.get("fraction") or ""))


@_item(rf"{_AT}(?P<time>{_any(_TIMES)})")
def _named_time(match: Match, described: Description) -> Description:
    return _with(match, described, clock=time(_TIMES[match["time"]]))


@_item(_CHAIN)
def _bare_span(match: Match, described: Description) -> Description:
    for span in _SPANS.finditer(match["spans"]):
        described = _later(span, described, 1)
    return described


@_item(rf"(?P<nearest>{_any(_NEAREST)}) {_UNIT}", rf"{_ON}{_UNIT} (?P<nearest>{_any(_NEAREST_BEHIND)})")
def _nearest_unit(match: Match, described: Description) -> Description:
    return _added(described, match["unit"], _DIRECTIONS[match["nearest"]])


@_item(
    rf"{_ON}{_WEEKDAY} (?P<nearest>{_any(_NEAREST_BEHIND)})",
    rf"{_ON}(?:(?P<nearest>{_any(_NEAREST)}) )?{_WEEKDAY}",
)
def _weekday(match: Match, described: Description) -> Description:
    nearest = _DIRECTIONS[match["nearest"]] if match["nearest"] else 0
    return _with(match, described, weekday=_WEEKDAYS[match["weekday"]], nearest=nearest)


@_item(rf"{_ON}(?P<word>{_any(_DAYS)})")
def _day(match: Match, described: Description) -> Description:
    return replace(described, days=described.days + _DAYS[match["word"]])


@_item("(?P<year>[0-9]{4})")
def _late_year(match: Match, described: Description) -> Description:
    """The year behind a date and a time, where ``date`` writes it; elsewhere digits alone say nothing."""
    if described.month is None or described.year is not None or described.clock is None:
        raise DateError(Reason.AMBIGUOUS_NUMBER, number=match[0])
    return replace(described, year=int(match["year"]))


@_item(_any(_words("now")))
def _now(match: Match, described: Description) -> Description:
    return described


def _dated(match: Match, described: Description, year: int | None, month: int, day: int) -> Description:
    if not _is_date(year, month, day):
        raise DateError(Reason.IMPOSSIBLE_DATE, date=_told(match))
    return _with(match, described, year=year, month=month, day=day)


def _told(match: Match) -> str:
    """What was said, without the word that leads to it: ``25:00`` of ``at 25:00``."""
    lead = match.groupdict().get("lead")
    return match[0] if lead is None else match[0][len(lead) + 1 :]


def _with(match: Match, described: Description, **parts: Any) -> Description:
    """The description with these parts, none of which may have been said; a point in time says them all."""
    exclusive = ("month", "weekday", "clock") if "unix_ns" in parts else parts.keys() - {"nearest"}
    if any(getattr(described, name) is not None for name in ("unix_ns", *exclusive)):
        raise DateError(Reason.SAID_TWICE, word=_told(match))
    return replace(described, **parts)


def _later(span: Match, described: Description, direction: int) -> Description:
    number = _NUMBERS.get(span["number"]) or int(span["number"])
    if span["fraction"]:
        kind, size = _SIZES[_UNITS[span["unit"]]]
        if kind != "later_ns":
            raise DateError(Reason.PART_OF_A_DAY, span=span[0])
        part = size * _nanoseconds(span["fraction"]) // NANOSECONDS
        described = replace(described, later_ns=described.later_ns + direction * part)
    return _added(described, span["unit"], direction * number)


def _added(described: Description, unit: str, number: int) -> Description:
    kind, size = _SIZES[_UNITS[unit]]
    return replace(described, **{kind: getattr(described, kind) + number * size})


def _nanoseconds(fraction: str) -> int:
    return int(f"{fraction[:9]:0<9}")
