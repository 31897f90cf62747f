"""Parses moments in words, English and French. ``docs/when.abnf`` is the grammar.

A moment is a sequence of parts: dates, weekdays, times of day, spans. A rule parses each part, by a pattern
over words from :func:`normalize`, and adds it to a :class:`.MomentSpec`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import time
from functools import lru_cache
from typing import Any

from . import zones
from .errors import DateError, Reason
from .moment import MONTHS, NANOSECONDS
from .resolve import MomentSpec, checked_date
from .vocabulary import LANGUAGES

_APOSTROPHES = re.compile("['’‘ʼ]")
_FULL_STOPS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")


def normalize(word: str) -> str:
    """The word in lower case, without accents, apostrophes and punctuation: ``fevr`` for ``Févr.,``."""
    letters = word.casefold()
    if not letters.isascii():
        decomposed = unicodedata.normalize("NFKD", letters)
        letters = "".join(char for char in decomposed if not (unicodedata.combining(char) or char.isspace()))
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
_OCCURRENCE, _OCCURRENCE_BEHIND = _valued("occurrence"), _valued("occurrence_behind")
_DIRECTIONS = {**_OCCURRENCE, **_OCCURRENCE_BEHIND}
_UNITS = {word: unit for language in LANGUAGES for unit, words in language.units.items() for word in words}
_BACK = {*_words("ago"), *_words("before")}

# The part that a unit adds to, and its size there: years to days on the calendar, smaller units on the clock
_SIZES: dict[str, tuple[str, int]] = {
    "year": ("months", 12),
    "month": ("months", 1),
    "fortnight": ("days", 14),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("add_ns", 3600 * NANOSECONDS),
    "minute": ("add_ns", 60 * NANOSECONDS),
    "second": ("add_ns", NANOSECONDS),
}

Match = re.Match[str]
Rule = Callable[[Match, MomentSpec], MomentSpec]
_RULES: list[tuple[str, Rule]] = []


def parse(text: str, start: int, spec: MomentSpec) -> tuple[int, MomentSpec] | None:
    """Parse the next part of a moment.

    :param text: normalized words, separated by single spaces.
    :param start: the start of a word in the text.
    :param spec: the parts so far.
    :return: the end of the part, and the parts with it; None when no part starts here.
    :raises DateError: when the part is impossible, ambiguous, or repeats an earlier one.
    """
    for pattern, rule in _rules():
        match = pattern.match(text, start)
        if match:
            return match.end(), rule(match, spec)
    return None


def matches(text: str, start: int) -> bool:
    """Whether a part of a moment starts here."""
    return any(pattern.match(text, start) for pattern, _ in _rules())


@lru_cache(1)
def _rules() -> list[tuple[re.Pattern[str], Rule]]:
    return [(re.compile(f"(?:{pattern})(?= |$)"), rule) for pattern, rule in _RULES]


def _rule(*patterns: str) -> Callable[[Rule], Rule]:
    """Decorate a function to parse the words that match a pattern. Of all patterns, the first match wins."""

    def enter(rule: Rule) -> Rule:
        _RULES.extend((pattern, rule) for pattern in patterns)
        return rule

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
_NO_DAY = f"(?! (?:of )?(?:{_any(_MONTHS)})(?: |$))"  # the number before is not the day of a month
_NO_UNIT = f"(?! (?:{_any(_UNITS)})(?: |$))"  # nor a number of units
_OFFSET = r"(?P<offset>z|[-+][0-9]{2}(?::?[0-5][0-9])?)?"


@_rule(r"@(?P<sign>[-+]?)(?P<seconds>[0-9]+)(?:[.,](?P<fraction>[0-9]+))?")
def _unix(match: Match, spec: MomentSpec) -> MomentSpec:
    """Seconds since 1970, rounded down to nanoseconds as GNU date does."""
    fraction = match["fraction"] or ""
    size = int(match["seconds"]) * NANOSECONDS + _nanoseconds(fraction)
    if match["sign"] == "-":
        size = -size - bool(fraction[9:].strip("0"))
    return _with(match, spec, unix_ns=size)


@_rule(
    rf"{_ON}(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}})(?:t{_CLOCK}{_OFFSET})?",
    rf"{_ON}(?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})(?:t{_COMPACT_CLOCK}{_OFFSET})?",
)
def _iso_date(match: Match, spec: MomentSpec) -> MomentSpec:
    spec = _with_date(match, spec, int(match["year"]), int(match["month"]), int(match["day"]))
    return spec if match["hour"] is None else _time(match, spec)


@_rule(rf"{_ON}(?P<numbers>[0-9]{{1,4}}/[0-9]{{1,2}}(?:/[0-9]{{1,4}})?)")
def _slashes(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with slashes; exactly one of the usual orders of its numbers must give a date."""
    numbers = match["numbers"].split("/")
    dates = {_date_text(*parts): parts for parts in _interpretations(numbers) if _is_date(*parts)}
    if not dates:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=match["numbers"])
    if len(dates) > 1:
        raise DateError(Reason.AMBIGUOUS_DATE, date=match["numbers"], choices=tuple(sorted(dates)))
    (parts,) = dates.values()
    return _with_date(match, spec, *parts)


