import os
import zoneinfo
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import tzdata
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import places, zone_data
from twisted_date.dates.context import Context

NOON = datetime(2026, 12, 25, 12, tzinfo=timezone.utc)


class ZoneDataTests(SynchronousTestCase):
    def setUp(self):
        self.addCleanup(zoneinfo.reset_tzpath, zoneinfo.TZPATH)
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.system = Path(folder.name)
        (self.system / "UTC").write_bytes((Path(tzdata.__file__).parent / "zoneinfo" / "UTC").read_bytes())
        zoneinfo.reset_tzpath([str(self.system)])

    def write_version(self, first_line):
        (self.system / "tzdata.zi").write_text(first_line)

    def test_files_are_read_where_zoneinfo_finds_them(self):
        package = Path(tzdata.__file__).parent / "zoneinfo"
        (self.system / "UTC").write_bytes(b"TZif")
        self.assertEqual(zone_data.read("UTC"), b"TZif")
        self.assertEqual(zone_data.read("Asia/Tokyo"), (package / "Asia" / "Tokyo").read_bytes())
        self.assertEqual(zone_data.read("Xyzzy"), b"")

    def test_newer_system_data_is_used(self):
        self.write_version("# version 2999a\n")
        zone_data.use_newest({})
        self.assertEqual(str(zone_data.in_use()), f"2999a from {self.system}")

    def test_newer_pypi_data_is_used(self):
        self.write_version("# version 2001a\n")
        zone_data.use_newest({})
        self.assertEqual(str(zone_data.in_use()), f"{tzdata.IANA_VERSION} from PyPI's tzdata")

    def test_system_data_without_a_version_is_replaced(self):
        for line in (None, "# something else\n"):
            if line:
                self.write_version(line)
            self.assertEqual(zone_data.in_use().version, None)
            zone_data.use_newest({})
            self.assertEqual(zone_data.in_use().version, tzdata.IANA_VERSION)
            zoneinfo.reset_tzpath([str(self.system)])

    def test_environment_setting_is_respected(self):
        self.write_version("# version 2001a\n")
        zone_data.use_newest({"PYTHONTZPATH": str(self.system)})
        self.assertEqual(zone_data.in_use().version, "2001a")

    def test_exchanged_data_is_read_after_a_reload(self):
        package, context = Path(tzdata.__file__).parent / "zoneinfo", Context(2026)
        self.addCleanup(zone_data.reload, {})  # after the environment and the path are restored
        self.addCleanup(zoneinfo.reset_tzpath)
        patch = mock.patch.dict(os.environ, PYTHONTZPATH=str(self.system))
        patch.start()
        self.addCleanup(patch.stop)
        zone_data.reload(os.environ)
        before = places.zone_alone("Paris", context)
        self.assertEqual(NOON.astimezone(before).hour, 13)
        (self.system / "Europe").mkdir()
        (self.system / "Europe" / "Paris").write_bytes((package / "Asia" / "Tokyo").read_bytes())
        self.assertEqual(NOON.astimezone(places.zone_alone("Paris", context)).hour, 13)
        zone_data.reload(os.environ)
        after = places.zone_alone("Paris", context)
        self.assertEqual(NOON.astimezone(after).hour, 21)
        self.assertEqual(NOON.astimezone(before).hour, 13)

    def test_age_is_known_by_the_year_of_the_release(self):
        for version, year, expected in (
            ("2026f", 2026, False),
            ("2026a", 2027, False),
            ("2026f", 2028, True),
            (None, 2099, False),
        ):
            self.assertEqual(zone_data.ZoneData(version, "").is_old(year), expected)

    def test_missing_system_data_falls_back_to_pypi(self):
        zoneinfo.reset_tzpath([str(self.system / "nowhere")])
        self.assertEqual(zone_data.in_use().version, tzdata.IANA_VERSION)
