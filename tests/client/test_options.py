import io
import os
import sys
from pathlib import Path

from twisted.logger import LogLevel
from twisted.python.usage import Options as UsageOptions
from twisted.trial.unittest import SynchronousTestCase

from tests.client_fakes import make_settings
from tests.helpers import refusal
from twisted_date.client.options import Options
from twisted_date.client.settings import Target


class OptionsTests(SynchronousTestCase):
    def setUp(self):
        self.patch(os, "environ", {})

    def parse(self, *arguments):
        options = Options()
        options.parseOptions(arguments)
        return options.settings

    def test_defaults_search_localhost(self):
        self.assertEqual(self.parse(), make_settings(target=Target(ports=range(50000, 50100))))

    def test_options_become_settings(self):
        settings = self.parse(
            "--host=example.org",
            "--base-port=8000",
            "--port-tries=2",
            "--name=Zoë",
            "--zone=new york",
            "--lang=fr",
            "--timeout=0.5",
            "--json",
        )
        expected = make_settings(
            target=Target("example.org", range(8000, 8002)),
            name="Zoë",
            zone="new york",
            language="fr",
            timeout=0.5,
            json=True,
        )
        self.assertEqual(settings, expected)

    def test_usage_error_and_help_are_translated(self):
        self.patch(os, "environ", {"LANG": "fr_FR.UTF-8"})
        self.assertIn("donnez un nombre entier de 1 à 65535", refusal(self, self.parse, "--port", "0"))
        self.assertIn("Votre prénom.", Options().getUsage())

    def test_locale_comes_from_the_environment(self):
        for environment, locale in (
            ({"LANG": "fr_FR.UTF-8"}, "fr_FR.UTF-8"),
            ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "de_DE"}, "de_DE"),
            ({"LC_MESSAGES": "de_DE", "LC_ALL": "pt_BR"}, "pt_BR"),
            ({"LANG": "fr_FR", "LC_ALL": "C.UTF-8"}, None),
            ({"LANG": "POSIX"}, None),
            ({"LANG": ""}, None),
            ({"LANG": "fr\n/quit"}, None),
        ):
            self.patch(os, "environ", environment)
            self.assertEqual(self.parse().locale, locale, environment)

    def test_port_option_allows_one_port_only(self):
        self.assertEqual(self.parse("--port", "7").target, Target(ports=range(7, 8)))

    def test_ports_stop_at_the_highest(self):
        self.assertEqual(self.parse("--base-port", "65530").target.ports, range(65530, 65536))

    def test_connect_option_is_an_endpoint(self):
        self.assertEqual(
            self.parse("--connect", "tcp:localhost:7").target, Target(endpoint="tcp:localhost:7")
        )

    def test_target_options_have_an_order_of_precedence(self):
        self.patch(os, "environ", {"DATECHAT_HOST": "example.org", "DATECHAT_PORT": "7"})
        for arguments, target in (
            ([], Target("example.org", range(7, 8))),
            (["--host", "example.com"], Target("example.com", range(7, 8))),
            (["--base-port", "8", "--port-tries", "2"], Target("example.org", range(8, 10))),
            (["--port-file", "x"], Target(port_file=Path("x"))),
            (
                ["--port-file", "x", "--tls", "--host", "example.net"],
                Target("example.net", port_file=Path("x"), tls=True),
            ),
            (["--port", "9", "--port-file", "x", "--tls"], Target("example.org", range(9, 10), tls=True)),
            (["--connect", "tcp:x:1"], Target(endpoint="tcp:x:1")),
        ):
            self.assertEqual(self.parse(*arguments).target, target, arguments)

    def test_address_may_have_brackets(self):
        self.assertEqual(self.parse("--host", "[::1]", "--port", "7").target, Target("::1", range(7, 8)))

    def test_invalid_port_in_the_environment_is_rejected(self):
        for text in ("x", "0", "65536", "-1", "٣"):
            self.patch(os, "environ", {"DATECHAT_PORT": text})
            self.assertIn(f"DATECHAT_PORT is '{text}'", refusal(self, self.parse))
            self.assertEqual(self.parse("--port", "7").target.ports, range(7, 8))
        self.patch(os, "environ", {"DATECHAT_PORT": "", "DATECHAT_HOST": ""})
        self.assertEqual(self.parse().target, Target(ports=range(50000, 50100)))

    def test_words_make_one_message(self):
        self.assertEqual(self.parse("/date", "in", "Tokyo").message, "/date in Tokyo")

    def test_options_after_the_first_word_belong_to_the_message(self):
        settings = self.parse("--json", "/date", "-u", "--where", "+%s")
        self.assertEqual((settings.message, settings.where), ("/date -u --where +%s", False))

    def test_usage_error_is_a_sentence(self):
        for arguments, words in (
            (["--port", "0"], "--port is '0'"),
            (["--base-port", "x"], "--base-port is 'x'"),
            (["--port-tries", "0"], "--port-tries is '0'"),
            (["--timeout", "0"], "--timeout is '0'"),
            (["--connect", "tcp:x:1", "--port", "5"], "takes the place"),
            (["--connect", "tcp:x:1", "--tls"], "takes the place"),
            (["--connect", "tcp:x:1", "--port-file", "x"], "takes the place"),
            (["one\ntwo"], "the message holds a line feed"),
            (["--name", "one\ntwo"], "the name holds a line feed"),
            (["--nonsense"], "nonsense"),
            (["--zone", ""], "--zone is empty"),
            (["--lang", " "], "--lang is empty"),
            (["--zone", "a\nb"], "the zone holds a line feed"),
            (["--where", "/date"], "--where asks nothing"),
            (["--url", "/date"], "--url asks nothing"),
            (["--host", ""], "--host is ''"),
            (["--host", "a..b"], "--host is 'a..b'"),
            (["--host", "x" * 64], "give a name or an address"),
        ):
            self.assertIn(words, refusal(self, self.parse, *arguments))


class LogTests(SynchronousTestCase):
    """The log under twist, which goes to standard output by default."""

    class Twist(UsageOptions):
        defaultLogLevel = LogLevel.info

    def parse(self, **changes):
        options = Options()
        options.parent = self.Twist()
        options.parent.update({"logFile": sys.stdout, "logLevel": LogLevel.info})
        options.parent.update(changes)
        options.parseOptions([])
        return options.parent

    def test_default_log_is_discarded(self):
        twist = self.parse()
        self.addCleanup(twist["logFile"].close)
        self.assertEqual(twist["logFile"].name, os.devnull)

    def test_log_of_a_requested_level_goes_to_standard_error(self):
        twist = self.parse(logLevel=LogLevel.debug)
        self.assertIs(twist["logFile"], sys.stderr)
        self.assertIs(twist["logLevel"], LogLevel.debug)

    def test_requested_file_is_kept(self):
        elsewhere = io.StringIO()
        twist = self.parse(logFile=elsewhere)
        self.assertIs(twist["logFile"], elsewhere)
        self.assertIs(twist["logLevel"], LogLevel.info)
