"""The format language: bounds that ``test_gnu_formats.py`` does not check, and its rules without GNU date."""

import tracemalloc
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, PARIS
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.moment import Moment
from twisted_date.dates.strftime import MAX_LENGTH, parse

# 2009-02-14, a Saturday, 00:31:30.1204 in Paris
MOMENT = Moment(1234567890_120_400_000, PARIS)


class FormatTestCase(SynchronousTestCase):
    def check(self, expected, moment=MOMENT):
        """Check that each format, a key, gives its text, the value."""
        self.assertEqual({text: parse(text)(moment) for text in expected}, expected)


class ConversionTests(FormatTestCase):
    def test_numbers_are_rendered(self):
        self.check({"%Y-%m-%d %H:%M:%S": "2009-02-14 00:31:30", "%y %C %j %q": "09 20 045 1"})
        self.check({"%e|%k|%l|%I": "14| 0|12|12", "%s": "1234567890", "%u %w": "6 6"})

    def test_weeks_are_rendered(self):
        self.check({"%G-W%V-%u %g %U %W": "2009-W07-6 09 06 06"})

    def test_names_are_rendered(self):
        self.check({"%A %a %B %b %h %p %P %Z": "Saturday Sat February Feb Feb AM am CET"})

    def test_whole_dates_and_times_are_rendered(self):
        self.check(
            {
                "%c": "Sat Feb 14 00:31:30 2009",
                "%x %X": "02/14/09 00:31:30",
                "%D %T %R": "02/14/09 00:31:30 00:31",
            }
        )
        self.check({"%F %r": "2009-02-14 12:31:30 AM"})

    def test_fractions_are_cut_or_padded_to_the_width(self):
        self.check(
            {
                "%N": "120400000",
                "%3N": "120",
                "%1N": "1",
                "%-N": "120400000",
                "%12N": "120400000000",
                "%_6N": "1204  ",
            }
        )

    def test_offsets_are_rendered_with_and_without_colons(self):
        self.check({"%z %:z %::z %:::z": "+0100 +01:00 +01:00:00 +01"})

    def test_offset_modifiers_follow_glibc(self):
        self.check({"%Oz|%10Oz|%O:z": "+0100|     +0100|%O:"})
        self.check({"%Oz|%O:z": "-0500|-05:00"}, Moment(1234567890 * 10**9, ZoneInfo("America/New_York")))

    def test_offsets_may_have_seconds(self):
        before_standard_time = Moment(-3_000_000_000_000_000_000, ZoneInfo("America/New_York"))
        self.check({"%z %:z %::z %:::z": "-0456 -04:56 -04:56:02 -04:56:02"}, before_standard_time)

    def test_unknown_local_time_has_a_negative_zero_offset(self):
        self.check({"%z %:z %Z": "-0000 -00:00 -00"}, Moment(0, ZoneInfo("Antarctica/Troll")))

    def test_line_breaks_and_tabs_become_spaces(self):
        self.check({"a%nb%tc": "a b c"})

    def test_text_and_percent_signs_are_copied(self):
        self.check({"100%% süß": "100% süß", "": ""})


class FlagTests(FormatTestCase):
    def test_padding_flags_replace_the_default_padding(self):
        self.check({"%-e|%_d|%0e|%-H|%_H": "14|14|14|0| 0", "%5d|%_5d|%-5d|%05d": "00014|   14|14|00014"})

    def test_negative_numbers_are_padded_after_the_sign(self):
        self.check(
            {"%_14s|%014s|%-14s": "  -62135596800|-0062135596800|-62135596800"},
            Moment(-62135596800 * 10**9, ZoneInfo("UTC")),
        )

    def test_plus_flag_signs_wide_years(self):
        self.check({"%+Y|%+5Y|%+6F": "2009|+2009|2009-02-14", "%+3C": "+20"})

    def test_case_flags_change_letters(self):
        self.check({"%^a|%#Z|%#p|%^B|%#A": "SAT|cet|am|FEBRUARY|SATURDAY"})

    def test_text_is_padded_to_its_width(self):
        self.check({"%10a|%-10a|%010a": "       Sat|Sat|0000000Sat"})

    def test_modifiers_change_nothing_in_the_c_locale(self):
        self.check({"%Ey|%EY|%Od|%Ex": "09|2009|14|02/14/09"})


class UnknownTests(FormatTestCase):
    def test_unknown_conversions_stand_for_themselves(self):
        self.check({"%Q|%f|%Ed|%OY|%:y|%::::z": "%Q|%f|%Ed|%OY|%:y|%::::z", "%6Q": "   %6Q"})

    def test_unsupported_modifiers_stand_for_themselves(self):
        for text in ("%EF", "%ED", "%EN", "%OD", "%EA"):
            self.check({text: text})

    def test_unfinished_conversions_stand_for_themselves(self):
        self.check({text: text for text in ("%", "%-", "%E", "50%", "%:")})


class BoundTests(FormatTestCase):
    def assert_too_long(self, text):
        error = self.assertRaises(DateError, lambda: parse(text)(MOMENT))
        self.assertEqual((error.reason, error.values), (Reason.FORMAT_TOO_LONG, {"limit": MAX_LENGTH}))

    def test_excessive_width_is_refused(self):
        self.assertEqual(len(parse(f"%{MAX_LENGTH}d")(MOMENT)), MAX_LENGTH)
        for text in (f"%{MAX_LENGTH + 1}d", "%999999999d", "%0" + "9" * 1000 + "N", "%99999999999999999999Q"):
            self.assert_too_long(text)

    def test_excessive_text_is_refused(self):
        self.assert_too_long("%c" * 400)
        self.assert_too_long("x" * (MAX_LENGTH + 1))

    def test_refused_formats_take_little_memory(self):
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.assert_too_long("%2000000000d")
        self.assert_too_long("%512c" * 200)
        self.assertLess(tracemalloc.get_traced_memory()[1], 1_000_000)

    def test_unused_width_is_not_limited(self):
        self.assertEqual(parse("%-999999999d")(MOMENT), "14")
        self.assertEqual(parse("%-99999999999999999999N")(MOMENT), "1204")

    @given(st.text(st.sampled_from("%-_0+^#EO:zdcNY19 é"), max_size=300))
    def test_every_text_is_a_format(self, text):
        try:
            self.assertLessEqual(len(parse(text)(Moment(NOW_NS, PARIS))), MAX_LENGTH)
        except DateError as error:
            self.assertIs(error.reason, Reason.FORMAT_TOO_LONG)
