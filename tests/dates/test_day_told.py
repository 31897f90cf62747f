from datetime import date

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.day_told import day_told
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.spec import MomentSpec, Spoken

TODAY = date(2026, 12, 25)  # a Friday


class DayToldTests(SynchronousTestCase):
    def assert_day(self, expected, /, **parts):
        self.assertEqual(str(day_told(MomentSpec(**parts), TODAY)), expected)

    def assert_refused(self, reason, values, **parts):
        error = self.assertRaises(DateError, day_told, MomentSpec(**parts), TODAY)
        self.assertEqual((error.reason, error.values), (reason, values))

    def test_nothing_that_tells_a_day_is_today(self):
        self.assert_day("2026-12-25")

    def test_missing_year_is_the_current_one(self):
        self.assert_day("2026-07-14", month=7, day=14)
        self.assert_day("2025-07-14", year=2025, month=7, day=14)

    def test_29th_of_february_needs_a_leap_year(self):
        self.assert_refused(Reason.IMPOSSIBLE_DATE, {"date": "2026-02-29"}, month=2, day=29)

    def test_weekday_is_counted_from_today(self):
        for weekday, occurrence, day in (
            *((4, 0, 25), (5, 0, 26), (3, 0, 31)),  # from today on
            *((5, 1, 26), (3, 1, 31)),  # the next after today
            *((3, -1, 24), (5, -1, 19), (4, -1, 18)),
        ):
            self.assert_day(f"2026-12-{day}", weekday=weekday, occurrence=occurrence)
        self.assert_day("2027-01-01", weekday=4, occurrence=1)

    def test_weekday_must_match_its_date(self):
        self.assert_day("2026-12-24", weekday=3, month=12, day=24)
        values = {"date": "2026-12-24", "weekday": "Thursday"}
        self.assert_refused(Reason.WRONG_WEEKDAY, values, weekday=4, month=12, day=24)

    def test_yearly_days_end_with_the_calendar(self):
        spec = MomentSpec(month=12, day=31, which=1)
        self.assertEqual(str(day_told(spec, date(9999, 12, 30))), "9999-12-31")
        error = self.assertRaises(DateError, day_told, spec, date(9999, 12, 31))
        self.assertEqual(error.reason, Reason.OUT_OF_RANGE)

    def test_days_of_weeks_and_spans(self):
        self.assert_day("2026-12-28", week=1, weekday=0)
        self.assert_day("2027-01-01", week=1)
        self.assert_day("2026-12-27", spoken=Spoken(days=2))
