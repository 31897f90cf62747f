from zoneinfo import ZoneInfo

from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import make_defaults
from twisted_date.dates import zone_data
from twisted_date.dates.zone_data import ZoneData
from twisted_date.server.factory import DateFactory
from twisted_date.server.reload import DAY, WATCH_INTERVAL, Reloader


class FakeCertificates:
    """Certificates that count how often they are reloaded."""

    expiries = (1.0, 2.0)

    def __init__(self):
        self.reloads = 0

    def reload(self):
        self.reloads += 1
        return 1

    def warnings(self, now):
        yield "The certificate of x has expired; clients refuse it."


class FakeAnnouncer:
    def __init__(self):
        self.calls = []

    def reloading(self):
        self.calls.append("reloading")

    def reloaded(self):
        self.calls.append("reloaded")


class ReloadTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.factory = DateFactory(make_defaults(), self.clock)
        self.certificates, self.announcer = FakeCertificates(), FakeAnnouncer()
        self.environments = []
        self.patch(zone_data, "reload", self.environments.append)
        self.data = ZoneData("2026f", "somewhere")
        self.patch(zone_data, "in_use", lambda: self.data)
        self.reloader = Reloader(
            self.clock,
            self.factory,
            self.certificates,
            lambda: ZoneInfo("Asia/Tokyo"),
            [self.announcer],
            {"LANG": "C"},
        )

    def test_reload_reads_everything_again_and_tells_so(self):
        open_session = self.factory.new_session()
        with capturedLogs() as logged:
            self.reloader.reload()
        self.assertEqual((self.certificates.reloads, self.environments), (1, [{"LANG": "C"}]))
        self.assertEqual(
            [formatEvent(event) for event in logged],
            ["Reloaded; 1 of 2 certificates changed, zone data 2026f from somewhere."],
        )
        self.assertEqual(self.announcer.calls, ["reloading", "reloaded"])
        self.assertEqual(open_session.reply_to(b"/zone").text, "The zone is Europe/Paris.")
        self.assertEqual(self.factory.new_session().reply_to(b"/zone").text, "The zone is Asia/Tokyo.")

    def test_certificates_are_watched(self):
        self.reloader.start()
        self.clock.pump([WATCH_INTERVAL] * 3)
        self.assertEqual(self.certificates.reloads, 4)
        self.assertLessEqual(WATCH_INTERVAL, 60)

    def test_what_grows_old_is_logged_at_the_start_and_daily(self):
        certificate = "The certificate of x has expired; clients refuse it."
        with capturedLogs() as logged:
            self.reloader.start()
        self.assertEqual([formatEvent(event) for event in logged], [certificate])
        self.data = ZoneData("2001a", "/usr/share/zoneinfo")
        with capturedLogs() as logged:
            self.clock.pump([DAY / 4] * 5)
        zones = (
            "The zone data (2001a from /usr/share/zoneinfo) is older than a year; install a newer release."
        )
        self.assertEqual([formatEvent(event) for event in logged], [certificate, zones])
