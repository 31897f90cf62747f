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

    def test_the_machines(self):
        self.assertEqual(self.zone(lambda: ZoneInfo("Asia/Tokyo")), ZoneInfo("Asia/Tokyo"))

    def test_utc_where_there_is_none(self):
        self.assertEqual(self.zone(lambda: timezone.utc), ZoneInfo("UTC"))

    def test_utc_and_a_warning_where_it_cannot_be_read(self):
        observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)

        def broken():
            raise ValueError("no such zone")

        self.assertEqual(self.zone(broken), ZoneInfo("UTC"))
        self.assertIn("cannot be read", next(iter(observer))["log_format"])
