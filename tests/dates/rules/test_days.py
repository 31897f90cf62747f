from datetime import datetime, time, timedelta

from tests.moment_specs import RuleTestCase, spec
from twisted_date.dates import zones
from twisted_date.dates.errors import Reason


class DateTests(RuleTestCase):
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
        self.assert_spec("25 dec '26", "dec 25 ’26", "25-dec-2026", year=2026, **parts)
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
        self.assert_refused("dec 25 0800", Reason.AMBIGUOUS_NUMBER, number="0800")

    def test_last_and_next_dates(self):
        self.assert_told("2027-07-14 00:00:00", "le 14 juillet prochain")
        self.assert_told("2026-07-14 00:00:00", "le 14 juillet dernier", "le quatorze juillet dernier")
        self.assert_told("2028-02-29 00:00:00", "le 29 février prochain")
        self.assert_told("2025-12-25 15:00:00", "le 25 décembre dernier à 15h")
        self.assert_refused("le 31 avril prochain", Reason.IMPOSSIBLE_DATE, date="31 avril prochain")

    def test_short_years(self):
        self.assert_told("2027-02-13 19:00:00", "13 feb 27 19:00", "february 13, 27 at 7pm", "13-feb-27 19h")
        self.assert_refused("13 feb 19", Reason.AMBIGUOUS_NUMBER, number="19")
        self.assert_told("2026-12-25 00:00:00", "25-Dec-26", "Friday, 25-Dec-26", "2026 dec 25th")

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


class WeekdayTests(RuleTestCase):
    def test_weekday_alone_is_the_first_from_today(self):
        self.assert_told(
            "2026-11-27 00:00:00", "friday", "Fri", "vendredi", "ven", "on friday", "this friday"
        )
        self.assert_told("2026-11-26 00:00:00", "thursday", "jeudi", "ce jeudi")

    def test_next_and_last_select_the_occurrence(self):
        self.assert_told("2026-11-27 00:00:00", "next friday", "vendredi prochain")
        self.assert_told("2026-11-20 00:00:00", "last friday", "vendredi dernier")
        self.assert_told("2026-12-03 00:00:00", "next thursday")

    def test_weekday_of_a_week(self):
        self.assert_told(
            "2026-12-01 00:00:00",
            *("tuesday of next week", "tuesday next week", "next week tuesday", "next week on tuesday"),
            *("mardi de la semaine prochaine", "mardi la semaine prochaine", "la semaine prochaine mardi"),
            "mardi semaine prochaine",
        )
        self.assert_told("2026-11-17 00:00:00", "tuesday last week", "mardi de la semaine dernière")
        self.assert_told(
            "2026-11-24 00:00:00", "tuesday this week", "mardi cette semaine", "mardi de cette semaine"
        )
        self.assert_told(
            "2026-12-06 09:00:00", "next week at 9am on sunday", "dimanche de la semaine prochaine à 9h"
        )

    def test_weeks_later(self):
        self.assert_told("2026-12-04 00:00:00", "friday week", "vendredi en huit", "on friday week")
        self.assert_told("2026-12-11 00:00:00", "vendredi en quinze")
        self.assert_told("2026-12-04", "tomorrow week", "demain en huit")

    def test_weekday_beside_days_must_be_theirs(self):
        self.assert_told(
            "2026-11-29 00:00:00", "in 3 days on sunday", "sunday in 3 days", "dimanche dans 3 jours"
        )
        self.assert_told("2026-11-27 00:00:00", "tomorrow, friday", "vendredi demain")
        self.assert_refused("in 3 days on friday", Reason.WRONG_WEEKDAY, date="2026-11-29", weekday="Sunday")
        self.assert_refused("hier lundi", Reason.WRONG_WEEKDAY, date="2026-11-25", weekday="Wednesday")

    def test_next_and_last_weekday_beside_days_must_be_theirs(self):
        self.assert_told("2026-11-27 00:00:00", "tomorrow, next friday")
        self.assert_refused(
            "today, last thursday", Reason.DIFFERENT_DAYS, first="2026-11-19", second="2026-11-26"
        )

    def test_weekday_beside_months_must_be_theirs(self):
        self.assert_told("2026-12-26 00:00:00", "saturday in a month", "next month saturday")
        self.assert_refused(
            "thursday, two years from now", Reason.WRONG_WEEKDAY, date="2028-11-26", weekday="Sunday"
        )

    def test_weekday_beside_weeks_is_told_where_both_readings_agree(self):
        self.assert_told(
            "2026-12-10 00:00:00", "thursday in 2 weeks", "in 2 weeks on thursday", "jeudi dans 2 semaines"
        )
        self.assert_told("2026-12-11 00:00:00", "friday in a fortnight")
        choices = ("2026-12-07", "2026-12-14")
        self.assert_refused("monday in 2 weeks", Reason.AMBIGUOUS_DATE, date="Monday", choices=choices)
        choices = ("2026-11-16", "2026-11-23")
        self.assert_refused("monday a week ago", Reason.AMBIGUOUS_DATE, date="Monday", choices=choices)


