"""Days by calendar arithmetic; one that cannot be is refused."""

from calendar import monthrange
from datetime import date, timedelta

from .errors import DateError, Reason


def checked_date(year: int, month: int, day: int) -> date:
    """The date of these numbers.

    :raises DateError: when it does not exist.
    """
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(Reason.IMPOSSIBLE_DATE, date=f"{year:04}-{month:02}-{day:02}") from None


def shifted(day: date, months: int, days: int) -> date:
    """The day so many months and then days later; a month that is too short gives its last day.

    :raises DateError: when it is outside the years 1 to 9999.
    """
    if not (months or days):
        return day
    try:
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        return day.replace(year=year, month=month + 1, day=min(day.day, last)) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise DateError(Reason.OUT_OF_RANGE) from None
