from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, PARIS
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.moment import NANOSECONDS, Moment

UTC = ZoneInfo("UTC")


class MomentTests(SynchronousTestCase):
    def test_unix_seconds_are_rounded_down(self):
        self.assertEqual(Moment(NOW_NS, PARIS).unix, 1798221600)

    def test_unix_seconds_before_1970_are_rounded_down(self):
        self.assertEqual(Moment(-1, UTC).unix, -1)

    def test_local_time_is_in_the_zone(self):
        local = Moment(NOW_NS, PARIS).local
        self.assertEqual((local.hour, local.utcoffset()), (19, timedelta(hours=1)))

    def test_local_time_follows_summer_time(self):
        july = Moment(1783000000 * NANOSECONDS, PARIS)
        self.assertEqual(july.local.utcoffset(), timedelta(hours=2))

    @given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
    def test_every_second_of_the_calendar_round_trips(self, wanted):
        wanted = wanted.replace(microsecond=0, tzinfo=timezone.utc)
        since = wanted - datetime(1970, 1, 1, tzinfo=timezone.utc)
        seconds = since.days * 86400 + since.seconds
        self.assertEqual(Moment(seconds * NANOSECONDS, UTC).local, wanted)

    def test_moments_outside_the_calendar_are_refused(self):
        for seconds in (-62135596801, 253402300800, 10**30):
            moment = Moment(seconds * NANOSECONDS, UTC)
            error = self.assertRaises(DateError, getattr, moment, "local")
            self.assertIs(error.reason, Reason.OUT_OF_RANGE)
