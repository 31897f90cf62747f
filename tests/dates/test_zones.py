from datetime import datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import zones


class NameTests(SynchronousTestCase):
    def test_iana_names_are_case_insensitive(self):
        for name in ("Europe/Paris", "europe/paris", "EUROPE/PARIS"):
            self.assertEqual(zones.by_name(name).key, "Europe/Paris")
        self.assertEqual(zones.by_name("utc").key, "UTC")

    def test_other_names_are_unknown(self):
        for name in (
            "Atlantis",
            "localtime",
            "",
            "../../etc/passwd",
            "/etc/localtime",
            "Europe",
            "Europe/Paris\0",
            "x" * 1000,
        ):
            self.assertIsNone(zones.by_name(name), name)

    def test_iana_name_of_a_zone_may_be_missing(self):
        self.assertEqual(zones.iana_name(ZoneInfo("Europe/Paris")), "Europe/Paris")
        self.assertIsNone(zones.iana_name(zones.fixed(timedelta(minutes=330))))

    def test_zone_from_a_file_has_no_iana_name(self):
        for key in (None, "local", "../x", "a\0b"):
            with (resources.files("tzdata.zoneinfo.Europe") / "Paris").open("rb") as data:
                self.assertIsNone(zones.iana_name(ZoneInfo.from_file(data, key=key)))

    def test_display_names_put_east_as_plus(self):
        self.assertEqual(zones.display_name(ZoneInfo("Europe/Paris")), "Europe/Paris")
        self.assertEqual(zones.display_name(zones.fixed(timedelta(minutes=-210))), "-0330")
        self.assertEqual(zones.display_name(ZoneInfo("Etc/GMT-2")), "+02")


class OffsetTests(SynchronousTestCase):
    def east(self, text):
        zone = zones.offset(text)
        return zone and zone.utcoffset(datetime(2026, 1, 1))

    def test_east_is_plus(self):
        self.assertEqual(self.east("UTC+2"), timedelta(hours=2))
        self.assertEqual(zones.offset("UTC+2").key, "Etc/GMT-2")
        self.assertEqual(self.east("GMT-3:30"), timedelta(hours=-3, minutes=-30))

    def test_zero_offset_is_utc(self):
        self.assertIs(zones.offset("+00:00"), zones.UTC)

    def test_other_words_are_no_offset(self):
        self.assertIs(zones.offset("Z"), zones.UTC)
        for text in ("2", "UTC", "+", "+2:60", "+123456", "PST+2", "+2x", "", "+١"):
            self.assertIsNone(zones.offset(text), text)

    @given(st.integers(-14 * 60, 14 * 60))
    def test_all_offsets_in_use_are_known(self, minutes):
        sign, size = "-" if minutes < 0 else "+", abs(minutes)
        self.assertEqual(self.east(f"UTC{sign}{size // 60}:{size % 60:02}"), timedelta(minutes=minutes))
        self.assertEqual(zones.fixed(timedelta(minutes=minutes)).utcoffset(None), timedelta(minutes=minutes))