class ShortMardiTests(RuleTestCase):
    def test_beside_a_month_it_is_tuesday(self):
        self.assert_told(
            "2026-11-24 00:00:00", "mar. 24 nov. 2026", "mar. le 24 novembre", "24 nov. 2026, mar."
        )
        self.assert_refused("mar. 25 nov.", Reason.WRONG_WEEKDAY, date="2026-11-25", weekday="Wednesday")

    def test_in_french_it_is_tuesday(self):
        self.assert_told("2026-12-01 00:00:00", "mar.", "mar", "mar. prochain", language="fr")
        self.assert_told("2026-11-24 00:00:00", "mar 24 nov", language="fr")

    def test_in_english_it_is_refused_with_its_full_stop(self):
        self.assert_refused("mar. 24", Reason.AMBIGUOUS_DATE, date="mar. 24", choices=("mardi", "24 mars"))
        self.assert_refused("24 mar.", Reason.AMBIGUOUS_DATE, date="24 mar.", choices=("mardi", "24 mars"))
        self.assert_refused("mar.", Reason.AMBIGUOUS_DATE, date="mar.", choices=("mardi", "1 mars"))

    def test_in_english_it_is_march_without_one(self):
        self.assert_told("2026-03-24 00:00:00", "mar 24", "24 mar")


class DayWordTests(RuleTestCase):
    def test_days_are_counted_from_today(self):
        self.assert_told("2026-11-27", "tomorrow", "demain")
        self.assert_told("2026-11-25", "yesterday", "hier")
        self.assert_told(
            "2026-11-28", "day after tomorrow", "the day after tomorrow", "après-demain", "après demain"
        )
        self.assert_told("2026-11-24", "avant-hier", "avant hier", "day before yesterday")
        self.assert_told("2026-11-26", "today", "aujourd'hui")

    def test_day_beside_a_date_must_be_that_date(self):
        self.assert_told(
            "2026-11-27 00:00:00", "tomorrow, 27 november", "27/11/2026 demain", "in 1 day 27 november"
        )
        for words in ("yesterday dec 25 2026", "25 december hier"):
            self.assert_refused(words, Reason.DIFFERENT_DAYS, first="2026-12-25", second="2026-11-25")

    def test_two_days_are_refused(self):
        self.assert_refused("tomorrow yesterday", Reason.SAID_TWICE, word="yesterday")
        self.assert_refused("in 2 days tomorrow", Reason.SAID_TWICE, word="tomorrow")

    def test_years_move_a_date_without_a_year(self):
        self.assert_told("2027-12-25 00:00:00", "dec 25 next year", "25 décembre l'an prochain")
        self.assert_told("2028-02-29 00:00:00", "29 feb in 2 years")


class WordsAroundWeekdaysTests(RuleTestCase):
    """On Thursday, 2026-11-26."""

    def test_coming_and_past_weekdays(self):
        self.assert_told("2026-11-27 00:00:00", "this coming friday", "coming friday", "vendredi qui vient")
        self.assert_told("2026-11-24 00:00:00", "past tuesday", "this past tuesday", "mardi passé")
        self.assert_told("2026-11-30 00:00:00", "ce lundi", "this monday", "upcoming monday")

    def test_weekday_after_the_next_and_before_the_last(self):
        self.assert_told("2026-12-04 00:00:00", "friday after next", "the friday after next")
        self.assert_told("2026-11-16 00:00:00", "the monday before last")

    def test_several_weekdays_from_now(self):
        self.assert_told("2026-12-11 00:00:00", "three fridays from now", "dans trois vendredis")
        self.assert_told("2026-11-13 00:00:00", "2 fridays ago", "il y a deux vendredis")
        self.assert_told("2026-12-03 09:00:00", "one thursdays from now 9am")


class FromADayTests(RuleTestCase):
    """On Thursday, 2026-11-26."""

    def test_weekdays_from_another_day(self):
        self.assert_told("2027-03-29 00:00:00", "the monday after easter", "le lundi après Pâques")
        self.assert_told("2026-12-18 00:00:00", "the friday before christmas", "friday preceding christmas")
        self.assert_told("2027-01-08 15:00:00", "second friday after christmas at 3pm")
        self.assert_told("2026-11-30 00:00:00", "monday after tomorrow", "le lundi qui suit demain")

    def test_weekdays_need_that_day(self):
        for words, span in (("monday after 5pm", "monday after"), ("lundi après", "lundi après")):
            self.assert_refused(words, Reason.MISSING_ANCHOR, span=span)
        self.assert_refused("dec 25 monday after", Reason.SAID_TWICE, word="monday after")
        self.assert_refused("friday after 31 december 9999", Reason.OUT_OF_RANGE)

    def test_days_beside_another(self):
        self.assert_told("2026-12-26 00:00:00", "the day after christmas", "le lendemain de Noël")
        self.assert_told("2026-12-24 00:00:00", "day before christmas", "la veille du 25 décembre")
        self.assert_told("2026-12-27 09:00:00", "le surlendemain de Noël à 9h")
        self.assert_told("2026-11-28", "the day after tomorrow")
        self.assert_refused("the day after", Reason.MISSING_ANCHOR, span="the day after")
        self.assert_refused("friday the day after christmas", Reason.SAID_TWICE, word="the day after")

    def test_weeks_from_a_weekday(self):
        self.assert_told("2026-12-04 00:00:00", "a week on friday", "a week friday", "friday week")
        self.assert_told("2026-12-14 00:00:00", "two weeks on monday", "monday fortnight")
        self.assert_told("2026-12-04", "a week tomorrow", "week from tomorrow", "a week from tomorrow")
