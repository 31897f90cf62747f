import contextlib

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.server.web.errors import RequestRefused, WebError
from twisted_date.server.web.target import parse_target


def line(target):
    return parse_target(target.encode()).line().decode()


class LineTests(SynchronousTestCase):
    def test_first_segment_is_the_command_and_the_others_are_its_words(self):
        for target, expected in (
            ("/date", "/date"),
            ("/date/", "/date"),
            ("/date/Tokyo", "/date Tokyo"),
            ("/DATE/Tokyo", "/DATE Tokyo"),
            ("/date/Europe/Paris", "/date Europe/Paris"),
            ("/date/Europe%2FParis", "/date Europe/Paris"),
            ("/date/19:00%20New%20York%20in%20Berlin", "/date 19:00 New York in Berlin"),
            ("/date/S%C3%A3o%20Paulo", "/date São Paulo"),
            ("/date/São%20Paulo", "/date São Paulo"),
            ("/", "/"),
            ("//date", "/ date"),
        ):
            self.assertEqual(line(target), expected)

    def test_words_may_be_a_parameter_whose_plus_is_a_space(self):
        self.assertEqual(line("/date?q=19:00+New+York+in+Berlin"), "/date 19:00 New York in Berlin")
        self.assertEqual(line("/date?q=%2B%25H:%25M"), "/date +%H:%M")
        self.assertEqual(line("/date?q="), "/date")

    def test_plus_in_a_path_is_a_plus(self):
        self.assertEqual(line("/date/+%25H"), "/date +%H")

    def test_format_is_a_parameter_of_the_date(self):
        self.assertEqual(line("/date?format=%25H:%25M"), "/date +%H:%M")
        self.assertEqual(line("/date/Tokyo?format=iso"), "/date Tokyo +iso")

    def test_json_counts_at_the_end_of_the_path_alone(self):
        for target, wanted, expected in (
            ("/date.json", True, "/date"),
            ("/date/Tokyo.json", True, "/date Tokyo"),
            ("/date/Tokyo.json?q=", True, "/date Tokyo"),
            ("/date?q=Tokyo.json", False, "/date Tokyo.json"),
            ("/date/Tokyo", False, "/date Tokyo"),
        ):
            self.assertEqual((parse_target(target.encode()).wants_json, line(target)), (wanted, expected))

    def test_settings_are_no_words(self):
        target = parse_target(b"/date?zone=New+York&lang=fr")
        self.assertEqual(target.line(), b"/date")
        self.assertEqual(target.parameter("zone"), "New York")
        self.assertEqual(target.parameter("format"), "")

    def test_whole_url_has_an_authority(self):
        for target, authority, path in (
            ("http://localhost:8080/date", "localhost:8080", "/date"),
            ("HTTPS://example.org", "example.org", "/"),
            ("/date", "", "/date"),
            ("*", "", "*"),
        ):
            parsed = parse_target(target.encode())
            self.assertEqual((parsed.authority, parsed.path), (authority, path))


class RefusalTests(SynchronousTestCase):
    def assert_refused(self, target, kind, text):
        error = self.assertRaises(RequestRefused, line, target)
        self.assertEqual((error.kind, str(error)), (kind, text))

    def test_unknown_parameter_is_refused_with_those_that_there_are(self):
        self.assert_refused(
            "/date?zon=Tokyo",
            WebError.UNKNOWN_PARAMETER,
            "zon is not a parameter here; there are q, format, zone, lang",
        )
        self.assert_refused(
            "/until/now?format=x",
            WebError.UNKNOWN_PARAMETER,
            "format is not a parameter here; there are q, zone, lang",
        )

    def test_repeated_parameter_is_refused(self):
        self.assert_refused("/date?q=1&q=2", WebError.REPEATED_PARAMETER, "q is given twice; give it once")

    def test_words_in_both_places_are_refused(self):
        self.assert_refused(
            "/date/Tokyo?q=Paris",
            WebError.WORDS_TWICE,
            "the path has words, and q has others; give them in one of the two",
        )

    def test_target_that_is_not_utf8_is_refused(self):
        for target in (b"/date/\xff", b"/date/%FF", b"/date?q=%FF"):
            self.assertRaises(UnicodeDecodeError, parse_target, target)

    @given(st.text())
    def test_any_text_is_a_line_or_refused(self, text):
        with contextlib.suppress(RequestRefused, UnicodeDecodeError):
            self.assertIsInstance(parse_target(b"/" + text.encode(errors="replace")).line(), bytes)
