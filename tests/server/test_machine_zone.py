from datetime import timezone
from zoneinfo import ZoneInfo

import tzlocal
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.server.machine_zone import machine_zone


class MachineZoneTests(SynchronousTestCase):
    def zone(self, get_localzone):
        self.patch(tzlocal, "get_localzone", get_localzone)
        return machine_zone()

    def test_zone_is_that_of_the_machine(self):
        self.assertEqual(self.zone(lambda: ZoneInfo("Asia/Tokyo")), ZoneInfo("Asia/Tokyo"))

    def test_machine_without_a_zone_is_in_utc(self):
        self.assertEqual(self.zone(lambda: timezone.utc), ZoneInfo("UTC"))

    def test_unreadable_zone_is_utc_with_a_warning(self):
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)

        def broken():
            raise ValueError("no such zone")

        self.assertEqual(self.zone(broken), ZoneInfo("UTC"))
        self.assertIn("Cannot read the time zone", next(iter(observer))["log_format"])
