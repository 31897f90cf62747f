from datetime import datetime, time, timedelta

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests import gnu
from twisted_date.dates import zones
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.resolve import MomentSpec
from twisted_date.dates.when import GRAMMAR

DAY_NS = 86400 * 10**9

fractions = st.one_of(
    st.just(""), st.builds("{}{}".format, st.sampled_from(".,"), st.text("0123456789", min_size=1))
)
points = st.builds("@{}{}{}".format, st.sampled_from(["", "-", "+"]), st.integers(0, 10**11), fractions)


def spec(words):
    """Parse all these words into a :class:`MomentSpec`."""
    line, parsed, start = GRAMMAR.line(words), MomentSpec(), 0
    while start < len(line.shape):
        end, parsed = GRAMMAR.read(line, start, parsed)
        start = end + 1
    return parsed


class WhenTestCase(SynchronousTestCase):
    def assert_spec(self, *sentences, **parts):
        for words in sentences:
            self.assertEqual(spec(words), MomentSpec(**parts), words)

    def assert_refused(self, words, reason, **values):
        error = self.assertRaises(DateError, spec, words)
        self.assertEqual((error.reason, error.values), (reason, values))


class UnixTests(WhenTestCase):
    def test_seconds_since_1970_are_read(self):
        self.assert_spec("@1798221600", unix_ns=1_798_221_600_000_000_000)
        self.assert_spec("@-1", unix_ns=-1_000_000_000)

    def test_fractions_are_rounded_down(self):
        self.assert_spec("@1.5", unix_ns=1_500_000_000)
        self.assert_spec("@0,1234567899", unix_ns=123_456_789)
        self.assert_spec("@-0.0000000001", unix_ns=-1)

    def test_other_words_are_no_unix_time(self):
        for word in ("@", "@x", "@1e9", "1", "@ 1", "@١", "@0x10"):
            self.assertIsNone(GRAMMAR.read(GRAMMAR.line(word), 0, MomentSpec()), word)

    def test_unix_time_excludes_other_parts(self):
        self.assert_refused("@0 19:00", Reason.SAID_TWICE, word="19:00")
        self.assert_refused("monday @0", Reason.SAID_TWICE, word="@0")


class GnuTests(SynchronousTestCase):
    skip = gnu.missing()

    @given(st.lists(points, min_size=1, max_size=50))
    def test_unix_times_match_gnu_date(self, words):
        output = gnu.run("-f", "-", "+%s %N", lines="".join(f"{word}\n" for word in words)).decode()
        expected = [int(seconds) * 10**9 + int(ns) for seconds, ns in map(str.split, output.splitlines())]
        self.assertEqual([spec(word).unix_ns for word in words], expected)


