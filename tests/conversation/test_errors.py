from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.errors import all_codes
from twisted_date.dates.errors import Reason


class CodeTests(SynchronousTestCase):
    def test_codes_are_hyphenated_words(self):
        for kind in all_codes():
            self.assertRegex(kind.code, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_date_reasons_are_included(self):
        self.assertLessEqual(set(Reason), set(all_codes()))

    def test_sentences_are_unique(self):
        self.assertEqual(len({kind.sentence for kind in all_codes()}), len(all_codes()))
