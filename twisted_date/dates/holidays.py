"""Holidays with a fixed day, or at a fixed distance from Easter, as in the Western churches."""

from datetime import date, timedelta

# Month and day
_FIXED = {
    "new year": (1, 1),
    "epiphany": (1, 6),
    "valentine": (2, 14),
    "assumption": (8, 15),
    "halloween": (10, 31),
    "all saints": (11, 1),
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year eve": (12, 31),
}
# Days after Easter Sunday
_MOVABLE = {
    "mardi gras": -47,
    "ash wednesday": -46,
    "palm sunday": -7,
    "good friday": -2,
    "easter": 0,
    "easter monday": 1,
    "ascension": 39,
    "pentecost": 49,
    "whit monday": 50,
}


def holiday(name: str, year: int) -> date:
    """The day of a holiday in a year.

    :param name: one of those above.
    :raises ValueError: when the year is not from 1 to 9999.
    """
    if name in _FIXED:
        month, day = _FIXED[name]
        return date(year, month, day)
    return easter(year) + timedelta(days=_MOVABLE[name])


def next_holiday(name: str, today: date) -> date:
    """The first day of a holiday from today on."""
    this_year = holiday(name, today.year)
    return this_year if this_year >= today else holiday(name, today.year + 1)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the rule of Lilius and Clavius.

    The names are theirs: the golden number, the century, and the epact, the age of the moon on January 1.
    """
    golden, century = year % 19, year // 100
    corrections = century // 4 + (8 * century + 13) // 25
    epact = (century - corrections + 19 * golden + 15) % 30
    full_moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + full_moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + timedelta(days=full_moon - weekday)