class DateTests(WhenTestCase):
    def test_iso_dates_are_read(self):
        self.assert_spec("2026-12-25", "20261225", "2026/12/25", "on 2026-12-25", year=2026, month=12, day=25)

    def test_iso_dates_with_a_time_are_read(self):
        parts = {"year": 2026, "month": 12, "day": 25, "clock": time(19, 0, 30)}
        self.assert_spec("2026-12-25T19:00:30", "20261225T190030", **parts)
        self.assert_spec("2026-12-25T19:00:30.5Z", zone=zones.UTC, nanosecond=500_000_000, **parts)
        east = spec("2026-12-25T19:00:30+05:30").zone
        self.assertEqual(east.utcoffset(datetime(2026, 1, 1)), timedelta(minutes=330))

    def test_month_names_are_read(self):
        parts = {"month": 12, "day": 25}
        self.assert_spec(
            "25 december", "dec 25", "25 Dec.", "25th december", "le 25 décembre", "25-dec", **parts
        )
        self.assert_spec("25 december 2026", "December 25, 2026", "25-dec-2026", year=2026, **parts)
        self.assert_spec("1er janvier", "le 1er janv.", "january 1st", month=1, day=1)

    def test_slashes_with_one_possible_order_are_read(self):
        self.assert_spec("25/12/2026", "12/25/2026", year=2026, month=12, day=25)
        self.assert_spec("25/12", "12/25", month=12, day=25)
        self.assert_spec("11/11/2026", year=2026, month=11, day=11)

    def test_slashes_with_several_orders_are_refused(self):
        choices = ("2011-12-13", "2013-11-12", "2013-12-11")
        self.assert_refused("11/12/13", Reason.AMBIGUOUS_DATE, date="11/12/13", choices=choices)
        choices = ("2026-11-12", "2026-12-11")
        self.assert_refused("11/12/2026", Reason.AMBIGUOUS_DATE, date="11/12/2026", choices=choices)
        choices = ("11 December", "12 November")
        self.assert_refused("11/12", Reason.AMBIGUOUS_DATE, date="11/12", choices=choices)

    def test_two_digit_years_follow_posix(self):
        self.assert_spec("25/12/99", "12/25/99", year=1999, month=12, day=25)
        self.assert_spec("12/25/26", year=2026, month=12, day=25)

    def test_year_may_follow_the_time(self):
        """date(1) writes the year there."""
        self.assert_spec("Dec 25 19:00:00 2026", year=2026, month=12, day=25, clock=time(19))
        self.assert_refused("19:00 2026", Reason.AMBIGUOUS_NUMBER, number="2026")

    def test_impossible_dates_are_refused(self):
        for words in (
            "2026-02-30",
            "30 feb",
            "0000-01-01",
            "31 april 2026",
            "32/13/2026",
            "99/99",
            "20261301",
        ):
            self.assert_refused(words, Reason.IMPOSSIBLE_DATE, date=words)

    def test_leading_word_is_left_out_of_the_error(self):
        for words in ("on 30 feb", "le 30 feb"):
            self.assert_refused(words, Reason.IMPOSSIBLE_DATE, date="30 feb")
        self.assert_refused("at 25:00", Reason.IMPOSSIBLE_TIME, time="25:00")
        self.assert_refused("19:00 à midi", Reason.SAID_TWICE, word="midi")


class WeekdayTests(WhenTestCase):
    def test_weekday_alone_is_the_first_from_today(self):
        self.assert_spec("friday", "Fri", "vendredi", "ven", "on friday", "this friday", weekday=4)

    def test_next_and_last_select_the_occurrence(self):
        self.assert_spec("next friday", "vendredi prochain", weekday=4, occurrence=1)
        self.assert_spec("last friday", "vendredi dernier", weekday=4, occurrence=-1)


class TimeTests(WhenTestCase):
    def test_24_hour_times_are_read(self):
        self.assert_spec("19:00", "at 19:00", "19h", "à 19h", "19 h 00", "19 heures", clock=time(19))
        self.assert_spec("15h30", "15:30", "15 heures 30", clock=time(15, 30))
        self.assert_spec("0:00:07.25", clock=time(0, 0, 7), nanosecond=250_000_000)

    def test_12_hour_times_are_read(self):
        self.assert_spec("7pm", "7 PM", "7 p.m.", "7:00pm", clock=time(19))
        self.assert_spec("12am", "midnight", "minuit", clock=time(0))
        self.assert_spec("12pm", "noon", "midi", "à midi", clock=time(12))

    def test_french_hours_may_be_words(self):
        self.assert_spec("dix heures", "à dix heures", "10 heures", clock=time(10))
        self.assert_spec("une heure", "1 heure", clock=time(1))
        self.assert_spec("à vingt-deux heures", "22h", clock=time(22))

    def test_larger_numbers_may_be_words(self):
        self.assert_spec("dans quinze jours", "in fifteen days", "in 15 days", days=15)
        self.assert_spec("il y a quarante minutes", "forty minutes ago", add_ns=-40 * 60 * 10**9)

    def test_day_of_a_month_is_no_minute(self):
        self.assert_spec("15h 25 décembre 2026", year=2026, month=12, day=25, clock=time(15))

    def test_impossible_times_are_refused(self):
        for words in ("25:00", "24:00", "19:60", "19:00:60", "13pm", "0am", "25h"):
            self.assert_refused(words, Reason.IMPOSSIBLE_TIME, time=words)

    def test_impossible_offsets_are_refused(self):
        self.assert_refused("19:00+20:00", Reason.IMPOSSIBLE_OFFSET, offset="+20:00")


