"""Morning, afternoon, evening and nights: which times of day belong to them."""

from datetime import time

# The hours of each part; and those of a 12-hour clock to which 12 is added there
_HOURS = {
    "morning": (range(12), range(0)),
    "afternoon": (range(12, 19), range(7)),  # 0:45 is a quarter to one
    "evening": (range(17, 24), range(5, 12)),
    "night": (range(18, 24), range(6, 12)),
    "dark": (range(21, 24), range(9, 12)),
}
_LATE = ("evening", "night", "dark")  # at their end is midnight
_NIGHTS = {"night": 6, "dark": 9}  # each with the hour before which it may be of two days


def in_part(part: str, clock: time, is_half_said: bool) -> tuple[time, int] | None:
    """A time of day in a part of the day.

    :param part: morning, afternoon, evening, night, or dark, which is the French night.
    :param is_half_said: whether it was said in which half of the day the time is.
    :return: the time, and the days by which it is later: midnight ends the night. None where the time is not
        in that part, or may be in two.
    """
    hours, moved = _HOURS[part]
    if not is_half_said and clock.hour in moved:
        return clock.replace(hour=clock.hour + 12), 0
    if is_midnight(part, clock, is_half_said) and not clock.minute:
        return time(), 1
    at_noon = clock.hour == 12 and part == "morning"
    return (clock, 0) if clock.hour in hours and not at_noon else None


def is_midnight(part: str, clock: time, is_half_said: bool) -> bool:
    """Whether the hour is that of the midnight that ends this part."""
    return part in _LATE and (clock.hour == 0 or (clock.hour == 12 and not is_half_said and part in _NIGHTS))


def times_around(part: str, clock: time, is_half_said: bool) -> tuple[time, ...]:
    """The times that may be meant by a time beyond the night; or by 12 in the morning.

    :return: one time that may be of this day or of the next; two times of this day; none where the time and
        the part contradict each other.
    """
    if is_midnight(part, clock, is_half_said) or clock.hour < _NIGHTS.get(part, 0):
        return (clock.replace(hour=clock.hour % 12),)
    if part == "morning" and clock.hour == 12 and not is_half_said:
        return clock.replace(hour=0), clock
    return ()
