from datetime import date

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.calendar_days import checked_date, shifted
from twisted_date.dates.errors import DateError, Reason


class ShiftedTests(SynchronousTestCase):
    def test_short_month_gives_its_last_day(self):
        self.assertEqual(shifted(date(2026, 12, 31), 2, 0), date(2027, 2, 28))
        self.assertEqual(shifted(date(2024, 2, 29), 12, 0), date(2025, 2, 28))
        self.assertEqual(shifted(date(2024, 2, 29), 48, 0), date(2028, 2, 29))

    def test_months_are_added_before_days(self):
        self.assertEqual(shifted(date(2027, 1, 31), 1, 1), date(2027, 3, 1))

    def test_days_outside_the_calendar_are_refused(self):
        for months, days in ((12 * 8000, 0), (0, 10**9), (-12 * 3000, 0), (0, -(10**6))):
            error = self.assertRaises(DateError, shifted, date(2026, 12, 25), months, days)
            self.assertEqual(error.reason, Reason.OUT_OF_RANGE)


class CheckedDateTests(SynchronousTestCase):
    def test_date_that_does_not_exist_is_refused(self):
        self.assertEqual(checked_date(2028, 2, 29), date(2028, 2, 29))
        error = self.assertRaises(DateError, checked_date, 2026, 2, 29)
        self.assertEqual((error.reason, error.values), (Reason.IMPOSSIBLE_DATE, {"date": "2026-02-29"}))
