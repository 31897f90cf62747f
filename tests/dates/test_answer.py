from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, NOW_NS, PARIS
from twisted_date.dates.answer import answer, seconds_until
from twisted_date.dates.errors import DateError, Reason


class AnswerTestCase(SynchronousTestCase):
    """The current time is Friday 2026-12-25 19:00:00.5 in Paris."""

    def assert_answer(self, text, *arguments):
        for argument in arguments:
            self.assertEqual(answer(argument, NOW_NS, PARIS).text, text, argument)

    def assert_refused(self, argument, reason):
        error = self.assertRaises(DateError, answer, argument, NOW_NS, PARIS)
        self.assertEqual(error.reason, reason)


class NowTests(AnswerTestCase):
    def test_current_time_is_the_default(self):
        self.assert_answer(NOW, "", "now", "+rfc3339", "here")
        self.assert_answer("500000000", "+%N", "now +%N")

    def test_place_sets_the_zone(self):
        self.assert_answer("2026-12-26T03:00:00+09:00", "in Tokyo", "Tokyo", "à Tokyo", "in  asia/tokyo")

    def test_utc_is_selected_by_option_or_place(self):
        self.assert_answer("2026-12-25T18:00:00+00:00", "-u", "in UTC", "-u now")
        self.assert_answer("2026-12-25T19:00:00+00:00", "-u 19:00 UTC", "-u 19:00 GMT", "-u 19:00 Z")
        self.assert_refused("-u in Tokyo", Reason.UTC_AND_PLACE)


class MomentTests(AnswerTestCase):
    def test_moment_is_read_in_the_home_zone(self):
        self.assert_answer("2026-12-26T19:00:00+01:00", "tomorrow", "-d tomorrow", "-d 'tomorrow'")
        self.assert_answer("1970-01-01T01:00:00+01:00", "@0")

    def test_moment_is_read_and_shown_in_one_place(self):
        """Tokyo already has Saturday."""
        self.assert_answer("2026-12-27T15:00:00+09:00", "demain 15h à Tokyo", "-d 'tomorrow 3pm' in Tokyo")

    def test_moment_is_read_in_one_place_and_shown_in_another(self):
        self.assert_answer(
            "2026-12-26T01:00:00+01:00", "19:00 New York in Berlin", "19:00 in New York in Berlin"
        )
        self.assert_answer("2026-12-25T18:00:00+00:00", "19:00 here in London")
        self.assert_answer("01:00", "19:00 New York in Berlin +%H:%M")

    def test_utc_option_applies_to_reading_too(self):
        self.assert_answer("2026-12-25T19:00:00+00:00", "-u 19:00", "19:00 UTC", "-u 7pm")

    def test_offset_applies_to_reading_only(self):
        self.assert_answer("2026-12-25T20:00:00+01:00", "2026-12-25T19:00Z", "2026-12-25T19:00+00:00")
        self.assert_answer("2026-12-26T04:00:00+09:00", "2026-12-25T19:00Z in Tokyo")
        self.assert_answer("2026-12-25T18:00:00+00:00", "-u 2026-12-25T19:00+01:00")
        self.assert_refused("2026-12-25T19:00Z Paris in Tokyo", Reason.TOO_MANY_PLACES)

    def test_written_formats_are_read_back(self):
        for style in ("-R", "-Iseconds", "+rfc5322", "+iso", "+@%s", "+%A %d %B %Y %H:%M:%S %:z"):
            written = answer(style, NOW_NS, PARIS).text
            self.assert_answer(NOW, f"{written} in Paris")

    def test_repeated_local_time_is_ambiguous(self):
        self.assertTrue(answer("2026-10-25 02:30", NOW_NS, PARIS).ambiguous)
        self.assertFalse(answer("2026-10-25 03:30", NOW_NS, PARIS).ambiguous)

    def test_years_1_to_9999_are_supported(self):
        self.assert_answer("0001-01-01T00:00:00+00:00", "-u @-62135596800", "0001-01-01 in UTC")
        self.assert_answer("9999-12-31T23:59:59+00:00", "-u @253402300799")
        for words in (
            "-u @-62135596801",
            "-u @253402300800",
            "@253402300799",
            "@" + "9" * 900,
            "9999-12-31 +1 day",
        ):
            self.assert_refused(words, Reason.OUT_OF_RANGE)


class UntilTests(SynchronousTestCase):
    def until(self, argument):
        return seconds_until(argument, NOW_NS, PARIS)

    def test_span_is_given_in_seconds(self):
        self.assertEqual(self.until("19:01"), 60)
        self.assertEqual(self.until("today 18:59"), -60)
        self.assertEqual(self.until("now"), 0)
        self.assertEqual(self.until("@1798221600"), 0)

    def test_next_moment_of_several_is_meant(self):
        """On Friday, 2026-12-25, at 19:00."""
        day = 86400
        for argument, seconds in {
            "18:59": day - 60,
            "friday": 6 * day + 5 * 3600,
            "friday 20:00": 3600,
            "christmas": 364 * day + 5 * 3600,
            "25 december": 364 * day + 5 * 3600,
            "25 december 20:00": 3600,
            "the 25th": 30 * day + 5 * 3600,
            "first monday of march": 65 * day + 5 * 3600,
            "29 february 19:00": 431 * day,
        }.items():
            self.assertEqual(self.until(argument), seconds, argument)

    def test_moment_that_is_told_exactly_may_be_past(self):
        for argument in (
            *("today 18:59", "yesterday", "last friday", "25 december 2026", "christmas 2025", "2 days ago"),
            *("@0", "last week monday", "-2 hours", "18:59 today in Paris"),
        ):
            self.assertLess(self.until(argument), 0, argument)

    def test_place_and_utc_apply_to_the_moment(self):
        self.assertEqual(self.until("2026-12-26 04:00 Tokyo"), 3600)
        self.assertEqual(self.until("-u 19:00"), 3600)

    def test_clock_change_is_counted(self):
        night = int(answer("2027-03-28 00:00", NOW_NS, PARIS).moment.unix_ns)
        self.assertEqual(seconds_until("2027-03-29 00:00", night, ZoneInfo("Europe/Paris")), 23 * 3600)

    def test_unusable_requests_are_refused(self):
        for argument, reason in {
            "": Reason.MISSING_MOMENT,
            "@" + "9" * 30: Reason.OUT_OF_RANGE,
            "Tokyo": Reason.MISSING_MOMENT,
            "-u": Reason.MISSING_MOMENT,
            "19:00 +%H": Reason.FORMAT_OF_SPAN,
            "-R now": Reason.FORMAT_OF_SPAN,
            "xyzzy": Reason.NOT_UNDERSTOOD,
        }.items():
            self.assertEqual(self.assertRaises(DateError, self.until, argument).reason, reason, argument)
