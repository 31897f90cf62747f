"""Why a date cannot be told."""

from enum import Enum


class Reason(Enum):
    """What was wrong; the value is the stable code that programs get."""

    AMBIGUOUS_PLACE = "ambiguous-place"
    CONFLICTING_FORMATS = "conflicting-formats"
    FORMAT_TOO_LONG = "format-too-long"
    MISSING_MOMENT = "missing-moment"
    NOT_UNDERSTOOD = "not-understood"
    OPEN_QUOTE = "open-quote"
    OUT_OF_RANGE = "out-of-range"
    UNKNOWN_OPTION = "unknown-option"
    UNKNOWN_PLACE = "unknown-place"
    UNKNOWN_PRECISION = "unknown-precision"
    UTC_AND_PLACE = "utc-and-place"


class DateError(Exception):
    """Raised by everything in this package that cannot do what was asked.

    :param reason: what was wrong.
    :param values: what a sentence about it needs: words that were given are strings, ours are others.
    """

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(reason.value, values)
        self.reason = reason
        self.values = values
