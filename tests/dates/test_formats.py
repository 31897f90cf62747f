from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, NOW_NS, PARIS
from twisted_date.dates.formats import rfc3339
from twisted_date.dates.moment import NANOSECONDS, Moment


class Rfc3339Tests(SynchronousTestCase):
    def test_whole_seconds_and_the_offset(self):
        self.assertEqual(rfc3339(Moment(NOW_NS, PARIS)), NOW)

    def test_utc_is_written_as_an_offset(self):
        self.assertEqual(rfc3339(Moment(0, ZoneInfo("UTC"))), "1970-01-01T00:00:00+00:00")

    def test_half_hours(self):
        kolkata = rfc3339(Moment(0, ZoneInfo("Asia/Kolkata")))
        self.assertEqual(kolkata, "1970-01-01T05:30:00+05:30")

    @given(st.integers(0, 4_000_000_000), st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"]))
    def test_it_can_be_read_back(self, seconds, zone):
        text = rfc3339(Moment(seconds * NANOSECONDS, ZoneInfo(zone)))
        self.assertEqual(datetime.fromisoformat(text).timestamp(), seconds)
