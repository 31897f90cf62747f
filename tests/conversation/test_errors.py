from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.errors import all_codes
from twisted_date.dates.errors import Reason


class CodeTests(SynchronousTestCase):
    def test_codes_are_plain_words(self):
        for kind in all_codes():
            self.assertRegex(kind.code, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_reasons_of_dates_are_among_them(self):
        self.assertLessEqual(set(Reason), set(all_codes()))

    def test_no_two_have_one_sentence(self):
        self.assertEqual(len({kind.sentence for kind in all_codes()}), len(all_codes()))
