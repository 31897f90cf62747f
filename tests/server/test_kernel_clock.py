import sys

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.health import Health
from twisted_date.server import kernel_clock

UNSYNC = 0x40


class JudgedTests(SynchronousTestCase):
    def test_maximum_error_decides(self):
        self.assertEqual(kernel_clock.interpret(1500, 0, "2026f"), Health(True, 1.5, "2026f"))
        self.assertEqual(kernel_clock.interpret(15_999_999, UNSYNC, None).synchronised, True)
        self.assertEqual(kernel_clock.interpret(16_000_000, 0, None), Health(False, 16_000, None))

    def test_unsync_bit_counts_while_the_error_is_0(self):
        self.assertEqual(kernel_clock.interpret(0, UNSYNC, None).synchronised, False)
        self.assertEqual(kernel_clock.interpret(0, 0, None).synchronised, True)


class HealthTests(SynchronousTestCase):
    def test_clock_is_known_on_linux(self):
        health = kernel_clock.health("2026f")
        self.assertEqual(health.zone_data, "2026f")
        self.assertEqual(health.synchronised is None, not sys.platform.startswith("linux"))

    def test_clock_is_unknown_elsewhere(self):
        self.patch(sys, "platform", "darwin")
        self.assertEqual(kernel_clock.health("2026f"), Health(None, None, "2026f"))
