from unittest import mock

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import gazetteer
from twisted_date.dates.context import Context
from twisted_date.dates.near_names import MAX_HINTS, nearest
from twisted_date.dates.places import zone_of

LED, UNLED = Context(2026), Context(2026, is_led=False)
NAMES = ["Paris", "Tokyo", "Los Angeles", "Buenos Aires", "Singapore", "Germany", "California", "Montréal"]


class NearestTests(SynchronousTestCase):
    def test_one_letter_may_be_wrong(self):
        for typed, name in {
            "Pariss": "Paris",
            "Toyko": "Tokyo",
            "Los Angles": "Los Angeles",
            "buenosaeres": "Buenos Aires",
            "Germny": "Germany",
            "Allemange": "Allemagne",
            "Californa": "California",
        }.items():
            self.assertEqual(nearest(typed, LED)[0], name, typed)

    def test_nothing_is_near_to_other_words(self):
        for typed in ("Xyzzy", "hello", "Par", "a" * 30, "", "Parrisss"):
            self.assertEqual(nearest(typed, UNLED), (), typed)

    def test_letters_that_moved_further_are_not_near(self):
        self.assertNotIn("Tokyo", nearest("Okyot", LED))
        self.assertNotIn("Minsk", nearest("minus", LED))
        self.assertEqual(nearest("starting", LED), ())

    def test_smaller_towns_need_a_lead(self):
        self.assertEqual(nearest("Grenobel", LED), ())
        self.assertEqual(nearest("Marseile", LED), ("Marseille",))
        self.assertEqual(nearest("Marseile", UNLED), ())

    def test_names_that_are_right_are_not_near(self):
        for name in NAMES:
            self.assertNotIn(name, nearest(name, LED))

    @given(st.sampled_from(NAMES), st.integers(0, 11), st.sampled_from("aeioux"), st.booleans())
    def test_hints_work_as_they_are_typed(self, name, place, letter, is_left_out):
        typed = name[:place] + letter * (not is_left_out) + name[place + 1 :]
        hints = nearest(typed, LED)
        self.assertTrue(len(hints) <= MAX_HINTS)
        for hint in hints:
            zone_of(hint, LED)

    def test_look_ups_are_few(self):
        with mock.patch.object(gazetteer, "records", wraps=gazetteer.records) as records:
            nearest("Llanfairpwllgwyngyllgog", LED)
        self.assertLess(records.call_count, 100)
