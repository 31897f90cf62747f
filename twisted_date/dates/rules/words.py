"""The words of all languages, each with what it stands for."""

from ..moment import NANOSECONDS
from ..vocabulary import LANGUAGES


def words(attribute: str) -> list[str]:
    """The words of a kind."""
    return [word for language in LANGUAGES for word in getattr(language, attribute)]


def _valued(attribute: str) -> dict[str, int]:
    return {word: value for language in LANGUAGES for word, value in getattr(language, attribute).items()}


def _numbered(attribute: str, first: int) -> dict[str, int]:
    return {
        word: number
        for language in LANGUAGES
        for number, listed in enumerate(getattr(language, attribute), first)
        for word in listed
    }


WEEKDAYS, MONTHS = _numbered("weekdays", 0), _numbered("months", 1)
DAYS, TIMES, NUMBERS = _valued("days"), _valued("times"), _valued("numbers")
QUARTERS, HUNDREDS = _valued("quarters"), _valued("hundreds")
_OCCURRENCES, _OCCURRENCES_BEHIND = _valued("occurrence"), _valued("occurrence_behind")
_WEEKDAY_OCCURRENCES = _valued("weekday_occurrence")
OCCURRENCES = _OCCURRENCES | _OCCURRENCES_BEHIND | _WEEKDAY_OCCURRENCES
ORDINALS = _valued("ordinals")
LAST = words("last")
HOLIDAYS = {word: name for language in LANGUAGES for word, name in language.holidays.items()}
WEEKS_LATER = _valued("weeks_later")
SIDES, NEIGHBOURS = _valued("sides"), _valued("neighbours")
PARTS = {word: part for language in LANGUAGES for word, part in language.parts.items()}
UNITS = {word: unit for language in LANGUAGES for unit, listed in language.units.items() for word in listed}
MINUTES = frozenset(word for word, unit in UNITS.items() if unit == "minute")
LETTERS = {word: unit for language in LANGUAGES for word, unit in language.letters.items()}
IN_ITS_LANGUAGE = {language.tag: language.in_its_language for language in LANGUAGES}
BACK = {*words("ago"), *words("before"), *words("preceding")}

# The part that a unit adds to, and its size there: years to days on the calendar, smaller units on the clock
SIZES: dict[str, tuple[str, int]] = {
    "year": ("months", 12),
    "month": ("months", 1),
    "fortnight": ("weeks", 2),
    "week": ("weeks", 1),
    "day": ("days", 1),
    "hour": ("ns", 3600 * NANOSECONDS),
    "minute": ("ns", 60 * NANOSECONDS),
    "second": ("ns", NANOSECONDS),
}

VOCABULARY = {
    "on": words("on"),
    "at": words("at"),
    "before": [*words("after"), *words("before")],
    "behind": [*words("ago"), *words("hence")],
    "relation": [*words("following"), *words("preceding")],
    "joining": words("joining"),
    "number": list(NUMBERS),
    "hundred": list(HUNDREDS),
    "quarters": list(QUARTERS),
    "unit": list(UNITS),
    "letter": list(LETTERS),
    "week": [word for word, unit in UNITS.items() if unit == "week"],
    "occurrence": list(_OCCURRENCES),
    "occurrence-behind": list(_OCCURRENCES_BEHIND),
    "weekday-occurrence": [*_WEEKDAY_OCCURRENCES, *_OCCURRENCES],
    "weekdays": [f"{word}s" for word in WEEKDAYS if len(word) > 4],
    "ordinal-word": list(ORDINALS),
    "last": LAST,
    "of-month": words("of_month"),
    "of-year": [word for word in words("of_month") if "mois" not in word],
    "same-time": words("same_time"),
    "end": words("end"),
    "holiday": list(HOLIDAYS),
    "country-holiday": words("country_holidays"),
    "months": [word for word, unit in UNITS.items() if unit == "month"],
    "years": [word for word, unit in UNITS.items() if unit == "year"],
    "day": [word for word in UNITS if UNITS[word] == "day" and not word.endswith("s")],
    "weeks-later": list(WEEKS_LATER),
    "side": list(SIDES),
    "neighbour": list(NEIGHBOURS),
    "of": words("of"),
    "weekday": list(WEEKDAYS),
    "month": list(MONTHS),
    "day-word": list(DAYS),
    "time-word": list(TIMES),
    "now": words("now"),
    "ordinal": ["st", "nd", "rd", "th", "er"],
    "half": ["am", "pm"],
    "short-half": ["a", "p"],
    "part": list(PARTS),
    "part-lead": words("part_leads"),
    "tonight": words("tonight"),
    "past": words("past"),
    "until": words("until"),
    "less": words("less"),
    "on-the-dot": words("on_the_dot"),
    "hour-word": [word for word, number in NUMBERS.items() if number <= 24 and word not in ("a", "an", "un")],
    "tens-word": [word for word, number in NUMBERS.items() if number in (20, 30, 40, 50, 60)],
    "ones-word": [word for word, number in NUMBERS.items() if number < 10 and word not in ("a", "an", "un")],
    "minute-word": [word for word, number in NUMBERS.items() if 10 <= number < 60],
    "heures": ["h", "heure", "heures"],
    "hours": [word for word, unit in (UNITS | LETTERS).items() if unit == "hour"],
    "minutes": sorted(MINUTES),
    "seconds": [word for word, unit in (UNITS | LETTERS).items() if unit == "second"],
}