class SpanTests(WhenTestCase):
    def test_spans_ahead_are_read(self):
        self.assert_spec(
            *(
                "+3 weeks",
                "3 weeks",
                "in 3 weeks",
                "dans 3 semaines",
                "3 weeks from now",
                "+ 21 days",
                "in 21days",
            ),
            days=21,
        )
        self.assert_spec("in a year", "dans un an", "+1 year", "12 months", months=12)
        self.assert_spec("in 2 hours", "2 hours", "dans 2 heures", "in 2h", add_ns=7200 * 10**9)

    def test_french_hours_and_minutes_are_a_span(self):
        self.assert_spec("dans 1h30", "dans 1 heure 30", "in 1h30", add_ns=5400 * 10**9)
        self.assert_spec("il y a 2 heures 05", add_ns=-7500 * 10**9)

    def test_numbers_may_be_words(self):
        self.assert_spec("in two hours", "dans deux heures", add_ns=7200 * 10**9)
        self.assert_spec("three days ago", "il y a trois jours", days=-3)

    def test_spans_back_are_read(self):
        self.assert_spec("2 days ago", "-2 days", "il y a 2 jours", "- 2 days", "a day ago -1 day", days=-2)
        self.assert_spec("-2 days ago", days=2)

    def test_several_spans_are_added(self):
        both = {"days": 1, "add_ns": 2 * 3600 * 10**9}
        self.assert_spec("in 1 day and 2 hours", "1 day 2 hours", "dans 1 jour et 2 heures", **both)
        self.assert_spec("1 day and 2 hours ago", "il y a 1 jour et 2 heures", days=-1, add_ns=-7200 * 10**9)

    def test_unjoined_spans_before_ago_are_refused(self):
        self.assert_refused("1 hour 30 minutes ago", Reason.AMBIGUOUS_SPAN, span="1 hour 30 minutes ago")
        half = "1 hour 30 minutes and 5 seconds ago"
        self.assert_refused(half, Reason.AMBIGUOUS_SPAN, span=half)

    def test_fractions_are_allowed_for_clock_units_only(self):
        self.assert_spec("1.5 hours", add_ns=5400 * 10**9)
        self.assert_spec("-0.25 seconds", add_ns=-250_000_000)
        self.assert_refused("1.5 days", Reason.PART_OF_A_DAY, span="1.5 days")

    def test_next_and_last_units_are_read(self):
        self.assert_spec("next week", "la semaine prochaine", days=7)
        self.assert_spec("last month", "le mois dernier", months=-1)
        self.assert_spec("next year", "l'an prochain", "l’année prochaine", months=12)
        self.assert_spec("this week", "now", "maintenant", "today", "aujourd'hui")

    def test_named_days_are_read(self):
        self.assert_spec("tomorrow", "demain", days=1)
        self.assert_spec("yesterday", "hier", days=-1)
        self.assert_spec("day after tomorrow", "après-demain", "tomorrow tomorrow", days=2)
        self.assert_spec("avant-hier", "avant hier", "day before yesterday", days=-2)


class SentenceTests(WhenTestCase):
    def test_parts_may_come_in_any_order(self):
        parts = {"year": 2026, "month": 12, "day": 25, "clock": time(19), "days": 1}
        self.assert_spec("25 december 2026 19:00 tomorrow", "tomorrow 7pm dec 25 2026", **parts)

    def test_repeated_part_is_refused(self):
        for words, word in {
            "19:00 20:00": "20:00",
            "noon 7pm": "7pm",
            "2026-12-25 dec 24": "dec 24",
            "monday tuesday": "tuesday",
            "2026-12-25T19:00 20:00": "20:00",
        }.items():
            self.assert_refused(words, Reason.SAID_TWICE, word=word)
