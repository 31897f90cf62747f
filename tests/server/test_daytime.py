from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import make_defaults
from twisted_date.server import daytime

SECOND = 1_000_000_000


class DaytimeTests(SynchronousTestCase):
    def test_daytime_is_a_line_in_rfc_5322_format(self):
        self.assertEqual(daytime.daytime(make_defaults()), b"Fri, 25 Dec 2026 19:00:00 +0100\r\n")
        epoch = make_defaults(now_ns=lambda: 0, zone=ZoneInfo("UTC"))
        self.assertEqual(daytime.daytime(epoch), b"Thu, 01 Jan 1970 00:00:00 +0000\r\n")


class TimeTests(SynchronousTestCase):
    def test_examples_of_rfc_868(self):
        for date, expected in (
            ("1970-01-01", 2_208_988_800),
            ("1976-01-01", 2_398_291_200),
            ("1980-01-01", 2_524_521_600),
            ("1983-05-01", 2_629_584_000),
            ("1858-11-17", -1_297_728_000 % 2**32),
        ):
            unix = int(datetime.fromisoformat(f"{date}T00:00:00+00:00").timestamp())
            self.assertEqual(int.from_bytes(daytime.time(unix * SECOND), "big"), expected)

    def test_time_wraps_in_2036(self):
        wrap = 2_085_978_496  # date -u -d 2036-02-07T06:28:16 +%s
        self.assertEqual(daytime.time((wrap - 1) * SECOND + SECOND - 1), b"\xff\xff\xff\xff")
        self.assertEqual(daytime.time(wrap * SECOND), b"\0\0\0\0")
        self.assertEqual(daytime.time((wrap + 2**32 + 7) * SECOND), b"\0\0\0\7")

    @given(st.integers(-(2**62), 2**62))
    def test_time_is_right_modulo_its_range(self, now_ns):
        unix = int.from_bytes(daytime.time(now_ns), "big") - 2_208_988_800
        self.assertEqual((now_ns // SECOND - unix) % 2**32, 0)
