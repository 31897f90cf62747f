"""The errors of requests for dates."""

from ..i18n.messages import ErrorCode, Sentence, SentenceError

__all__ = ["DateError", "Reason"]


class Reason(ErrorCode):
    """The reasons of a :class:`DateError`: stable codes, with their sentences."""

    AMBIGUOUS_DATE = "ambiguous-date", Sentence("{date} may be read as {choices}; write one of these")
    AMBIGUOUS_MOMENTS = (
        "ambiguous-moments",
        Sentence('more than one "and" may stand between two moments; write moments without it'),
    )
    AMBIGUOUS_NUMBER = (
        "ambiguous-number",
        Sentence("{number} may be a year, a day or an hour; write it as in 2026-12-25 or 19:00"),
    )
    AMBIGUOUS_PLACE = "ambiguous-place", Sentence("{place} may mean several places; say which: {choices}")
    AMBIGUOUS_SOURCE = (
        "ambiguous-source",
        Sentence("whether the time is that of {place} or the time here was not said; write {choices}"),
    )
    AMBIGUOUS_SPAN = (
        "ambiguous-span",
        Sentence("{span} may be read as {choices}; write one of these"),
    )
    AMBIGUOUS_TIME = "ambiguous-time", Sentence("{time} may be read as {choices}; write one of these")
    BARE_SECONDS = (
        "bare-seconds",
        Sentence("{number} may be seconds since 1970, or milliseconds; write {choice} for them"),
    )
    BARE_SPAN = "bare-span", Sentence("{span} may be ahead or back; write {choices}")
    CONFLICTING_FORMATS = (
        "conflicting-formats",
        Sentence("more than one format was asked for; give one of -R, -I and +FORMAT"),
    )
    COUNTRY_HOLIDAY = (
        "country-holiday",
        Sentence("{holiday} is on other days in other countries; write its date, as in 25 december"),
    )
    DIFFERENT_DAYS = "different-days", Sentence("{first} and {second} are two days; give one of them")
    FORMAT_OF_SPAN = "format-of-span", Sentence("a span has no format; leave out -R, -I and +FORMAT")
    FORMAT_TOO_LONG = (
        "format-too-long",
        Sentence("the date would be longer than {limit} characters; ask for a shorter format"),
    )
    IMPOSSIBLE_DATE = "impossible-date", Sentence("there is no {date}; right is for example 2026-12-25")
    IMPOSSIBLE_OFFSET = (
        "impossible-offset",
        Sentence("no place is as far from UTC as {offset}; offsets go from -14:00 to +14:00"),
    )
    IMPOSSIBLE_TIME = (
        "impossible-time",
        Sentence("there is no {time} in a day; right are for example 19:00 and 7pm"),
    )
    LATE_OPTION = (
        "late-option",
        Sentence("{option} comes too late; options stand in front, as in /date -u tomorrow"),
    )
    MISSING_ANCHOR = (
        "missing-anchor",
        Sentence("no moment stands behind {span}; right is for example 2 days after friday"),
    )
    MISSING_DAY = "missing-day", Sentence("{month} is a month; write the day too, as in 25 december")
    MISSING_HOUR = "missing-hour", Sentence("{part} is no time of day; write the hour too, as in {choice}")
    MISSING_MOMENT = "missing-moment", Sentence("no moment was given; right is for example tomorrow 19:00")
    MISSING_MOMENTS = (
        "missing-moments",
        Sentence('two moments are needed, and "and" between them; right is for example now and christmas'),
    )
    MISSING_MONTH = "missing-month", Sentence("{date} needs its month, as in {choice}")
    MISSING_TIME = (
        "missing-time",
        Sentence("{span} needs a time of day behind it, as in 2 hours after friday 9:00"),
    )
    NO_SUCH_DAY = "no-such-day", Sentence("{date} comes neither this month nor the next; write the month too")
    NOT_UNDERSTOOD = (
        "not-understood",
        Sentence("{word} was not understood; right is for example tomorrow 19:00 in Tokyo"),
    )
    NOT_UNDERSTOOD_NEAR = "not-understood", Sentence("{word} was not understood; did you mean {choices}?")
    OPEN_QUOTE = "open-quote", Sentence("the quote {quote} is not closed; close it, or leave it out")
    ORDINARY_WORD = "ordinary-word", Sentence("{word} is an ordinary word; for the place write in {word}")
    OUT_OF_RANGE = (
        "out-of-range",
        Sentence("the date lies outside the years 1 to 9999; ask for one within them"),
    )
    PART_OF_A_DAY = (
        "part-of-a-day",
        Sentence("{span} is no whole number of months; give days or weeks"),
    )
    SAID_TWICE = (
        "said-twice",
        Sentence("{word} comes on top of what was said; give one date and one time of day"),
    )
    SKIPPED_TIME = (
        "skipped-time",
        Sentence(
            "{time} does not exist there: clocks go from {begin} to {end}; ask for a time before or after"
        ),
    )
    TIME_RANGE = (
        "time-range",
        Sentence("{time} may be the time between two times; write one of them, as in {choices}"),
    )
    TOO_MANY_PLACES = (
        "too-many-places",
        Sentence("{place} is one place too many; give one to read the time in, and at most 8 to show it in"),
    )
    UNKNOWN_LANGUAGE = (
        "unknown-language",
        Sentence("{tag} is not a language that is known; right are for example fr and pt-BR"),
    )
    UNKNOWN_OPTION = (
        "unknown-option",
        Sentence(
            "{option} is not an option; these are -u, -d WHEN,"
            " and for /date -R and -I[date|hours|minutes|seconds|ns]"
        ),
    )
    UNKNOWN_PLACE = (
        "unknown-place",
        Sentence("{place} is not a place that is known; /zones TEXT lists those whose names begin so"),
    )
    UNKNOWN_PLACE_NEAR = (
        "unknown-place",
        Sentence("{place} is not a place that is known; did you mean {choices}?"),
    )
    UNKNOWN_PRECISION = "unknown-precision", Sentence("{precision} does not fit -I; it takes {choices}")
    WRONG_PART = "wrong-part", Sentence("{time} and {part} do not go together; leave out one of them")
    WRONG_WEEKDAY = (
        "wrong-weekday",
        Sentence("{date} is not that weekday but a {weekday}; leave the weekday out"),
    )
    UTC_AND_PLACE = "utc-and-place", Sentence("-u means UTC, and a place was named too; leave one out")


class DateError(SentenceError):
    """Raised by everything in this package that cannot do what was requested.

    :param reason: the reason, with its sentence.
    :param values: the values of the sentence's placeholders; several choices are a tuple.
    """

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(reason.sentence, **values)
        self.reason = reason

    def __str__(self) -> str:
        values = {
            name: ", ".join(value) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return self.sentence.format(**values)
