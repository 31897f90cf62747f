import zoneinfo
from pathlib import Path
from tempfile import TemporaryDirectory

import tzdata
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import zone_data


class ZoneDataTests(SynchronousTestCase):
    def setUp(self):
        self.addCleanup(zoneinfo.reset_tzpath, zoneinfo.TZPATH)
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.machine = Path(folder.name)
        (self.machine / "UTC").write_bytes((Path(tzdata.__file__).parent / "zoneinfo" / "UTC").read_bytes())
        zoneinfo.reset_tzpath([str(self.machine)])

    def says(self, first_line):
        (self.machine / "tzdata.zi").write_text(first_line)

    def test_the_machines_when_it_is_newer(self):
        self.says("# version 2999a\n")
        zone_data.use_newest({})
        self.assertEqual(str(zone_data.in_use()), f"2999a from {self.machine}")

    def test_pypis_when_that_is_newer(self):
        self.says("# version 2001a\n")
        zone_data.use_newest({})
        self.assertEqual(str(zone_data.in_use()), f"{tzdata.IANA_VERSION} from PyPI's tzdata")

    def test_pypis_when_the_machines_does_not_tell(self):
        for line in (None, "# something else\n"):
            if line:
                self.says(line)
            self.assertEqual(zone_data.in_use().version, None)
            zone_data.use_newest({})
            self.assertEqual(zone_data.in_use().version, tzdata.IANA_VERSION)
            zoneinfo.reset_tzpath([str(self.machine)])

    def test_what_the_environment_says_is_not_changed(self):
        self.says("# version 2001a\n")
        zone_data.use_newest({"PYTHONTZPATH": str(self.machine)})
        self.assertEqual(zone_data.in_use().version, "2001a")

    def test_pypis_when_the_machine_has_none(self):
        zoneinfo.reset_tzpath([str(self.machine / "nowhere")])
        self.assertEqual(zone_data.in_use().version, tzdata.IANA_VERSION)