def _interpretations(numbers: list[str]) -> list[tuple[int | None, int, int]]:
    """The possible orders of the numbers, as year, month, day."""
    if len(numbers) == 2:
        first, second = map(int, numbers)
        return [(None, first, second), (None, second, first)]
    first, second, third = map(int, numbers)
    if len(numbers[0]) > 2:
        return [(first, second, third)]
    if len(numbers[2]) > 2:
        return [(third, first, second), (third, second, first)]
    return [(_expand(first), second, third), (_expand(third), first, second), (_expand(third), second, first)]


def _expand(year: int) -> int:
    """Expand a two-digit year by the rule of POSIX: 1969 to 2068."""
    return year + (1900 if year > 68 else 2000)


def _is_date(year: int | None, month: int, day: int) -> bool:
    try:
        return bool(checked_date(2000 if year is None else year, month, day))  # 2000 is a leap year
    except DateError:
        return False


def _date_text(year: int | None, month: int, day: int) -> str:
    return f"{day} {MONTHS[month - 1]}" if year is None else f"{year:04}-{month:02}-{day:02}"


@_rule(
    rf"{_ON}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|er)?[ -]?(?:of )?{_MONTH}(?:[ -]?(?P<year>[0-9]{{4}}))?",
    rf"{_ON}{_MONTH}[ -](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:[ -](?P<year>[0-9]{{4}}))?",
)
def _month_and_day(match: Match, spec: MomentSpec) -> MomentSpec:
    year = None if match["year"] is None else int(match["year"])
    return _with_date(match, spec, year, _MONTHS[match["month"]], int(match["day"]))


@_rule(rf"(?P<before>{_BEFORE}) (?P<hours>[0-9]{{1,3}}) ?(?:h|heures?) ?(?P<minutes>[0-5][0-9]){_NO_UNIT}")
def _hours_and_minutes(match: Match, spec: MomentSpec) -> MomentSpec:
    """``dans 1h30``: in French, a span may look like a time of day."""
    size = (int(match["hours"]) * 60 + int(match["minutes"])) * _SIZES["minute"][1]
    return replace(spec, add_ns=spec.add_ns + (-size if match["before"] in _BACK else size))


@_rule(
    rf"(?P<before>{_BEFORE}) {_CHAIN}",
    rf"(?P<sign>[-+]) ?(?P<spans>{_SPAN})(?: {_BEHIND})?",
    rf"{_CHAIN} {_BEHIND}",
)
def _span(match: Match, spec: MomentSpec) -> MomentSpec:
    groups = match.groupdict()
    back = (groups.get("sign") == "-") != bool({groups.get("before"), groups.get("behind")} & _BACK)
    spans = list(_SPANS.finditer(match["spans"]))
    joined = len(_JOINED.findall(match["spans"]))
    if groups.get("behind") in _BACK and joined < len(spans) - 1:
        # GNU date counts only the last span back; people mean all of them.
        raise DateError(Reason.AMBIGUOUS_SPAN, span=match[0])
    for span in spans:
        spec = _add_span(span, spec, -1 if back else 1)
    return spec


@_rule(
    rf"{_AT}{_CLOCK}(?: ?(?P<half>am|pm)|{_OFFSET})",
    rf"{_AT}(?P<hour>[0-9]{{1,2}}) ?(?P<half>am|pm)",
    rf"{_AT}(?P<hour>[0-9]{{1,2}} ?|(?:{_NUMBER_WORD}) )(?:h|heures?)(?: ?(?P<minute>[0-9]{{2}}){_NO_DAY})?",
)
def _time(match: Match, spec: MomentSpec) -> MomentSpec:
    groups = match.groupdict()
    hour = _NUMBERS.get(match["hour"].strip()) or int(match["hour"])
    if half := groups.get("half"):
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else -1
    try:
        clock = time(hour, int(groups.get("minute") or 0), int(groups.get("second") or 0))
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=_without_lead(match)) from None
    spec = _with(match, spec, clock=clock)
    if offset := groups.get("offset"):
        spec = _with(match, spec, zone=zones.offset(offset))
    return replace(spec, nanosecond=_nanoseconds(groups.get("fraction") or ""))


