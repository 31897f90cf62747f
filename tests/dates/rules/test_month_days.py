from tests.moment_specs import RuleTestCase, told
from twisted_date.dates.errors import Reason


class DayOfMonthTests(RuleTestCase):
    """On Thursday, 2026-11-26."""

    def test_day_alone_is_the_next_one(self):
        self.assert_told("2026-12-15 00:00:00", "the 15th", "15th", "on the 15th", "le 15", "the fifteenth")
        self.assert_told("2026-11-26 00:00:00", "the 26th", "le 26")
        self.assert_told("2026-12-01 15:00:00", "le 1er à 15h", "the first at 3pm", "the 1st, 15:00")
        self.assert_told("2026-12-31 00:00:00", "the 31st", "the thirty-first")

    def test_day_with_a_weekday_is_both(self):
        self.assert_told("2026-12-04 00:00:00", "friday the 4th", "friday 4", "le vendredi 4", "vendredi 4")
        self.assert_told("2026-12-04 15:00:00", "vendredi 4 à 15h", "friday the fourth at 3pm")
        self.assert_told("2026-11-27 00:00:00", "the 27th friday")
        choices = ("2026-11-23", "2027-08-23")
        self.assert_refused("monday 23", Reason.AMBIGUOUS_DATE, date="monday 23", choices=choices)
        self.assert_refused("monday 24", Reason.NO_SUCH_DAY, date="monday 24")
        self.assert_refused("the 32nd", Reason.IMPOSSIBLE_DATE, date="32nd")

    def test_day_with_another_weekday_that_was_told_is_refused(self):
        self.assert_told("2026-12-04 00:00:00", "friday after next, the 4th")
        self.assert_refused("next friday the 11th", Reason.DIFFERENT_DAYS, first="11th", second="2026-11-27")

    def test_day_beside_a_span_must_be_its_day(self):
        self.assert_told("2026-11-27 00:00:00", "the 27th tomorrow", "tomorrow the 27th")
        days = {"first": "2026-12-05", "second": "2026-11-27"}
        self.assert_refused("the 5th tomorrow", Reason.DIFFERENT_DAYS, **days)
        days = {"first": "2026-12-01", "second": "2026-11-28"}
        self.assert_refused("the 1st in 2 days", Reason.DIFFERENT_DAYS, **days)
        self.assert_told("2026-11-25 00:00:00", "the 25th yesterday")
        self.assert_told("2026-11-27 00:00:00", "tomorrow, the last friday of november")
        days = {"first": "2026-11-30", "second": "2026-11-27"}
        self.assert_refused("tomorrow, last monday of november", Reason.DIFFERENT_DAYS, **days)

    def test_wrong_endings_are_refused(self):
        for words, date in (("the 2st", "2st"), ("22th december", "22th"), ("december 1th", "1th")):
            self.assert_refused(words, Reason.IMPOSSIBLE_DATE, date=date)
        self.assert_told("2026-12-13 00:00:00", "the 13th", "december 13th")

    def test_day_of_another_month(self):
        self.assert_told("2026-12-20 00:00:00", "20th of next month", "le 20 du mois prochain")
        self.assert_told("2026-11-05 00:00:00", "the 5th of this month", "le 5 du mois", "5th of the month")
        self.assert_told("2026-12-20 00:00:00", "sunday the 20th of next month", "20th of next month, sunday")
        self.assert_told("2026-12-20 00:00:00", "dimanche 20 du mois prochain")
        wrong = {"date": "2026-12-20", "weekday": "Sunday"}
        self.assert_refused("monday 20th of next month", Reason.WRONG_WEEKDAY, **wrong)
        self.assert_refused("next month 31st of this month", Reason.SAID_TWICE, word="31st of this month")

    def test_hours_and_dates_are_no_days(self):
        self.assert_told("2026-11-27 16:00:00", "friday 4pm", "friday 16h", "friday 4 pm")
        self.assert_told("2026-12-04 00:00:00", "friday 4 december", "friday, december 4")


