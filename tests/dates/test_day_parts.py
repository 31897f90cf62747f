from datetime import time

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.day_parts import in_part, times_around

PARTS = ("morning", "afternoon", "evening", "night", "dark")


class PartTests(SynchronousTestCase):
    def assert_in(self, part, **hours):
        for hour in range(24):
            told = in_part(part, time(hour, 15), False)
            expected = hours.get(f"h{hour}")
            self.assertEqual(told, None if expected is None else (time(expected, 15), 0), (part, hour))

    def test_hours_of_a_12_hour_clock_are_moved_into_the_part(self):
        self.assert_in("morning", **{f"h{hour}": hour for hour in range(12)})
        self.assert_in(
            "afternoon",
            **{f"h{hour}": hour + 12 for hour in range(7)},
            **{f"h{hour}": hour for hour in range(12, 19)},
        )
        self.assert_in(
            "evening",
            **{f"h{hour}": hour + 12 for hour in range(5, 12)},
            **{f"h{hour}": hour for hour in range(17, 24)},
        )
        self.assert_in(
            "night",
            **{f"h{hour}": hour + 12 for hour in range(6, 12)},
            **{f"h{hour}": hour for hour in range(18, 24)},
        )

    def test_midnight_ends_the_day(self):
        self.assertEqual(in_part("night", time(12), False), (time(), 1))
        self.assertEqual(in_part("night", time(), True), (time(), 1))
        self.assertEqual(in_part("evening", time(), True), (time(), 1))
        self.assertIsNone(in_part("night", time(12), True))  # noon

    def test_half_that_was_said_is_not_changed(self):
        self.assertIsNone(in_part("evening", time(8), True))
        self.assertEqual(in_part("evening", time(20), True), (time(20), 0))

    def test_times_behind_midnight_may_be_of_two_days(self):
        self.assertEqual(times_around("night", time(2), False), (time(2),))
        self.assertEqual(times_around("night", time(12, 30), False), (time(0, 30),))
        self.assertEqual(times_around("evening", time(0, 30), False), (time(0, 30),))

    def test_twelve_in_the_morning_may_be_noon_or_midnight(self):
        self.assertEqual(times_around("morning", time(12, 30), False), (time(0, 30), time(12, 30)))

    def test_contradictions_have_no_times(self):
        self.assertEqual(times_around("morning", time(15), True), ())
        self.assertEqual(times_around("afternoon", time(9), False), ())

    @given(st.sampled_from(PARTS), st.times(), st.booleans())
    def test_minutes_are_kept(self, part, clock, is_half_said):
        told = in_part(part, clock, is_half_said)
        if told is not None:
            self.assertEqual(told[0].minute, clock.minute)
            self.assertIn(told[0].hour - clock.hour, (0, 12, -12))