@_rule(rf"{_AT}(?P<time>{_any(_TIMES)})")
def _named_time(match: Match, spec: MomentSpec) -> MomentSpec:
    return _with(match, spec, clock=time(_TIMES[match["time"]]))


@_rule(_CHAIN)
def _bare_span(match: Match, spec: MomentSpec) -> MomentSpec:
    for span in _SPANS.finditer(match["spans"]):
        spec = _add_span(span, spec, 1)
    return spec


@_rule(
    rf"(?P<occurrence>{_any(_OCCURRENCE)}) {_UNIT}",
    rf"{_ON}{_UNIT} (?P<occurrence>{_any(_OCCURRENCE_BEHIND)})",
)
def _occurrence_unit(match: Match, spec: MomentSpec) -> MomentSpec:
    return _add_unit(spec, match["unit"], _DIRECTIONS[match["occurrence"]])


@_rule(
    rf"{_ON}{_WEEKDAY} (?P<occurrence>{_any(_OCCURRENCE_BEHIND)})",
    rf"{_ON}(?:(?P<occurrence>{_any(_OCCURRENCE)}) )?{_WEEKDAY}",
)
def _weekday(match: Match, spec: MomentSpec) -> MomentSpec:
    occurrence = _DIRECTIONS[match["occurrence"]] if match["occurrence"] else 0
    return _with(match, spec, weekday=_WEEKDAYS[match["weekday"]], occurrence=occurrence)


@_rule(rf"{_ON}(?P<word>{_any(_DAYS)})")
def _day(match: Match, spec: MomentSpec) -> MomentSpec:
    return replace(spec, days=spec.days + _DAYS[match["word"]])


@_rule("(?P<year>[0-9]{4})")
def _late_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """The year after a date and a time, where ``date`` writes it; elsewhere, bare digits are ambiguous."""
    if spec.month is None or spec.year is not None or spec.clock is None:
        raise DateError(Reason.AMBIGUOUS_NUMBER, number=match[0])
    return replace(spec, year=int(match["year"]))


@_rule(_any(_words("now")))
def _now(match: Match, spec: MomentSpec) -> MomentSpec:
    return spec


def _with_date(match: Match, spec: MomentSpec, year: int | None, month: int, day: int) -> MomentSpec:
    if not _is_date(year, month, day):
        raise DateError(Reason.IMPOSSIBLE_DATE, date=_without_lead(match))
    return _with(match, spec, year=year, month=month, day=day)


def _without_lead(match: Match) -> str:
    """The matched words without the leading word: ``25:00`` of ``at 25:00``."""
    lead = match.groupdict().get("lead")
    return match[0] if lead is None else match[0][len(lead) + 1 :]


def _with(match: Match, spec: MomentSpec, **parts: Any) -> MomentSpec:
    """Add parts that must not exist yet; seconds since 1970 exclude all other parts."""
    exclusive = ("month", "weekday", "clock") if "unix_ns" in parts else parts.keys() - {"occurrence"}
    if any(getattr(spec, name) is not None for name in ("unix_ns", *exclusive)):
        raise DateError(Reason.SAID_TWICE, word=_without_lead(match))
    return replace(spec, **parts)


def _add_span(span: Match, spec: MomentSpec, direction: int) -> MomentSpec:
    number = _NUMBERS.get(span["number"]) or int(span["number"])
    if span["fraction"]:
        kind, size = _SIZES[_UNITS[span["unit"]]]
        if kind != "add_ns":
            raise DateError(Reason.PART_OF_A_DAY, span=span[0])
        part = size * _nanoseconds(span["fraction"]) // NANOSECONDS
        spec = replace(spec, add_ns=spec.add_ns + direction * part)
    return _add_unit(spec, span["unit"], direction * number)


def _add_unit(spec: MomentSpec, unit: str, number: int) -> MomentSpec:
    kind, size = _SIZES[_UNITS[unit]]
    return replace(spec, **{kind: getattr(spec, kind) + number * size})


def _nanoseconds(fraction: str) -> int:
    return int(f"{fraction[:9]:0<9}")
