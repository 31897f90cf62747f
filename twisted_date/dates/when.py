"""Parses moments in words, English and French. ``docs/when.abnf`` is the grammar.

A moment is a sequence of parts: dates, weekdays, times of day, spans. A rule reads each part, and adds it to
a :class:`.MomentSpec`. Of the rules that fit, the first one is taken.
"""

import re
from datetime import time
from typing import Any

from . import zones
from .errors import DateError, Reason
from .grammar import Grammar, Match
from .moment import MONTHS, NANOSECONDS
from .resolve import MomentSpec, checked_date
from .vocabulary import LANGUAGES


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

_CLOCK = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?")

GRAMMAR: Grammar[MomentSpec] = Grammar(
    vocabulary={
        "on": _words("on"),
        "at": _words("at"),
        "before": [*_words("after"), *_words("before")],
        "behind": [*_words("ago"), *_words("hence")],
        "joining": _words("joining"),
        "number": _NUMBERS,
        "unit": _UNITS,
        "occurrence": _OCCURRENCE,
        "occurrence-behind": _OCCURRENCE_BEHIND,
        "weekday": _WEEKDAYS,
        "month": _MONTHS,
        "day-word": _DAYS,
        "time-word": _TIMES,
        "now": _words("now"),
        "ordinal": ("st", "nd", "rd", "th", "er"),
        "half": ("am", "pm"),
        "heures": ("h", "heure", "heures"),
    },
    definitions={
        "dash": "hyphen /  ",
        "offset": '"z" / sign.dd / sign.hhmm / sign.hh-mm',
        "span": "amount:(count~ / number )unit:unit",
        "spans": "span{[ joining] span}",
    },
)


@GRAMMAR.rule('"@"[sign:sign]seconds:decimal')
def _unix(match: Match, spec: MomentSpec) -> MomentSpec:
    """Seconds since 1970, rounded down to nanoseconds as GNU date does."""
    seconds, fraction = _decimal(match["seconds"])
    size = int(seconds) * NANOSECONDS + _nanoseconds(fraction)
    if match.get("sign") == "-":
        size = -size - bool(fraction[9:].strip("0"))
    return _with(match, spec, unix_ns=size)


@GRAMMAR.rule(
    '[lead:on ]date:iso["t"clock:clock[offset:offset]]',
    '[lead:on ]date:yyyymmdd["t"clock:hhmmss[offset:offset]]',
)
def _iso_date(match: Match, spec: MomentSpec) -> MomentSpec:
    date = match["date"]
    year, month, day = date.split("-") if "-" in date else (date[:4], date[4:6], date[6:])
    spec = _with_date(match, spec, int(year), int(month), int(day))
    return spec if match.get("clock") is None else _time(match, spec)


