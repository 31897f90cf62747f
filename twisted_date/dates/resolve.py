"""Resolves the parts of a moment to a point in time, by calendar arithmetic and the rules of a zone.

As in GNU date, years, months and days follow the calendar; hours and smaller units follow the clock. Unlike
there, a month that is too short gives its last day: January 31 and one month is February 28.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from . import day_parts
from .calendar_days import shifted
from .day_told import day_told
from .errors import DateError, Reason
from .moment import NANOSECONDS, Moment
from .spec import MomentSpec

# The steps in which gnulib's mktime searches for summer or winter time: 7.2 years in all
_STEP, _STEPS = timedelta(seconds=601200), 381
_EPOCH = datetime(1970, 1, 1)

_EVES = ((12, 24), (12, 31))


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolved moment.

    :param moment: the moment.
    :param ambiguous: whether its local time occurs twice (PEP 495); the moment is the first of the two.
    """

    moment: Moment
    ambiguous: bool


def resolve(spec: MomentSpec, now_ns: int, zone: tzinfo) -> Resolution:
    """Resolve the parts of a moment.

    :param now_ns: the current time in nanoseconds since 1970-01-01T00:00:00Z.
    :param zone: the zone in which date and time are read.
    :raises DateError: when the date does not exist or has another weekday, when the zone skips the local
        time, or when the result is outside the years 1 to 9999.
    """
    start_ns = now_ns if spec.unix_ns is None else spec.unix_ns
    if spec.is_on_clock:
        return Resolution(Moment(start_ns + spec.add_ns, zone), False)
    start = Moment(start_ns, zone).local
    day, clock = day_told(spec, start.date()), spec.clock
    if spec.part and clock is not None:
        clock, later = _in_part(spec, clock, day)
        day = shifted(day, 0, later)
    day = shifted(day, spec.months, spec.days)
    _check_midnight(spec, day)
    if spec.same_time or not spec.has_date_or_time:
        unix, ambiguous = _seconds_on_day(start, day), False
        nanosecond = start_ns % NANOSECONDS
    else:
        unix, ambiguous = _at(day, clock, zone)
        nanosecond = spec.nanosecond
    return Resolution(Moment(unix * NANOSECONDS + nanosecond + spec.add_ns, zone), ambiguous)


def _check_midnight(spec: MomentSpec, day: date) -> None:
    """Check that midnight is the one at which the day begins, and not that at which it ends.

    :raises DateError: when it may be either: before it, or today's, or that of an eve.
    """
    if spec.midnight and not (spec.is_of_a_day and spec.add_ns > 0):
        reason, text, added = Reason.AMBIGUOUS_SPAN, spec.midnight, spec.add_ns
    elif spec.at_midnight and not spec.part and (spec.is_today or (day.month, day.day) in _EVES):
        reason, text, added = Reason.AMBIGUOUS_TIME, spec.at_midnight, 0
    else:
        return
    begins = [datetime.combine(shifted(day, 0, later), time()) for later in (0, 1)]
    choices = tuple(str(begin + timedelta(microseconds=added // 1000)) for begin in begins)
    raise DateError(reason, **{"span" if spec.midnight else "time": text, "choices": choices})


def _in_part(spec: MomentSpec, clock: time, day: date) -> tuple[time, int]:
    """The time of day in the part of the day that was said, and the days by which it is later.

    :raises DateError: when it is not in that part, or may be on two days.
    """
    if told := day_parts.in_part(spec.part, clock, spec.half_said):
        return told
    times = day_parts.times_around(spec.part, clock, spec.half_said)
    text = spec.unsure or f"{clock:%H:%M}"
    if not times:
        raise DateError(Reason.WRONG_PART, time=text, part=spec.part_text)
    days = (day, shifted(day, 0, 1)) if len(times) == 1 else (day, day)
    choices = tuple(f"{day} {time:%H:%M}" for day, time in zip(days, (*times, *times), strict=False))
    raise DateError(Reason.AMBIGUOUS_TIME, time=f"{spec.part_text} {text}", choices=choices)


def _seconds_on_day(start: datetime, day: date) -> int:
    """Seconds since 1970 at the same time of day on another day.

    As in GNU date, an hour of summer time stays in summer time: noon in August is 11 in December. Its offset
    is that of the nearest summer time, searched for like gnulib's mktime does.
    """
    local = start.replace(year=day.year, month=day.month, day=day.day)
    wanted = bool(start.dst())
    for fold in (0, 1):
        if bool(local.replace(fold=fold).dst()) == wanted:
            return _seconds(local.replace(fold=fold))
    for steps in range(1, _STEPS + 1):
        for direction in (-1, 1):
            try:
                near = local + direction * steps * _STEP
            except OverflowError:
                continue
            if bool(near.dst()) == wanted:
                return _seconds(local) + _offset(local) - _offset(near)
    return _seconds(local) - (3600 if wanted else -3600)


def _at(day: date, clock: time | None, zone: tzinfo) -> tuple[int, bool]:
    """Seconds since 1970 at this time of a day, by default its first moment, and whether it occurs twice.

    :raises DateError: when the zone skips the time, or the whole day.
    """
    local = datetime.combine(day, clock or time())
    try:
        return _seconds_in_zone(local, zone)
    except DateError:
        unix = _seconds(local.replace(tzinfo=zone))  # the first moment after the gap
        if clock is not None or Moment(unix * NANOSECONDS, zone).local.date() != day:
            raise
        return unix, False


def _seconds_in_zone(local: datetime, zone: tzinfo) -> tuple[int, bool]:
    """Seconds since 1970 at a local time, and whether it occurs twice.

    :raises DateError: when the zone skips the time.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = (moment.utcoffset() or timedelta() for moment in (first, second))
    if before < after:  # a gap, by PEP 495
        raise _skipped(local, zone, before, after)
    return _seconds_at(local, before), before != after


def _skipped(local: datetime, zone: tzinfo, before: timedelta, after: timedelta) -> DateError:
    """The error for a local time in the gap between two offsets."""
    low, high = (_seconds(local.replace(tzinfo=timezone(offset))) for offset in (after, before))
    while low < high:  # the first second with the later offset
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            high = middle
        else:
            low = middle + 1
    change = datetime.fromtimestamp(high, timezone.utc).replace(tzinfo=None)
    begin, end = (str(change + offset) for offset in (before, after))
    return DateError(Reason.SKIPPED_TIME, time=str(local), begin=begin, end=end)


def _seconds(local: datetime) -> int:
    """Seconds since 1970."""
    return _seconds_at(local.replace(tzinfo=None), local.utcoffset() or timedelta())


def _seconds_at(local: datetime, offset: timedelta) -> int:
    """Seconds since 1970 at a local time with an offset; datetime's own subtraction would overflow."""
    since = local - _EPOCH
    return since.days * 86400 + since.seconds - offset.days * 86400 - offset.seconds


def _offset(local: datetime) -> int:
    """The offset from UTC in seconds; east is positive."""
    return int((local.utcoffset() or timedelta()).total_seconds())
