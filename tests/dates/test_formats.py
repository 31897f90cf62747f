from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, NOW_NS, PARIS
from twisted_date.dates.formats import NAMED, rfc3339, style
from twisted_date.dates.languages import LENGTHS
from twisted_date.dates.moment import NANOSECONDS, Moment
from twisted_date.dates.zones import fixed

HALF_A_YEAR = 180 * 86400 * NANOSECONDS


class Rfc3339Tests(SynchronousTestCase):
    def test_whole_seconds_carry_the_offset(self):
        self.assertEqual(rfc3339(Moment(NOW_NS, PARIS)), NOW)

    def test_utc_is_written_as_an_offset(self):
        self.assertEqual(rfc3339(Moment(0, ZoneInfo("UTC"))), "1970-01-01T00:00:00+00:00")

    def test_half_hour_offsets_are_written(self):
        kolkata = rfc3339(Moment(0, ZoneInfo("Asia/Kolkata")))
        self.assertEqual(kolkata, "1970-01-01T05:30:00+05:30")

    @given(st.integers(0, 4_000_000_000), st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"]))
    def test_written_date_reads_back(self, seconds, zone):
        text = rfc3339(Moment(seconds * NANOSECONDS, ZoneInfo(zone)))
        self.assertEqual(datetime.fromisoformat(text).timestamp(), seconds)

    def test_historic_offsets_lose_their_seconds(self):
        new_york = rfc3339(Moment(-3_000_000_000 * NANOSECONDS, ZoneInfo("America/New_York")))
        self.assertEqual(new_york, "1874-12-07T13:43:58-04:56")

    def test_unknown_local_time_has_a_negative_zero_offset(self):
        self.assertEqual(rfc3339(Moment(0, ZoneInfo("Antarctica/Troll"))), "1970-01-01T00:00:00-00:00")


class NamedTests(SynchronousTestCase):
    def test_each_name_gives_its_format(self):
        named = {name: style(name, "en")(Moment(NOW_NS, PARIS)) for name in NAMED}
        self.assertEqual(
            named,
            {
                "iso": NOW,
                "rfc3339": NOW,
                "rfc5322": "Fri, 25 Dec 2026 19:00:00 +0100",
                "http": "Fri, 25 Dec 2026 18:00:00 GMT",
                "unix": "1798221600",
            },
        )

    def test_cldr_lengths_give_localized_dates(self):
        """Spaces and commas differ between the releases of CLDR."""
        for name, beginning in zip(
            LENGTHS,
            ("12/25/26", "Dec 25, 2026", "December 25, 2026", "Friday, December 25, 2026"),
            strict=True,
        ):
            text = style(name, "en")(Moment(NOW_NS, PARIS))
            self.assertTrue(text.startswith(beginning), text)
            self.assertIn("7:00", text)

    def test_cldr_formats_work_for_any_zone_and_year(self):
        for zone in (ZoneInfo("Factory"), ZoneInfo("EST"), fixed(timedelta(minutes=330))):
            for year in ("2", "2026", "9998"):
                moment = Moment((int(year) - 1970) * 31_556_952 * NANOSECONDS + HALF_A_YEAR, zone)
                for name in LENGTHS:
                    self.assertIn(year[-2:].lstrip("0"), style(name, "en")(moment))

    def test_names_are_case_insensitive(self):
        self.assertIs(style("RFC5322", "en"), NAMED["rfc5322"])

    def test_other_texts_are_date1_formats(self):
        self.assertEqual(style("isolde %H", "en")(Moment(NOW_NS, PARIS)), "isolde 19")
