from datetime import date, timedelta

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import holidays
from twisted_date.dates.holidays import easter, holiday, next_holiday
from twisted_date.dates.rules.words import HOLIDAYS


class EasterTests(SynchronousTestCase):
    def test_known_dates(self):
        """As the churches' calendars have them, the earliest and the latest possible among them."""
        for day in (
            *("1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31"),
            *("2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22"),
        ):
            expected = date.fromisoformat(day)
            self.assertEqual(easter(expected.year), expected)

    @given(st.integers(1, 9999))
    def test_easter_is_a_sunday_from_march_22_to_april_25(self, year):
        day = easter(year)
        self.assertEqual((day.weekday(), day.year), (6, year))
        self.assertTrue(date(year, 3, 22) <= day <= date(year, 4, 25))


class HolidayTests(SynchronousTestCase):
    def test_days_hang_on_the_year_or_on_easter(self):
        for name, day in {
            "christmas": "2026-12-25",
            "new year eve": "2026-12-31",
            "good friday": "2026-04-03",
            "easter monday": "2026-04-06",
            "ascension": "2026-05-14",
            "pentecost": "2026-05-24",
            "mardi gras": "2026-02-17",
        }.items():
            self.assertEqual(str(holiday(name, 2026)), day)

    @given(st.dates(date(2, 1, 1), date(9990, 1, 1)), st.sampled_from(sorted(set(HOLIDAYS.values()))))
    def test_next_one_is_today_or_within_a_year_and_some_weeks(self, today, name):
        day = next_holiday(name, today)
        self.assertTrue(today <= day <= today + timedelta(days=366 + 35), (today, day))

    def test_all_names_of_the_vocabulary_exist(self):
        names = {*holidays._FIXED, *holidays._MOVABLE}
        self.assertEqual(set(HOLIDAYS.values()), names)
