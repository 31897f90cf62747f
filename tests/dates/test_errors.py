from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.errors import DateError, Reason


class DateErrorTests(SynchronousTestCase):
    def test_choices_are_listed(self):
        error = DateError(Reason.AMBIGUOUS_DATE, date="1/2", choices=("1 February", "2 January"))
        self.assertEqual(str(error), "1/2 may be read as 1 February, 2 January; write one of these")

    def test_weekdays_are_named(self):
        error = DateError(Reason.WRONG_WEEKDAY, date="2026-12-25", weekday="Friday")
        self.assertIn("but a Friday;", str(error))
