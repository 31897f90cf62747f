from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, NOW_NS, PARIS
from twisted_date.dates.answer import answer
from twisted_date.dates.errors import DateError, Reason


def told(argument):
    """The text of the answer in Paris at Christmas."""
    return answer(argument, NOW_NS, PARIS).text


def refused(test, argument):
    """Why there is no answer."""
    return test.assertRaises(DateError, told, argument).reason


class AnswerTests(SynchronousTestCase):
    def test_now(self):
        self.assertEqual(told(""), NOW)
        self.assertEqual(told("+%N"), "500000000")

    def test_another_moment(self):
        self.assertEqual(told("@0"), "1970-01-01T01:00:00+01:00")

    def test_another_place(self):
        for words in ("in Asia/Tokyo", "to Asia/Tokyo", "Asia/Tokyo", "in   asia/tokyo"):
            self.assertEqual(told(words), "2026-12-26T03:00:00+09:00", words)

    def test_both(self):
        self.assertEqual(told("@0 in Asia/Tokyo"), "1970-01-01T09:00:00+09:00")

    def test_utc(self):
        self.assertEqual(told("-u"), "2026-12-25T18:00:00+00:00")
        self.assertEqual(told("-u @0 +%c"), "Thu Jan  1 00:00:00 1970")
        self.assertEqual(refused(self, "-u in Asia/Tokyo"), Reason.UTC_AND_PLACE)

    def test_the_years_1_to_9999(self):
        self.assertEqual(told("-u @-62135596800"), "0001-01-01T00:00:00+00:00")
        self.assertEqual(told("-u @253402300799"), "9999-12-31T23:59:59+00:00")
        for words in ("-u @-62135596801", "-u @253402300800", "@253402300799", "@" + "9" * 900):
            self.assertEqual(refused(self, words), Reason.OUT_OF_RANGE)
