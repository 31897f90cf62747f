import calendar
import re
import struct
import subprocess
import zoneinfo
from datetime import datetime, timedelta, timezone
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo, available_timezones

import tzdata
from hypothesis import given, settings, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.changes import next_changes
from twisted_date.dates.zone_data import read

ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
NOVEMBER = calendar.timegm((2026, 11, 26, 14, 0, 0))
# Where zoneinfo finds its data, so that zdump reads the same
FOLDERS = [Path(folder) for folder in zoneinfo.TZPATH if (Path(folder) / "UTC").is_file()]
FOLDER = [*FOLDERS, Path(tzdata.__file__).parent / "zoneinfo"][0]
_SEEN = re.compile(r"\S+ +\w{3} (\w{3} +\d+ [\d:]+ \d+) UTC? = .* gmtoff=(-?\d+)")


def from_zdump(zone, first, last):
    """The changes of offset in some years, by zdump(8): the second, and both offsets in seconds."""
    run = subprocess.run(
        ["zdump", "-v", "-c", f"{first},{last}", zone], capture_output=True, text=True, check=True
    )
    seen = []
    for match in filter(None, map(_SEEN.match, run.stdout.splitlines())):
        utc = datetime.strptime(match[1], "%b %d %H:%M:%S %Y").replace(tzinfo=timezone.utc)
        seen.append((int(utc.timestamp()), int(match[2])))
    pairs = pairwise(seen)
    return [(later, old, new) for (sooner, old), (later, new) in pairs if later == sooner + 1 and old != new]


def told(zone, unix):
    return [
        (change.unix, *(int(local.utcoffset().total_seconds()) for local in (change.before, change.after)))
        for change in next_changes(ZoneInfo(zone), unix)
    ]


class NextChangesTests(SynchronousTestCase):
    def test_clocks_go_forward_and_back(self):
        forward, back = next_changes(ZoneInfo("Europe/Paris"), NOVEMBER)
        self.assertEqual(str(forward.before), "2027-03-28 02:00:00+01:00")
        self.assertEqual(str(forward.after), "2027-03-28 03:00:00+02:00")
        self.assertEqual((forward.unix, forward.is_forward), (1806195600, True))
        self.assertEqual((str(back.before), back.is_forward), ("2027-10-31 03:00:00+02:00", False))

    def test_zones_without_changes_have_none(self):
        for zone in (ZoneInfo("Asia/Tokyo"), ZoneInfo("UTC"), timezone(timedelta(hours=2))):
            self.assertEqual(next_changes(zone, NOVEMBER), ())

    def test_change_of_the_name_alone_is_none(self):
        """Mexico City kept its offset in 2022, when summer time ended for ever."""
        self.assertEqual([change[0] for change in told("America/Mexico_City", 1660000000)], [1667113200])

    def test_last_change_is_the_only_one(self):
        self.assertEqual(len(told("Europe/Moscow", 1400000000)), 1)

    def test_zone_without_a_name_has_those_of_its_rule(self):
        zone = ZoneInfo.from_file(BytesIO(read("Europe/Paris")))
        changes = [change.unix for change in next_changes(zone, NOVEMBER)]
        self.assertEqual(
            changes, [change.unix for change in next_changes(ZoneInfo("Europe/Paris"), NOVEMBER)]
        )

    def test_old_files_have_one_block(self):
        header = struct.pack(">4s c 15x 6L", b"TZif", b"\0", 0, 0, 0, 2, 1, 4)
        seconds = (1774746000, 1792890000)  # of Paris in 2026, of which the first is past
        data = header + struct.pack(">2l 2x 6x 4x", *seconds)
        zone = ZoneInfo.from_file(BytesIO(read("Europe/Paris")), key="Old/Paris")
        with mock.patch("twisted_date.dates.zone_data.read", return_value=data):
            changes = next_changes(zone, 1780000000)
        self.assertEqual(changes, next_changes(ZoneInfo("Europe/Paris"), 1780000000))

    def test_calendar_ends(self):
        self.assertEqual(told("Europe/Paris", 253402300000), [])

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(ZONES), st.integers(1900, 2035))
    def test_they_are_those_of_zdump(self, zone, year):
        unix = calendar.timegm((year, 7, 1, 0, 0, 0))
        expected = [change for change in from_zdump(zone, year - 1, 2100) if change[0] > unix][:2]
        self.assertEqual(told(zone, unix), expected)
