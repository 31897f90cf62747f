from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, NOW_NS, PARIS
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.moment import Moment
from twisted_date.dates.request import parse


class RequestTestCase(SynchronousTestCase):
    def assert_style(self, argument, text, words=""):
        """Check the words that remain, and the current time in the requested format."""
        request = parse(argument, "en")
        self.assertEqual(
            (request.words, request.style and request.style(Moment(NOW_NS, PARIS))), (words, text)
        )

    def assert_refused(self, argument, reason, **values):
        error = self.assertRaises(DateError, parse, argument, "en")
        self.assertEqual((error.reason, error.values), (reason, values))


class FormatTests(RequestTestCase):
    def test_format_runs_from_the_plus_to_the_end(self):
        self.assert_style("+%H:%M", "19:00")
        self.assert_style("tomorrow in Rome +%H h +%M", "19 h +00", "tomorrow in Rome")
        self.assert_style("+", "")

    def test_plus_before_a_digit_or_a_space_is_arithmetic(self):
        self.assert_style("+3 weeks", None, "+3 weeks")
        self.assert_style("now + 3 weeks", None, "now + 3 weeks")
        self.assert_style("+3 weeks +%F", "2026-12-25", "+3 weeks")

    def test_plus_within_a_word_is_no_format(self):
        self.assert_style("in UTC+2", None, "in UTC+2")

    def test_matching_quotes_are_removed(self):
        for argument in ('+"%H %M "', "+'%H %M '", "'+%H %M '", '"+%H %M "'):
            self.assert_style(argument, "19 00 ")

    def test_unmatched_quotes_belong_to_the_format(self):
        self.assert_style("+'%H", "'19")
        self.assert_style("+'%H\"", "'19\"")
        self.assert_style("+'", "'")

    def test_quoted_plus_needs_a_closing_quote(self):
        self.assert_refused('"+%H', Reason.OPEN_QUOTE, quote='"')

    def test_named_formats_are_accepted(self):
        self.assert_style("+rfc3339", NOW)
        self.assert_style('+"HTTP"', "Fri, 25 Dec 2026 18:00:00 GMT")


class OptionTests(RequestTestCase):
    def test_utc_has_three_spellings(self):
        for argument in ("-u", "--utc", "--universal", "-u -u"):
            self.assertTrue(parse(argument, "en").utc)
        self.assertFalse(parse("", "en").utc)

    def test_rfc5322_has_two_spellings(self):
        for argument in ("-R", "--rfc-email"):
            self.assert_style(argument, "Fri, 25 Dec 2026 19:00:00 +0100")

    def test_iso_8601_takes_a_precision(self):
        for precision, text in {
            "": "2026-12-25",
            "date": "2026-12-25",
            "hours": "2026-12-25T19+01:00",
            "m": "2026-12-25T19:00+01:00",
            "seconds": NOW,
            "ns": "2026-12-25T19:00:00,500000000+01:00",
        }.items():
            self.assert_style(f"-I{precision}", text)
            self.assert_style(f"--iso-8601={precision}" if precision else "--iso-8601", text)

    def test_short_options_can_be_combined(self):
        request = parse("-uR @0", "en")
        self.assertEqual((request.words, request.utc), ("@0", True))
        self.assert_style("-uIh -d @0", "2026-12-25T19+01:00", "@0")

    def test_words_after_the_options_are_kept(self):
        self.assert_style("-R tomorrow in Rome", "Fri, 25 Dec 2026 19:00:00 +0100", "tomorrow in Rome")

    def test_negative_span_is_no_option(self):
        self.assert_style("-3 days", None, "-3 days")
        self.assert_style("- 3 days", None, "- 3 days")

    def test_unknown_options_are_refused(self):
        for argument in ("-x", "-ux", "--rfc-3339=ns", "--utc=x", "-Rx +%Y", "-U"):
            self.assert_refused(argument, Reason.UNKNOWN_OPTION, option=argument.split()[0])

    def test_late_options_are_refused(self):
        for argument in ("tomorrow -u", "-d tomorrow -u", "noon in Paris -Iseconds", "today --utc"):
            self.assert_refused(argument, Reason.LATE_OPTION, option=argument.split()[-1])
        self.assertEqual(parse("in Notre -Dame -des -Monts", "en").words, "in Notre -Dame -des -Monts")

    def test_unknown_precision_is_refused(self):
        choices = ("date", "hours", "minutes", "seconds", "ns")
        self.assert_refused("-Iyears", Reason.UNKNOWN_PRECISION, precision="years", choices=choices)

    def test_second_format_is_refused(self):
        for argument in ("-R +%Y", "-RR", "-R -I", "-I +iso"):
            self.assert_refused(argument, Reason.CONFLICTING_FORMATS)


class DateOptionTests(RequestTestCase):
    def test_date_option_holds_the_moment(self):
        for argument in ("-d @0", "-d@0", "-d '@0'", '-d "@0"', "-d' @0 '", "--date=@0", "--date '@0'"):
            self.assert_style(argument, None, "@0")

    def test_words_after_the_quotes_are_kept(self):
        self.assert_style(
            "-d '3 days ago' -R in Rome", "Fri, 25 Dec 2026 19:00:00 +0100", "3 days ago in Rome"
        )

    def test_signed_numbers_are_accepted(self):
        self.assert_style("-d '-3 days'", None, "-3 days")
        self.assert_style("-d -3 days", None, "-3 days")
        self.assert_style("-d '+3 days' +%H", "19", "+3 days")

    def test_missing_moment_is_refused(self):
        for argument in ("-d", "-d ''", "-d +%Y", "-d ' '", "--date="):
            self.assert_refused(argument, Reason.MISSING_MOMENT)

    def test_open_quote_is_refused(self):
        self.assert_refused("-d '3 days", Reason.OPEN_QUOTE, quote="'")


class AnythingTests(RequestTestCase):
    @given(st.one_of(st.text(max_size=60), st.text("-+'\"uRIdx% 3@=", max_size=30)))
    def test_any_text_is_parsed_or_refused(self, argument):
        try:
            parse(argument, "en")
        except DateError as error:
            self.assertIsInstance(error.reason, Reason)
