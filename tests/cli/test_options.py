import io
import sys

from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase

from twisted_date import __version__
from twisted_date.cli.options import Options, seconds, whole_number


class OptionsTests(SynchronousTestCase):
    def parse(self, *words):
        self.patch(sys, "stdout", io.StringIO())
        self.patch(sys, "stderr", io.StringIO())
        return self.assertRaises(SystemExit, Options().parseOptions, words).code

    def test_usage_error_is_one_sentence_and_status_2(self):
        self.assertEqual(self.parse("--nonsense"), 2)
        self.assertEqual(
            sys.stderr.getvalue(), "datechat: option --nonsense not recognized (--help lists the options)\n"
        )

    def test_version_is_printed(self):
        self.assertEqual(self.parse("--version"), 0)
        self.assertEqual(sys.stdout.getvalue(), f"datechat {__version__}\n")


class WholeNumberTests(SynchronousTestCase):
    def test_numbers_in_range_are_accepted(self):
        for text, number in (("1", 1), ("65535", 65535), ("007", 7)):
            self.assertEqual(whole_number({"port": text}, "port", 1, 65535), number)

    def test_other_values_are_rejected_in_a_sentence(self):
        for text in ("", "0", "65536", "-1", "+1", "1.5", "1e3", "many", "٣", "9" * 5000):
            error = self.assertRaises(UsageError, whole_number, {"port": text}, "port", 1, 65535)
            self.assertIn("--port is", str(error))
            self.assertIn("from 1 to 65535", str(error))


class SecondsTests(SynchronousTestCase):
    def test_whole_and_fractional_seconds_are_accepted(self):
        for text, value in (("10", 10.0), ("0.5", 0.5), ("86400", 86400.0)):
            self.assertEqual(seconds({"timeout": text}, "timeout"), value)

    def test_other_values_are_rejected_in_a_sentence(self):
        for text in ("", "0", "-1", "nan", "inf", "1e9", "soon"):
            error = self.assertRaises(UsageError, seconds, {"timeout": text}, "timeout")
            self.assertIn("--timeout is", str(error))
