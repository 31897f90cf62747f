from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, PARIS
from twisted_date.dates import resolve
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.spec import MomentSpec


class ResolveTestCase(SynchronousTestCase):
    """The current time is Friday 2026-12-25 19:00:00.5 in Paris."""

    def resolve(self, zone=PARIS, now_ns=NOW_NS, **parts):
        return resolve.resolve(MomentSpec(**parts), now_ns, zone)

    def assert_local(self, local, zone=PARIS, **parts):
        self.assertEqual(str(self.resolve(zone, **parts).moment.local), local)

    def assert_refused(self, reason, zone=PARIS, **parts):
        error = self.assertRaises(DateError, self.resolve, zone, **parts)
        self.assertEqual(error.reason, reason)
        return error.values


class TimeTests(ResolveTestCase):
    def test_clock_alone_is_today(self):
        self.assert_local("2026-12-25 07:00:00+01:00", clock=time(7))

    def test_current_time_keeps_its_fraction(self):
        self.assertEqual(self.resolve().moment.unix_ns, NOW_NS)
        self.assertEqual(self.resolve(days=1).moment.unix_ns, NOW_NS + 86400 * 10**9)

    def test_clock_has_its_own_fraction(self):
        self.assertEqual(self.resolve(clock=time(19), nanosecond=7).moment.unix_ns, NOW_NS - 500_000_000 + 7)


class ShiftTests(ResolveTestCase):
    def test_months_are_added_before_days(self):
        self.assert_local("2027-03-01 00:00:00+01:00", year=2027, month=1, day=31, months=1, days=1)

    def test_days_follow_the_calendar_and_hours_the_clock(self):
        before = {"year": 2027, "month": 3, "day": 27, "clock": time(12)}
        self.assert_local("2027-03-28 12:00:00+02:00", days=1, **before)
        self.assert_local("2027-03-28 13:00:00+02:00", add_ns=24 * 3600 * 10**9, **before)

    def test_winter_hour_stays_a_winter_hour(self):
        self.assert_local("2026-07-25 20:00:00+02:00", months=-5)

    def test_summer_hour_resolves_on_the_last_possible_day(self):
        july = int(datetime(2026, 7, 1, 12, tzinfo=PARIS).timestamp()) * 10**9
        self.assertEqual(
            str(self.resolve(now_ns=july, days=2912261).moment.local), "9999-12-31 11:00:00+01:00"
        )

    def test_zone_without_summer_time_for_years_is_handled(self):
        self.assert_local("2026-06-25 18:00:00+00:00", ZoneInfo("UTC"), months=-6)
        summer_1950 = int(datetime(1950, 8, 1, 12, tzinfo=timezone.utc).timestamp()) * 10**9
        later = self.resolve(ZoneInfo("Asia/Tokyo"), summer_1950, months=12 * 60).moment
        self.assertEqual(later.local.utcoffset().total_seconds(), 9 * 3600)

    def test_results_outside_the_calendar_are_refused(self):
        for parts in ({"months": 12 * 10**6}, {"days": 10**9}, {"days": -(10**6)}, {"months": -12 * 3000}):
            self.assert_refused(Reason.OUT_OF_RANGE, **parts)


class ZoneTests(ResolveTestCase):
    def test_skipped_hour_is_refused(self):
        values = self.assert_refused(Reason.SKIPPED_TIME, year=2027, month=3, day=28, clock=time(2, 30))
        self.assertEqual(
            values,
            {"time": "2027-03-28 02:30:00", "begin": "2027-03-28 02:00:00", "end": "2027-03-28 03:00:00"},
        )
        self.assert_local("2027-03-28 03:00:00+02:00", year=2027, month=3, day=28, clock=time(3))

    def test_skipped_day_is_refused(self):
        values = self.assert_refused(
            Reason.SKIPPED_TIME, ZoneInfo("Pacific/Apia"), year=2011, month=12, day=30, clock=time(12)
        )
        self.assertEqual((values["begin"], values["end"]), ("2011-12-30 00:00:00", "2011-12-31 00:00:00"))

    def test_day_without_midnight_begins_later(self):
        cairo = ZoneInfo("Africa/Cairo")
        self.assert_local("2026-04-24 01:00:00+03:00", cairo, year=2026, month=4, day=24)
        self.assert_refused(Reason.SKIPPED_TIME, cairo, year=2026, month=4, day=24, clock=time(0))
        self.assert_refused(Reason.SKIPPED_TIME, ZoneInfo("Pacific/Apia"), year=2011, month=12, day=30)

    def test_half_hour_change_is_handled(self):
        lord_howe = ZoneInfo("Australia/Lord_Howe")
        values = self.assert_refused(
            Reason.SKIPPED_TIME, lord_howe, year=2026, month=10, day=4, clock=time(2, 15)
        )
        self.assertEqual((values["begin"], values["end"]), ("2026-10-04 02:00:00", "2026-10-04 02:30:00"))
        self.assertTrue(self.resolve(lord_howe, year=2026, month=4, day=5, clock=time(1, 45)).ambiguous)

    def test_repeated_hour_gives_the_first(self):
        resolution = self.resolve(year=2026, month=10, day=25, clock=time(2, 30))
        self.assertTrue(resolution.ambiguous)
        self.assertEqual(str(resolution.moment.local), "2026-10-25 02:30:00+02:00")
        self.assertFalse(self.resolve(year=2026, month=10, day=25, clock=time(3)).ambiguous)

    def test_first_and_last_years_resolve(self):
        self.assert_local("0001-01-01 00:00:00+00:09:21", year=1, month=1, day=1)
        self.assert_local("9999-12-31 23:59:59+01:00", year=9999, month=12, day=31, clock=time(23, 59, 59))
        honolulu = ZoneInfo("Pacific/Honolulu")
        self.assert_local(
            "9999-12-31 23:59:59-10:00", honolulu, year=9999, month=12, day=31, clock=time(23, 59, 59)
        )

    def test_times_after_2038_resolve(self):
        self.assert_local(
            "2038-01-19 03:14:08+00:00", ZoneInfo("UTC"), year=2038, month=1, day=19, clock=time(3, 14, 8)
        )
