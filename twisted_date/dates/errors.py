"""Why a date cannot be told."""

from enum import Enum


class Reason(Enum):
    """What was wrong; the value is the stable code that programs get."""

    AMBIGUOUS_DATE = "ambiguous-date"
    AMBIGUOUS_NUMBER = "ambiguous-number"
    AMBIGUOUS_PLACE = "ambiguous-place"
    AMBIGUOUS_SPAN = "ambiguous-span"
    CONFLICTING_FORMATS = "conflicting-formats"
    FORMAT_OF_SPAN = "format-of-span"
    FORMAT_TOO_LONG = "format-too-long"
    IMPOSSIBLE_DATE = "impossible-date"
    IMPOSSIBLE_OFFSET = "impossible-offset"
    IMPOSSIBLE_TIME = "impossible-time"
    LATE_OPTION = "late-option"
    MISSING_MOMENT = "missing-moment"
    NOT_UNDERSTOOD = "not-understood"
    OPEN_QUOTE = "open-quote"
    OUT_OF_RANGE = "out-of-range"
    PART_OF_A_DAY = "part-of-a-day"
    SAID_TWICE = "said-twice"
    SKIPPED_TIME = "skipped-time"
    TOO_MANY_PLACES = "too-many-places"
    UNKNOWN_LANGUAGE = "unknown-language"
    UNKNOWN_OPTION = "unknown-option"
    UNKNOWN_PLACE = "unknown-place"
    UNKNOWN_PRECISION = "unknown-precision"
    WRONG_WEEKDAY = "wrong-weekday"
    UTC_AND_PLACE = "utc-and-place"


class DateError(Exception):
    """Raised by everything in this package that cannot do what was asked.

    :param reason: what was wrong.
    :param values: what a sentence about it needs, by the names of its placeholders.
    """

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(reason.value, values)
        self.reason = reason
        self.values = values
