import io
import os
import sys

from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import refusal
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

    def test_output_that_nobody_reads_ends_quietly(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        with open(writer, "w", closefd=False) as stdout:
            self.patch(sys, "stdout", stdout)
            for option in ("--help", "--version"):
                options = Options()
                options.longdesc = "Does nothing."
                self.assertEqual(self.assertRaises(SystemExit, options.parseOptions, [option]).code, 0)


class RepeatedOptionTests(SynchronousTestCase):
    class Options(Options):
        repeatable = ("many",)
        optParameters = (("one", "o", None, "One."), ("many", None, None, "Many."))
        optFlags = (("flag", None, "A flag."),)

        def parseArgs(self, *words):
            self.words = words

    def test_option_with_a_value_is_given_once(self):
        for words in (("--one=1", "--one=2"), ("--one", "1", "--on", "2"), ("--one=1", "--flag", "--one=1")):
            message = refusal(self, self.Options().parseOptions, words)
            self.assertEqual(
                message, "datechat: --one is given twice; give it once (--help lists the options)\n"
            )

    def test_flags_words_and_some_options_may_be_repeated(self):
        options = self.Options()
        options.parseOptions(
            ["--flag", "--flag", "--many=1", "--many=2", "--one=1", "word", "--one=2", "--one=3"]
        )
        self.assertEqual((options["one"], options.words), ("1", ("word", "--one=2", "--one=3")))


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
