"""Days: dates, weekdays, and words such as tomorrow."""

from ..errors import DateError, Reason
from ..grammar import Match
from ..month_days import Nth
from ..spec import MomentSpec, Spoken
from .common import with_parts, without_lead
from .digits import expand_year, with_date
from .month_days import check_ordinal, day_number
from .numbers import number_of
from .words import BACK, DAYS, MONTHS, OCCURRENCES, SIDES, WEEKDAYS, WEEKS_LATER

DEFINITIONS = {"dash": "hyphen /  "}


def month_and_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """A date with the name of its month: 25 december 2026, dec 25, le 1er janvier, 25 dec '26."""
    year = None
    if text := match.get("year"):
        digits = text.lstrip(" -")
        if digits.startswith("0"):  # a year, or a time of day
            raise DateError(Reason.AMBIGUOUS_NUMBER, number=digits)
        year = int(digits.removeprefix("'"))
        year = expand_year(year) if len(digits) < 4 else year
    check_ordinal(match.text)
    month, day = MONTHS[match["month"]], day_number(match["day"].strip().removesuffix(" of"))
    which = OCCURRENCES[match["which"]] if match.get("which") else None
    return with_date(match, spec, year, month, day)._replace(which=which)


def late_year(match: Match, spec: MomentSpec) -> MomentSpec:
    """The year after a date and a time, where ``date`` writes it; elsewhere, bare digits are ambiguous."""
    if spec.month is None or spec.year is not None or spec.clock is None:
        raise DateError(Reason.AMBIGUOUS_NUMBER, number=match.typed)
    return spec._replace(year=int(match.text))


def short_mardi(match: Match, spec: MomentSpec) -> MomentSpec:
    """``mar.`` is Tuesday beside a month; otherwise it may be March."""
    day = match.get("day")
    if match.get("dated") is None and (day or spec.month is None):
        choices = ("mardi", f"{day or 1} mars")
        raise DateError(Reason.AMBIGUOUS_DATE, date=match.typed, choices=choices)
    return with_parts(match, spec, weekday=WEEKDAYS["mardi"])


def weekday(match: Match, spec: MomentSpec) -> MomentSpec:
    """A weekday: friday, next friday, vendredi prochain."""
    occurrence = match.get("occurrence")
    number = None if occurrence is None else OCCURRENCES[occurrence]
    if number is not None and spec.week is not None:
        raise DateError(Reason.SAID_TWICE, word=match.typed)
    return with_parts(match, spec, weekday=WEEKDAYS[match["weekday"]], occurrence=number)


def weekdays_from_now(match: Match, spec: MomentSpec) -> MomentSpec:
    """So many weekdays from now: three fridays from now, two mondays ago."""
    number = number_of(match["number"])
    back = match.get("behind") in BACK or match.get("before") in BACK
    weekday = WEEKDAYS[match["weekdays"].removesuffix("s")]
    return with_parts(match, spec, weekday=weekday, occurrence=-number if back else number)


def weekday_of_a_week(match: Match, spec: MomentSpec) -> MomentSpec:
    """A weekday of a week: monday of next week, lundi de la semaine prochaine."""
    week = OCCURRENCES[match["occurrence"]]
    return with_parts(match, spec, weekday=WEEKDAYS[match["weekday"]], week=week)


def weeks_later(match: Match, spec: MomentSpec) -> MomentSpec:
    """So many days after the next weekday, or after a day: friday week, a week on friday."""
    days = WEEKS_LATER[match["later"]] if match.get("later") else 7 * number_of(match["number"])
    spec = spec._replace(days=spec.days + days)
    return weekday(match, spec) if match.get("weekday") else day_word(match, spec)


def weekday_from_a_day(match: Match, spec: MomentSpec) -> MomentSpec:
    """A weekday, in front of the day from which it counts: the monday after easter, second friday before."""
    number = day_number(match["nth"]) if match.get("nth") else 1
    nth = Nth(number * SIDES[match["side"]], WEEKDAYS[match["weekday"]])
    if spec.is_of_a_day or spec.from_day is not None:
        raise DateError(Reason.SAID_TWICE, word=match.typed)
    return spec._replace(from_day=nth, from_text=match.typed, anchor=match.typed)


def day_word(match: Match, spec: MomentSpec) -> MomentSpec:
    """A day that is counted from today: tomorrow, avant-hier."""
    if spec.spoken is not None or spec.week is not None:
        raise DateError(Reason.SAID_TWICE, word=without_lead(match))
    return spec._replace(spoken=Spoken(days=DAYS[match["word"]]), day_word=match.typed, anchor="")


def now(match: Match, spec: MomentSpec) -> MomentSpec:
    """A word that changes nothing."""
    return spec._replace(anchor="", hours_from="")
