from twisted.trial.unittest import SynchronousTestCase

from tests.moment_specs import RuleTestCase
from twisted_date.dates.rules.numbers import number_of


class NumberOfTests(SynchronousTestCase):
    def test_words_of_both_languages(self):
        for text, number in {
            "15": 15,
            "a": 1,
            "fifteen": 15,
            "twenty-first": 21,
            "thirty five": 35,
            "ninety-nine": 99,
            "vingt et un": 21,
            "dix huit": 18,
            "soixante-et-onze": 71,
            "quatre-vingt-dix-neuf": 99,
            "hundred": 100,
            "two hundred and five": 205,
            "deux cents": 200,
            "mille": 1000,
        }.items():
            self.assertEqual(number_of(text), number, text)


class NumberTests(RuleTestCase):
    def test_numbers_of_spans(self):
        self.assert_told("2026-12-31", "in thirty-five days", "in thirty five days", "dans trente-cinq jours")
        self.assert_told("2026-12-17", "dans vingt et un jours", "dans vingt-et-un jours")
        self.assert_told("2026-08-18 15:00:00", "a hundred days ago", "il y a cent jours")
        self.assert_told("2026-07-29 15:00:00", "one hundred and twenty days ago", "il y a cent vingt jours")
        self.assert_told("2026-11-28", "in a couple of days")
        self.assert_told("2026-11-27 12:30:00", "in twenty-two and a half hours")
        self.assert_told("2026-11-26 14:25:00", "dans vingt-cinq minutes", "in twenty five minutes")

    def test_parts_in_digits(self):
        self.assert_told("2026-11-26 16:30:00", "in 2 1/2 hours")
        self.assert_told("2026-11-26 14:30:00", "in 1/2 hour", "in 1/2 an hour")
        self.assert_told("2026-11-29 02:00:00", "in two and half days", "in 2 and a half days")
        self.assert_told("2026-11-26 14:45:00", "in 3/4 of an hour", "in three quarters of an hour")
        self.assert_told("2026-11-26 16:45:00", "in two hours and three quarters")

    def test_numbers_of_times(self):
        self.assert_told("2026-11-26 21:00:00", "vingt et une heures", "à vingt-et-une heures")
        self.assert_told("2026-11-26 18:15:00", "dix huit heures quinze", "dix-huit heures quinze")
        self.assert_told("2026-11-26 22:10:00", "vingt deux heures dix", "vingt-deux heures dix")

    def test_numbers_of_days(self):
        self.assert_told("2026-12-31 00:00:00", "le trente et un décembre", "le trente-et-un décembre")
