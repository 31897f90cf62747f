from datetime import datetime

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import PARIS
from twisted_date.dates.context import Context
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.moment import NANOSECONDS
from twisted_date.dates.parsing import parse
from twisted_date.dates.upcoming import next_from

WORDS = [
    *("friday", "11:00", "noon", "25 december", "the 31st", "christmas", "easter", "friday 9am", "le 1er"),
    *("last day of february", "first monday of march", "friday the 13th 10:00", "ce soir à 20h"),
]


class NextTests(SynchronousTestCase):
    def next(self, words, now):
        spec = parse(words, Context(2026, PARIS)).spec
        return next_from(spec, int(now.timestamp()) * NANOSECONDS, PARIS).moment.local.replace(tzinfo=None)

    @given(st.sampled_from(WORDS[:11]), st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)))
    def test_next_moment_is_later_than_now_and_within_a_year_or_so(self, words, now):
        try:
            later = self.next(words, now.replace(tzinfo=PARIS))
        except DateError as error:
            self.assertEqual(error.reason, Reason.SKIPPED_TIME)
            return
        self.assertGreater(later, now.replace(microsecond=0))
        self.assertLess((later - now).days, 405)

    def test_date_of_leap_years_is_that_of_the_next_one(self):
        self.assertEqual(self.next("29 february", datetime(2026, 11, 26)), datetime(2028, 2, 29))

    def test_date_that_never_exists_is_refused(self):
        with self.assertRaises(DateError):
            self.next("fifth monday of february 2026", datetime(2026, 11, 26))

    def test_last_year_of_the_calendar_has_no_next(self):
        self.assertEqual(self.next("1 january", datetime(9999, 12, 30, tzinfo=PARIS)), datetime(9999, 1, 1))
