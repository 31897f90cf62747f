import sys

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.health import Health
from twisted_date.server import kernel_clock

UNSYNC = 0x40


class JudgedTests(SynchronousTestCase):
    def test_by_its_largest_error(self):
        self.assertEqual(kernel_clock.judged(1500, 0, "2026f"), Health(True, 1.5, "2026f"))
        self.assertEqual(kernel_clock.judged(15_999_999, UNSYNC, None).synchronised, True)
        self.assertEqual(kernel_clock.judged(16_000_000, 0, None), Health(False, 16_000, None))

    def test_unsynchronised_without_an_error(self):
        self.assertEqual(kernel_clock.judged(0, UNSYNC, None).synchronised, False)
        self.assertEqual(kernel_clock.judged(0, 0, None).synchronised, True)


class HealthTests(SynchronousTestCase):
    def test_of_this_machine(self):
        health = kernel_clock.health("2026f")
        self.assertEqual(health.zone_data, "2026f")
        self.assertEqual(health.synchronised is None, not sys.platform.startswith("linux"))

    def test_elsewhere(self):
        self.patch(sys, "platform", "darwin")
        self.assertEqual(kernel_clock.health("2026f"), Health(None, None, "2026f"))