@GRAMMAR.rule("[lead:on ]slashes")
def _slashes(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with slashes; exactly one of the usual orders of its numbers must give a date."""
    text = _without_lead(match)
    numbers = text.split("/")
    dates = {_date_text(*parts): parts for parts in _interpretations(numbers) if _is_date(*parts)}
    if not dates:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=text)
    if len(dates) > 1:
        raise DateError(Reason.AMBIGUOUS_DATE, date=text, choices=tuple(sorted(dates)))
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


@GRAMMAR.rule(
    '[lead:on ]day:nn([dash] / ordinal.dash)["of" ]month:month[[dash]year:yyyy]',
    "[lead:on ]month:month.dash.day:nn[ordinal][dash.year:yyyy]",
)
def _month_and_day(match: Match, spec: MomentSpec) -> MomentSpec:
    year = match.get("year")
    month, day = _MONTHS[match["month"]], int(match["day"])
    return _with_date(match, spec, None if year is None else int(year), month, day)


@GRAMMAR.rule("before:before hours:nnn~heures~minutes:mm!( unit)")
def _hours_and_minutes(match: Match, spec: MomentSpec) -> MomentSpec:
    """``dans 1h30``: in French, a span may look like a time of day."""
    size = (int(match["hours"]) * 60 + int(match["minutes"])) * _SIZES["minute"][1]
    return spec._replace(add_ns=spec.add_ns + (-size if match["before"] in _BACK else size))


@GRAMMAR.rule(
    "before:before spans:spans",
    "sign:sign~spans:span[ behind:behind]",
    "spans:spans behind:behind",
)
def _span(match: Match, spec: MomentSpec) -> MomentSpec:
    back = (match.get("sign") == "-") != (match.get("before") in _BACK or match.get("behind") in _BACK)
    spans = list(match.each("spans", "span"))
    joined = match["spans"].split()
    if match.get("behind") in _BACK and sum(map(joined.count, _words("joining"))) < len(spans) - 1:
        # GNU date counts only the last span back; people mean all of them.
        raise DateError(Reason.AMBIGUOUS_SPAN, span=match.text)
    for span in spans:
        spec = _add_span(span, spec, -1 if back else 1)
    return spec


@GRAMMAR.rule(
    "[lead:at ]clock:clock(~half:half / [offset:offset])",
    "[lead:at ]hour:nn~half:half",
    '[lead:at ]hour:(nn~ / number )heures[~minute:dd!( ["of" ]month)]',
)
def _time(match: Match, spec: MomentSpec) -> MomentSpec:
    if text := match.get("clock"):
        hours, minutes, seconds, fraction = _CLOCK.findall(text)[0]
    else:
        hours, minutes, seconds, fraction = match["hour"].strip(), match.get("minute"), "", ""
    hour = _NUMBERS.get(hours) or int(hours)
    if half := match.get("half"):
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else -1
    try:
        clock = time(hour, int(minutes or 0), int(seconds or 0))
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_TIME, time=_without_lead(match)) from None
    spec = _with(match, spec, clock=clock)
    if offset := match.get("offset"):
        spec = _with(match, spec, zone=zones.offset(offset))
    return spec._replace(nanosecond=_nanoseconds(fraction))


@GRAMMAR.rule("[lead:at ]time:time-word")
def _named_time(match: Match, spec: MomentSpec) -> MomentSpec:
    return _with(match, spec, clock=time(_TIMES[match["time"]]))


@GRAMMAR.rule("spans:spans")
def _bare_span(match: Match, spec: MomentSpec) -> MomentSpec:
    for span in match.each("spans", "span"):
        spec = _add_span(span, spec, 1)
    return spec


@GRAMMAR.rule("occurrence:occurrence unit:unit", "[lead:on ]unit:unit occurrence:occurrence-behind")
def _occurrence_unit(match: Match, spec: MomentSpec) -> MomentSpec:
    return _add_unit(spec, match["unit"], _DIRECTIONS[match["occurrence"]])


@GRAMMAR.rule(
    "[lead:on ]weekday:weekday occurrence:occurrence-behind",
    "[lead:on ][occurrence:occurrence ]weekday:weekday",
)
def _weekday(match: Match, spec: MomentSpec) -> MomentSpec:
    occurrence = _DIRECTIONS[match["occurrence"]] if match.get("occurrence") else 0
    return _with(match, spec, weekday=_WEEKDAYS[match["weekday"]], occurrence=occurrence)


@GRAMMAR.rule("[lead:on ]word:day-word")
def _day(match: Match, spec: MomentSpec) -> MomentSpec:
    return spec._replace(days=spec.days + _DAYS[match["word"]])


@GRAMMAR.rule("year:yyyy")
def _late_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """The year after a date and a time, where ``date`` writes it; elsewhere, bare digits are ambiguous."""
    if spec.month is None or spec.year is not None or spec.clock is None:
        raise DateError(Reason.AMBIGUOUS_NUMBER, number=match.text)
    return spec._replace(year=int(match.text))


@GRAMMAR.rule("now")
def _now(match: Match, spec: MomentSpec) -> MomentSpec:
    return spec


def _with_date(match: Match, spec: MomentSpec, year: int | None, month: int, day: int) -> MomentSpec:
    if not _is_date(year, month, day):
        raise DateError(Reason.IMPOSSIBLE_DATE, date=_without_lead(match))
    return _with(match, spec, year=year, month=month, day=day)


def _without_lead(match: Match) -> str:
    """The matched words without the leading word: ``25:00`` of ``at 25:00``."""
    return match.text[len(match["lead"]) + 1 :] if match.get("lead") else match.text


def _with(match: Match, spec: MomentSpec, **parts: Any) -> MomentSpec:
    """Add parts that must not exist yet; seconds since 1970 exclude all other parts."""
    exclusive = ("month", "weekday", "clock") if "unix_ns" in parts else parts.keys() - {"occurrence"}
    if any(getattr(spec, name) is not None for name in ("unix_ns", *exclusive)):
        raise DateError(Reason.SAID_TWICE, word=_without_lead(match))
    return spec._replace(**parts)


def _add_span(span: Match, spec: MomentSpec, direction: int) -> MomentSpec:
    amount, unit = span["amount"].strip(), span["unit"]
    number, fraction = _decimal(amount)
    if fraction:
        kind, size = _SIZES[_UNITS[unit]]
        if kind != "add_ns":
            raise DateError(Reason.PART_OF_A_DAY, span=span.text)
        part = size * _nanoseconds(fraction) // NANOSECONDS
        spec = spec._replace(add_ns=spec.add_ns + direction * part)
    return _add_unit(spec, unit, direction * (_NUMBERS.get(number) or int(number)))


def _add_unit(spec: MomentSpec, unit: str, number: int) -> MomentSpec:
    kind, size = _SIZES[_UNITS[unit]]
    return spec._replace(**{kind: getattr(spec, kind) + number * size})


def _decimal(number: str) -> tuple[str, str]:
    """The digits in front of the point, and those behind it."""
    whole, _, fraction = number.replace(",", ".").partition(".")
    return whole, fraction


def _nanoseconds(fraction: str) -> int:
    return int(f"{fraction[:9]:0<9}")
