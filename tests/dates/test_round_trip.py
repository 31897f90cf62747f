"""What is printed is read back to the same second, in the conversation that printed it."""

from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS
from twisted_date.dates.answer import answer
from twisted_date.dates.languages import parse_tag, preferences

ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
SAME_FOR_ALL = ("iso", "rfc3339", "rfc5322", "http", "%a %b %e %H:%M:%S %Z %Y")  # the last is date(1)'s own
LOCALIZED = ("long", "full")


class RoundTripTests(SynchronousTestCase):
    def assert_read_back(self, unix, zone, tag, style):
        told = (NOW_NS, ZoneInfo(zone), parse_tag(tag), preferences(tag))
        printed = answer(f"@{unix} +{style}", *told).text
        read = answer(printed, *told)
        if not read.ambiguous:  # as it does not say which of two times it is
            self.assertEqual(read.moment.unix, unix, (printed, zone, tag))

    @settings(max_examples=300, deadline=None)
    @given(
        st.integers(1_500_000_000, 2_100_000_000),
        st.sampled_from(ZONES),
        st.sampled_from(["en", "en-GB", "en-AU", "fr"]),
        st.sampled_from([*SAME_FOR_ALL, *LOCALIZED]),
    )
    def test_formats_are_read_back(self, unix, zone, tag, style):
        self.assert_read_back(unix, zone, tag, style)

    @settings(max_examples=100, deadline=None)
    @given(st.integers(-2_000_000_000, 4_000_000_000), st.sampled_from(["iso", "rfc5322", "http"]))
    def test_formats_with_an_offset_are_read_back_for_any_time(self, unix, style):
        self.assert_read_back(unix, "Asia/Tokyo", "en", style)
