from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.errors import DATE_ERRORS, kinds
from twisted_date.dates.errors import Reason


class CodeTests(SynchronousTestCase):
    def test_codes_are_plain_words(self):
        for kind in kinds():
            self.assertRegex(kind.code, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_every_reason_of_a_date_has_one(self):
        self.assertEqual(set(DATE_ERRORS), set(Reason))
