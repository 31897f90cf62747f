import re

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import patterns

KINDS = {"month": "[m]", "day": "[d]", '"of"': "[o]"}


class RegexTests(SynchronousTestCase):
    def match(self, notation, shape):
        return re.fullmatch(patterns.regex(notation, KINDS.__getitem__), shape)

    def test_kinds_follow_each_other(self):
        self.assertTrue(self.match("month day", "m d"))
        self.assertTrue(self.match("month.day", "md"))
        self.assertTrue(self.match("month~day", "m d") and self.match("month~day", "md"))
        self.assertFalse(self.match("month day", "md"))

    def test_parts_are_left_out_repeated_and_chosen(self):
        for shape in ("m", "m o", "m o o"):
            self.assertTrue(self.match('month{ "of"}', shape), shape)
        self.assertTrue(self.match('["of" ]month', "m") and self.match('["of" ]month', "o m"))
        self.assertTrue(self.match('(month / "of") day', "o d"))

    def test_what_must_not_follow(self):
        self.assertTrue(self.match("month!(day)", "m"))
        self.assertFalse(self.match("month!(day)[day]", "md"))

    def test_groups_have_names_unless_they_are_not_wanted(self):
        self.assertEqual(
            self.match('name:(month / "of") day:day', "o d").groupdict(), {"name": "o", "day": "d"}
        )
        self.assertNotIn("?P", patterns.regex("name:month", KINDS.__getitem__, has_names=False))
