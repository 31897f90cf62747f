from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.month_days import Nth, next_day, nth_from, nth_of_month, nth_of_year, on_weekday

dates = st.dates(date(2, 1, 1), date(9980, 1, 1))


class NthTests(SynchronousTestCase):
    @given(dates)
    def test_each_day_is_at_its_place(self, day):
        number = (day.day + 6) // 7
        self.assertEqual(nth_of_month(Nth(number, day.weekday()), day.year, day.month), day)
        self.assertEqual(nth_of_month(Nth(day.day), day.year, day.month), day)

    @given(dates)
    def test_last_days_are_counted_from_the_end(self, day):
        last = monthrange(day.year, day.month)[1]
        self.assertEqual(nth_of_month(Nth(-1), day.year, day.month), day.replace(day=last))
        if day.day > last - 7:
            self.assertEqual(nth_of_month(Nth(-1, day.weekday()), day.year, day.month), day)

    def test_months_without_such_a_day_have_none(self):
        self.assertIsNone(nth_of_month(Nth(5, 0), 2026, 2))
        self.assertIsNone(nth_of_month(Nth(31), 2026, 2))

    @given(dates, st.integers(0, 6), st.integers(1, 9))
    def test_weekdays_are_counted_from_a_day(self, day, weekday, number):
        later, earlier = nth_from(Nth(number, weekday), day), nth_from(Nth(-number, weekday), day)
        self.assertEqual((later.weekday(), earlier.weekday()), (weekday, weekday))
        self.assertEqual(((later - day).days - 1) // 7, number - 1)
        self.assertEqual(((day - earlier).days - 1) // 7, number - 1)

    def test_years_have_places_too(self):
        self.assertEqual(nth_of_year(Nth(100), 2026), date(2026, 4, 10))
        self.assertEqual(nth_of_year(Nth(-1, 4), 2026), date(2026, 12, 25))
        self.assertIsNone(nth_of_year(Nth(366), 2026))


class NextDayTests(SynchronousTestCase):
    @given(dates, st.integers(1, 31))
    def test_next_day_is_the_first_with_its_number(self, today, number):
        day = next_day(number, today)
        self.assertEqual(day.day, number)
        self.assertTrue(today <= day <= today + timedelta(days=62))

    def test_numbers_that_no_month_has_are_unknown(self):
        for number in (0, 32, 99):
            self.assertIsNone(next_day(number, date(2026, 11, 26)))


class OnWeekdayTests(SynchronousTestCase):
    TODAY = date(2026, 11, 26)  # a Thursday

    def test_day_that_is_both_this_month_or_next_is_meant(self):
        self.assertEqual(on_weekday(26, 3, self.TODAY), (self.TODAY,))
        self.assertEqual(on_weekday(4, 4, self.TODAY), (date(2026, 12, 4),))

    def test_day_of_this_month_that_is_past_may_be_meant_too(self):
        self.assertEqual(on_weekday(23, 0, self.TODAY), (date(2026, 11, 23), date(2027, 8, 23)))

    def test_day_that_comes_later_is_not_meant(self):
        self.assertEqual(on_weekday(24, 0, self.TODAY), ())
        self.assertEqual(on_weekday(32, 0, self.TODAY), ())

    @given(dates, st.integers(1, 31), st.integers(0, 6))
    def test_days_have_the_number_and_the_weekday(self, today, number, weekday):
        for day in on_weekday(number, weekday, today):
            self.assertEqual((day.day, day.weekday()), (number, weekday))
