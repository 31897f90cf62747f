from datetime import datetime, timedelta, timezone
from importlib import resources
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, PARIS
from twisted_date.dates.moment import NANOSECONDS, Moment, iana_name

UTC = ZoneInfo("UTC")


class MomentTests(SynchronousTestCase):
    def test_whole_seconds_are_rounded_down(self):
        self.assertEqual(Moment(NOW_NS, PARIS).unix, 1798221600)

    def test_before_1970_they_are_rounded_down_too(self):
        self.assertEqual(Moment(-1, UTC).unix, -1)

    def test_it_is_read_in_its_zone(self):
        local = Moment(NOW_NS, PARIS).local
        self.assertEqual((local.hour, local.utcoffset()), (19, timedelta(hours=1)))

    def test_summer_time_is_read_as_such(self):
        july = Moment(1783000000 * NANOSECONDS, PARIS)
        self.assertEqual(july.local.utcoffset(), timedelta(hours=2))

    @given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
    def test_every_second_of_the_calendar_comes_back(self, wanted):
        wanted = wanted.replace(microsecond=0, tzinfo=timezone.utc)
        since = wanted - datetime(1970, 1, 1, tzinfo=timezone.utc)
        seconds = since.days * 86400 + since.seconds
        self.assertEqual(Moment(seconds * NANOSECONDS, UTC).local, wanted)


class IanaNameTests(SynchronousTestCase):
    def test_of_a_zone_of_the_database(self):
        self.assertEqual(iana_name(PARIS), "Europe/Paris")

    def test_of_a_zone_from_a_file_there_is_none(self):
        with (resources.files("tzdata.zoneinfo.Europe") / "Paris").open("rb") as data:
            for key in ("local", "parisfile", "../x", None):
                data.seek(0)
                self.assertIsNone(iana_name(ZoneInfo.from_file(data, key=key)))
