from tests.helpers import PARIS
from tests.moment_specs import NOW, RuleTestCase
from twisted_date.dates.answer import answer
from twisted_date.dates.context import Preferences
from twisted_date.dates.errors import Reason


class NumbersTests(RuleTestCase):
    def test_one_order_must_give_a_date(self):
        self.assert_told("2026-12-25 00:00:00", "25/12/2026", "12/25/2026", "25-12-2026", "12-25-2026")
        self.assert_told("2026-12-25 00:00:00", "25/12", "12/25", "2026/12/25", "le 25/12")
        self.assert_refused("32/13/2026", Reason.IMPOSSIBLE_DATE, date="32/13/2026")

    def test_two_orders_are_refused(self):
        for words, choices in {
            "11/12/2026": ("2026-11-12", "2026-12-11"),
            "11-12-2026": ("2026-11-12", "2026-12-11"),
            "3/4": ("3 April", "4 March"),
            "11/12/13": ("2011-12-13", "2013-11-12", "2013-12-11"),
        }.items():
            self.assert_refused(words, Reason.AMBIGUOUS_DATE, date=words, choices=choices)

    def test_order_of_a_country_decides(self):
        for words, day_first, shown in (
            ("11/12/2026", True, "2026-12-11"),
            ("11/12/2026", False, "2026-11-12"),
            ("3/4", True, "2026-04-03"),
            ("3/4", False, "2026-03-04"),
            ("11/12/13", True, "2013-12-11"),
            ("12/25/2026", True, "2026-12-25"),  # only one order gives a date
        ):
            told = answer(words, int(NOW.timestamp()) * 10**9, PARIS, "en", Preferences(None, day_first))
            self.assertEqual(str(told.moment.local.date()), shown, (words, day_first))


class DotsTests(RuleTestCase):
    def test_day_comes_first_or_the_year(self):
        self.assert_told("2026-12-25 00:00:00", "25.12.2026", "25.12.26", "25.12.", "2026.12.25", "le 25.12.")
        self.assert_refused("12.25.2026", Reason.IMPOSSIBLE_DATE, date="12.25.2026")

    def test_two_numbers_are_a_day_or_a_time_if_only_one_fits(self):
        self.assert_told("2026-12-25 00:00:00", "25.12")
        self.assert_told("2026-11-26 08:30:00", "8.30", "at 8.30", "à 8.30")
        self.assert_told("2026-11-26 12:10:00", "at 12.10")
        choices = ("12:10", "12 October")
        self.assert_refused("12.10", Reason.AMBIGUOUS_TIME, time="12.10", choices=choices)
        self.assert_refused("25.13", Reason.IMPOSSIBLE_TIME, time="25.13")


class MachineTests(RuleTestCase):
    def test_dates_of_iso_8601(self):
        self.assert_told("2026-11-25 00:00:00", "2026-W48-3", "2026W483", "2026-w48-3", "2026-329")
        self.assert_told("2026-11-25 15:30:00", "2026-W48-3T15:30", "2026-W48-3T14:30Z")
        self.assert_told("2024-12-31 00:00:00", "2024-366", "2025-W01-2")
        for words in ("2026-W54-1", "2026-366", "2026-000", "0000-001"):
            self.assert_refused(words, Reason.IMPOSSIBLE_DATE, date=words)

    def test_dates_of_logs_and_programs(self):
        self.assert_told("2026-12-25 19:00:00", "25/Dec/2026:19:00:00", "[25/Dec/2026:19:00:00]")
        self.assert_told(
            "1974-10-31 00:00:00", "31/Oct/1974", "31-Oct-1974", "1974 October 31", "Oct 31,1974"
        )
        self.assert_told("2026-12-25 19:00:00", "Fri Dec 25 19:00:00 2026", "Fri Dec 25 2026 19:00:00")
        self.assert_told("2026-12-25 19:00:00", "unix 1798221600", "<t:1798221600:R>")