class NthTests(RuleTestCase):
    def test_weekdays_of_a_month(self):
        self.assert_told("2027-03-01 00:00:00", "first monday of march 2027", "1st monday in march 2027")
        self.assert_told("2026-11-27 00:00:00", "last friday of november", "dernier vendredi du mois")
        self.assert_told(
            "2026-12-25 00:00:00", "last friday of next month", "dernier vendredi du mois prochain"
        )
        self.assert_told("2026-03-02 00:00:00", "le premier lundi de mars", "first monday in march")
        self.assert_told("2026-04-05 00:00:00", "premier dimanche d'avril", "first sunday of april")
        self.assert_told("2026-12-08 19:00:00", "the 2nd tuesday of next month at 7pm")

    def test_weekday_without_its_month_is_refused(self):
        for words in ("third thursday", "4th friday", "premier lundi"):
            choice = f"{words} of this month"
            self.assert_refused(words, Reason.MISSING_MONTH, date=words, choice=choice)
            told(choice)

    def test_first_and_last_days(self):
        self.assert_told("2026-11-30 00:00:00", "last day of the month", "dernier jour du mois")
        self.assert_told("2026-03-31 00:00:00", "last day of march", "dernier jour de mars")
        self.assert_told("2026-12-01 00:00:00", "first day of next month", "premier jour du mois prochain")
        self.assert_told("2028-02-29 00:00:00", "last day of february 2028")

    def test_places_in_a_year(self):
        self.assert_told("2026-12-31 00:00:00", "last day of the year", "dernier jour de l'année")
        self.assert_told("2027-01-01 00:00:00", "first day of next year", "premier jour de l'année prochaine")
        self.assert_told("2027-01-04 00:00:00", "first monday of 2027", "first monday next year")
        self.assert_told("2026-12-25 00:00:00", "last friday of the year", "le dernier vendredi de 2026")

    def test_months_without_a_word_between(self):
        self.assert_told("2026-12-07 00:00:00", "first monday next month", "1st monday of next month")

    def test_place_that_a_month_has_not_is_refused(self):
        text = "fifth monday of february"
        self.assert_refused(text, Reason.IMPOSSIBLE_DATE, date=text)

    def test_end_of_a_month_is_refused_with_both(self):
        choices = ("last day of this month", "first day of next month")
        for words in ("end of month", "end of the month", "fin du mois"):
            self.assert_refused(words, Reason.AMBIGUOUS_DATE, date=words, choices=choices)

    def test_dates_in_words(self):
        self.assert_told(
            "2026-03-01 00:00:00", "first of march", "march first", "premier mars", "le premier mars"
        )
        self.assert_told("2026-06-21 00:00:00", "twenty-first of june", "june twenty first", "june the 21st")
        self.assert_told("2026-08-15 00:00:00", "quinze août", "le quinze août")
        self.assert_told("2027-12-25 00:00:00", "vingt-cinq décembre 2027", "december twenty-fifth 2027")


class HolidayTests(RuleTestCase):
    """On Thursday, 2026-11-26."""

    def test_holidays_are_the_next_ones(self):
        self.assert_told("2027-11-01 10:00:00", "à la Toussaint à 10h")
        self.assert_told("2026-12-25 00:00:00", "christmas", "xmas day", "Noël", "à Noël", "christmas 2026")
        self.assert_told("2026-12-24 20:00:00", "christmas eve at 8pm", "veille de Noël à 20h")
        self.assert_told("2027-01-01 00:00:00", "New Year's Day", "le jour de l'an", "nouvel an")
        self.assert_told("2026-12-31 00:00:00", "new year's eve", "la Saint-Sylvestre", "saint sylvestre")
        self.assert_told("2027-03-28 00:00:00", "easter", "Pâques", "easter sunday", "dimanche de Pâques")
        self.assert_told("2027-03-29 00:00:00", "easter monday", "lundi de Pâques")
        self.assert_told("2027-03-26 00:00:00", "good friday", "vendredi saint")
        self.assert_told("2027-02-09 00:00:00", "mardi gras", "shrove tuesday")
        self.assert_told("2027-05-06 00:00:00", "ascension day", "l'Ascension", "jeudi de l'Ascension")
        self.assert_told("2027-11-01 00:00:00", "la Toussaint", "all saints' day")
        self.assert_told("2027-10-31 00:00:00", "halloween")
        self.assert_told("2027-02-14 00:00:00", "valentine's day", "la Saint-Valentin")

    def test_last_and_next_holidays(self):
        self.assert_told("2026-12-25 00:00:00", "next christmas", "Noël prochain", "this christmas")
        self.assert_told("2025-12-25 00:00:00", "last christmas", "Noël dernier", "à Noël dernier")
        self.assert_told("2027-03-28 00:00:00", "next easter", "Pâques prochain")
        self.assert_told("2026-04-05 00:00:00", "last easter", "this easter")
        self.assert_told("2025-12-31 20:00:00", "last new year's eve at 8pm")
        self.assert_refused("next christmas next christmas", Reason.SAID_TWICE, word="next christmas")

    def test_year_and_spans_may_be_told(self):
        self.assert_told("2030-12-25 00:00:00", "christmas 2030", "noël 2030")
        self.assert_told("2027-12-25 00:00:00", "christmas next year")
        self.assert_told("2026-12-27 00:00:00", "2 days after christmas", "deux jours après Noël")
        self.assert_told("2026-12-25 00:00:00", "friday christmas")
        for words in ("christmas in 9000 years", "easter in 10000 years", "noël 3000 years ago"):
            self.assert_refused(words, Reason.OUT_OF_RANGE)
        self.assert_refused(
            "christmas tomorrow", Reason.DIFFERENT_DAYS, first="2026-12-25", second="2026-11-27"
        )
        self.assert_refused("easter 0000", Reason.IMPOSSIBLE_DATE, date="easter 0000")
        self.assert_refused("christmas 25 december", Reason.SAID_TWICE, word="25 december")
        self.assert_refused("25 december christmas", Reason.SAID_TWICE, word="christmas")
        self.assert_refused("monday christmas", Reason.WRONG_WEEKDAY, date="2026-12-25", weekday="Friday")

    def test_holidays_of_a_country_are_refused(self):
        for words in ("thanksgiving", "mother's day", "fête des mères", "labour day"):
            self.assert_refused(words, Reason.COUNTRY_HOLIDAY, holiday=words)
