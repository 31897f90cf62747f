"""Compares moments with those of the real ``date -d``, for words that both understand.

Intended differences are left out: a signed number after a time or a date (a zone or a year to GNU date),
months that are too short, ``ago`` after several spans, and a span from now beside a date or a weekday.
"""

from datetime import datetime

from hypothesis import given, settings, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests import gnu
from twisted_date.dates.answer import answer
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.vocabulary import ENGLISH_WORDS

ZONES = ("Europe/Paris", "America/New_York", "UTC", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns")
NOWS = (
    *("2026-11-24 10:20:30", "2024-02-28 23:59:59", "2026-12-31 00:00:00", "2027-01-01 12:00:00"),
    *("2026-03-29 12:00:00", "2026-10-25 12:00:00", "2026-11-27 09:00:00", "2011-12-29 13:00:00"),
)

days = st.sampled_from(
    [(1, 31), (2, 28), (2, 29), (3, 29), (3, 30), (4, 5), (10, 4), (10, 25), (11, 1), (12, 31)]
) | (st.tuples(st.integers(1, 12), st.integers(1, 28)))
years = st.sampled_from([1970, 1999, 2011, 2024, 2026, 2027, 2038, 9900])
months = st.sampled_from([word for words in ENGLISH_WORDS.months for word in words])
weekdays = st.sampled_from([word for words in ENGLISH_WORDS.weekdays for word in words])
units = st.sampled_from(
    ["day", "days", "week", "weeks", "fortnight", "hour", "hours", "minutes", "mins", "sec", "seconds"]
)
month_units = st.sampled_from(["month", "months", "year", "years"])

dates = st.one_of(
    st.builds(lambda year, day: f"{year}-{day[0]:02}-{day[1]:02}", years, days),
    st.builds(lambda year, day: f"{year}{day[0]:02}{day[1]:02}", years, days),
    st.builds(lambda year, day: f"{year}/{day[0]}/{day[1]}", years, days),
    st.builds("{} {} {}".format, st.integers(1, 28), months, years),
    st.builds("{}-{}-{}".format, st.integers(1, 28), months, years),
    st.builds("{} {}, {}".format, months, st.integers(1, 28), years),
    st.builds("{} {}".format, st.integers(1, 28), months),
    st.builds("{} {}".format, months, st.integers(1, 28)),
)
weekday_words = st.builds("{}{}".format, st.sampled_from(["", "next ", "last ", "this "]), weekdays)
times = st.one_of(
    st.builds("{}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
    st.builds("{:02}:{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    st.builds("{}:{:02}:07.{}".format, st.integers(0, 23), st.integers(0, 59), st.integers(0, 10**9)),
    st.builds(
        "{}{}".format, st.integers(1, 12), st.sampled_from(["am", "pm", " am", " pm", " a.m.", " p.m."])
    ),
    st.builds("{}:{:02}{}".format, st.integers(1, 12), st.integers(0, 59), st.sampled_from(["am", " pm"])),
    st.sampled_from(["02:30", "00:00", "2:15 am", "01:59:59"]),
)
numbers = st.sampled_from([0, 1, 2, 3, 7, 10, 40, 100, 1000])
signed_spans = st.builds("{}{} {}".format, st.sampled_from(["+", "-", "+ ", "- "]), numbers, units)
hours_ago = st.builds(
    "{} {} ago".format, numbers, st.sampled_from(["hour", "hours", "minutes", "mins", "sec", "seconds"])
)
spans_from_now = st.one_of(
    st.builds("{} {} ago".format, numbers, units),
    st.sampled_from(
        ["tomorrow", "yesterday", "today", "now", "next week", "last day", "this week", "next hour"]
    ),
)
bare_spans = st.builds("{} {}".format, numbers, units)
day_words = st.one_of(dates, weekday_words, st.just(""))
sentences = st.one_of(
    st.builds("{} {} {}".format, st.just("") | signed_spans | hours_ago, day_words, st.just("") | times),
    st.builds("{} {}".format, spans_from_now, st.just("") | times | signed_spans | bare_spans),
    st.builds("{} {}".format, bare_spans, st.just("") | bare_spans),
    st.builds("{} {}".format, times, day_words),
)

REFUSED = (
    Reason.SKIPPED_TIME,  # GNU date accepts a skipped hour when it adds days
    Reason.AMBIGUOUS_SPAN,  # 1000 hours, which may be a time of day
    Reason.BARE_SPAN,  # tomorrow 2 days, which GNU date adds
)


class GnuDateTests(SynchronousTestCase):
    skip = gnu.missing_at()

    def assert_same(self, words, now, name):
        zone = gnu.zone(name)
        gnu_ns = gnu.moment(words, now, name)
        now_ns = int(datetime.fromisoformat(now).replace(tzinfo=zone).timestamp()) * 10**9
        if gnu_ns is None:
            return  # GNU date understands less: not noon, in 2 hours, demain
        try:
            answered = answer(words, now_ns, zone)
        except DateError as error:
            self.assertIn(error.reason, REFUSED, f"{words!r}, {now} in {name}")
            return
        if not answered.ambiguous:  # GNU date takes either occurrence
            self.assertEqual(answered.moment.unix_ns, gnu_ns, (words, now, name))

    @settings(max_examples=300, deadline=None)
    @given(sentences.filter(str.strip), st.sampled_from(NOWS), st.sampled_from(ZONES))
    def test_words_known_to_both_give_the_same_moment(self, words, now, name):
        self.assert_same(words, now, name)

    @settings(max_examples=50, deadline=None)
    @given(
        numbers.filter(lambda number: number <= 100),
        month_units,
        st.sampled_from(["{0} {1} ago", "+{0} {1}", "next {1}", "last {1}"]),
        st.sampled_from(ZONES),
    )
    def test_months_and_years_give_the_same_moment(self, number, unit, form, name):
        self.assert_same(form.format(number, unit), "2026-11-24 10:20:30", name)

    @settings(max_examples=60, deadline=None)
    @given(
        dates,
        st.sampled_from(["19:00", "00:30", "7am", "11:59:59 pm"]),
        st.sampled_from(["UT", "GMT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "pst", "Z"]),
        st.sampled_from(ZONES),
    )
    def test_zones_of_rfc_5322_give_the_same_moment(self, date, clock, zone, name):
        self.assert_same(f"{date} {clock} {zone}", "2026-11-24 10:20:30", name)

    @settings(max_examples=30, deadline=None)
    @given(
        st.sampled_from(["2027-03-28", "2026-03-29", "28 march 2027"]),
        st.sampled_from(["2:00", "2:30", "2:59:59am", "3:00", "1:59"]),
    )
    def test_skipped_times_are_refused_by_both(self, date, clock):
        words = f"{date} {clock}"
        skipped = gnu.moment(words, NOWS[0], "Europe/Paris") is None
        try:
            answer(words, 0, gnu.zone("Europe/Paris"))
        except DateError as error:
            self.assertIs(error.reason, Reason.SKIPPED_TIME)
            self.assertTrue(skipped, words)
        else:
            self.assertFalse(skipped, words)
