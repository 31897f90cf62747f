import os
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import tzdata
import tzlocal
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import temporary_folder
from twisted_date.dates import zones
from twisted_date.server import machine_zone as module
from twisted_date.server.machine_zone import machine_zone

ZONES = Path(tzdata.__file__).parent / "zoneinfo"


def offsets(zone):
    """The hours that a zone is ahead of UTC in winter and in summer."""
    return [datetime(2026, month, 1, tzinfo=zone).utcoffset() / timedelta(hours=1) for month in (1, 7)]


class VariableTests(SynchronousTestCase):
    def zone(self, value):
        with capturedLogs() as self.logged:
            return machine_zone({"TZ": value}, Path("/nowhere"))

    def key(self, value):
        return self.zone(value).key

    def test_names_and_paths_are_zones(self):
        for value in ("Europe/Paris", ":Europe/Paris", "right/Europe/Paris", "posix/Europe/Paris"):
            self.assertEqual(self.key(value), "Europe/Paris")
        for value in (str(ZONES / "Europe" / "Paris"), f":{ZONES}/Europe/Paris"):
            self.assertEqual(self.key(value), "Europe/Paris")
        self.assertEqual(self.key("EST5EDT"), "EST5EDT")
        self.assertEqual(self.logged, [])

    def test_rules_of_posix_are_zones(self):
        for value, expected in (
            ("CET-1CEST,M3.5.0,M10.5.0/3", [1, 2]),
            ("<+0330>-3:30", [3.5, 3.5]),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", [11, 10]),
            ("UTC0", [0, 0]),
        ):
            zone = self.zone(value)
            self.assertEqual(offsets(zone), expected)
            self.assertEqual(zones.display_name(zone), value)
            self.assertIsNone(zones.iana_name(zone))

    def test_empty_value_is_utc(self):
        self.assertEqual(self.key(""), "UTC")
        self.assertEqual(self.logged, [])

    def test_what_is_no_zone_is_utc_with_a_warning(self):
        for value in ("nonsense", "europe/paris", "CET-1CEST,M3", "\x1b[31m", "é"):
            self.assertEqual(self.key(value), "UTC")
            (text,) = map(formatEvent, self.logged)
            reason = f"TZ is {value!r}, which is no zone"
            self.assertEqual(text, f"Cannot read the time zone of this machine ({reason}); using UTC.")


class FileTests(SynchronousTestCase):
    def setUp(self):
        self.etc = temporary_folder(self)
        self.localtime = self.etc / "localtime"

    def zone(self):
        with capturedLogs() as logged:
            zone = machine_zone({}, self.etc)
        self.logged = [formatEvent(event) for event in logged]
        return zone

    def key(self):
        return self.zone().key

    def copy(self, name, path=None):
        (path or self.localtime).write_bytes((ZONES / name).read_bytes())

    def test_link_is_a_zone_by_its_name(self):
        self.localtime.symlink_to(ZONES / "Europe" / "Paris")
        self.assertEqual(self.key(), "Europe/Paris")
        self.assertEqual(self.logged, [])

    def test_copy_is_a_zone_by_the_name_beside_it(self):
        self.copy("Asia/Tokyo")
        (self.etc / "timezone").write_text("Asia/Tokyo\n")
        self.assertEqual(self.key(), "Asia/Tokyo")
        self.assertEqual(self.logged, [])

    def test_copy_without_a_name_is_known_by_its_content(self):
        self.copy("Europe/Paris")
        zone = self.zone()
        self.assertEqual((offsets(zone), zones.iana_name(zone)), ([1, 2], None))
        self.assertEqual(zones.display_name(zone), str(self.localtime))

    def test_content_counts_where_the_name_is_left_over(self):
        self.copy("Europe/Paris")
        for name in ("Asia/Tokyo", "nonsense"):
            (self.etc / "timezone").write_text(f"{name}\n")
            self.assertEqual(offsets(self.zone()), [1, 2])
            self.assertEqual(
                self.logged, [f"{self.localtime} is not what the name {name!r} says; its content counts."]
            )

    def test_content_counts_where_another_file_is_behind_the_link(self):
        folder = self.etc / "zoneinfo" / "Etc"
        folder.mkdir(parents=True)
        self.copy("Asia/Tokyo", folder / "UTC")  # as after a bind mount over it
        self.localtime.symlink_to(folder / "UTC")
        self.assertEqual(offsets(self.zone()), [9, 9])
        self.assertEqual(
            self.logged, [f"{self.localtime} is not what the name 'Etc/UTC' says; its content counts."]
        )

    def test_machine_without_a_zone_is_in_utc(self):
        self.assertEqual((self.key(), self.logged), ("UTC", []))
        (self.etc / "timezone").write_text("Asia/Tokyo\n")  # which date(1) does not read
        self.assertEqual((self.key(), self.logged), ("UTC", []))
        self.localtime.symlink_to("/nowhere/Europe/Paris")
        self.assertEqual((self.key(), self.logged), ("UTC", []))

    def test_unreadable_zone_is_utc_with_a_warning(self):
        self.localtime.mkdir()
        self.assertEqual(self.key(), "UTC")
        self.assertIn("Cannot read the time zone of this machine ([Errno 21] Is a directory", self.logged[0])
        self.localtime.rmdir()
        self.localtime.write_text("nonsense")
        self.assertEqual(self.key(), "UTC")
        self.assertEqual(len(self.logged), 1)

    def test_other_systems_are_asked_by_a_library(self):
        self.patch(module, "os", SimpleNamespace(name="nt", path=os.path))
        self.patch(tzlocal, "get_localzone", lambda: ZoneInfo("Asia/Tokyo"))
        self.assertEqual(self.key(), "Asia/Tokyo")
        self.patch(tzlocal, "get_localzone", lambda: None)
        self.assertEqual(self.key(), "UTC")
