from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import PARIS
from twisted_date.dates.between import between, working_days
from twisted_date.dates.context import NO_PREFERENCES
from twisted_date.dates.errors import DateError, Reason

NOW = int(datetime(2026, 11, 26, 14, tzinfo=PARIS).timestamp()) * 10**9  # a Thursday


def told(words, zone=PARIS):
    return between(words, NOW, zone, "en", NO_PREFERENCES)


class BetweenTests(SynchronousTestCase):
    def assert_refused(self, words, reason):
        self.assertEqual(self.assertRaises(DateError, told, words).reason, reason, words)

    def test_dates_have_calendar_days_between_them(self):
        span = told("2026-01-01 and 2026-12-25")
        self.assertEqual((span.days, span.weeks, span.working_days), (358, 51, 256))
        self.assertTrue(span.are_dates)
        for words in ("2027-03-27 and 2027-03-29", "demain et samedi", "today and saturday"):
            self.assertEqual(told(words).days, 1 if "demain" in words else 2, words)
        self.assertEqual(told("2027-03-27 and 2027-03-29").seconds, 47 * 3600)  # clocks go forward

    def test_times_have_days_of_24_hours(self):
        span = told("2027-03-27 12:00 and 2027-03-28 12:00")
        self.assertEqual((span.seconds, span.days, span.are_dates), (23 * 3600, 0, False))
        self.assertEqual(told("now and christmas").seconds, 28 * 86400 + 10 * 3600)
        self.assertEqual(told("noon in Tokyo and noon").seconds, 8 * 3600)
        self.assertEqual(told("today and now").seconds, 0)

    def test_second_moment_may_be_earlier(self):
        span = told("2026-12-25 and 2026-01-01")
        self.assertEqual((span.days, span.weeks, span.working_days), (-358, -51, -256))
        span = told("now and 25 hours ago")
        self.assertEqual((span.seconds, span.days, span.weeks), (-25 * 3600, -1, 0))

    def test_moments_may_have_the_word_in_them(self):
        self.assertEqual(told("1 hour and 30 minutes ago and now").seconds, 5400)
        self.assertEqual(told("now and in 1 hour and 30 minutes").seconds, 5400)

    def test_two_moments_are_needed(self):
        for words in ("", "now", "now and", "and now", "now christmas", "Tokyo and now"):
            self.assert_refused(words, Reason.MISSING_MOMENTS)
        self.assert_refused("now and xyzzy", Reason.NOT_UNDERSTOOD)
        self.assert_refused("now and christmas +%H", Reason.FORMAT_OF_SPAN)
        for words in ("now and now and now", "now and tomorrow and 9:00"):
            self.assert_refused(words, Reason.MISSING_MOMENTS)

    def test_several_ways_are_refused(self):
        self.assert_refused("in 1 hour and 2 hours and 3 hours", Reason.AMBIGUOUS_MOMENTS)

    def test_option_for_utc_is_heeded(self):
        self.assertEqual(told("-u 2026-12-25 12:00 and 2026-12-25T12:00Z", ZoneInfo("Asia/Tokyo")).seconds, 0)

    @given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 900))
    def test_working_days_are_counted_one_by_one(self, first, days):
        counted = sum((first + timedelta(days=day)).weekday() < 5 for day in range(days))
        second = first + timedelta(days=days)
        self.assertEqual(working_days(first, second), counted)
        self.assertEqual(working_days(second, first), -counted)
