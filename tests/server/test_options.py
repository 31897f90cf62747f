from twisted.python.usage import Options as UsageOptions
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import DEFAULTS, refusal
from twisted_date.server.options import Options
from twisted_date.server.settings import Settings


class OptionTests(SynchronousTestCase):
    def parse(self, *arguments):
        options = Options()
        options.parseOptions(arguments)
        return options.settings

    def test_defaults(self):
        self.assertEqual(self.parse(), DEFAULTS)

    def test_all_options_reach_the_settings(self):
        settings = self.parse(
            "--base-port",
            "8000",
            "--port-tries=1",
            "--interface",
            "*",
            "--farewell",
            "Bye!",
            "--zone",
            "tokyo",
            "--lang=fr_CA",
            "--idle-timeout=0",
            "--max-connections=10",
            "--max-per-host=3",
            "--drain=2.5",
            "--tls=/some.pem",
            "--daytime=tcp:13",
            "--time=tcp:37",
            "--metrics=tcp:9500",
        )
        self.assertEqual(settings.zone.key, "Asia/Tokyo")
        more = {"tls": "/some.pem", "idle_timeout": 0, "max_connections": 10, "max_per_host": 3, "drain": 2.5}
        more |= {"daytime": "tcp:13", "time": "tcp:37", "metrics": "tcp:9500"}
        self.assertEqual(settings, Settings((), 8000, 1, "*", "Bye!", settings.zone, "fr_CA", **more))

    def test_web_options_may_be_repeated(self):
        settings = self.parse(
            *(
                "--web=tcp:1",
                "--web=tcp:2",
                "--web-host=A.example",
                "--web-host=b",
                "--web-origin=https://C.example",
            )
        )
        self.assertEqual(settings.web, ("tcp:1", "tcp:2"))
        self.assertEqual(settings.web_hosts, ("a.example", "b"))
        self.assertEqual(settings.web_origins, ("https://c.example",))

    def test_listen_may_be_repeated(self):
        settings = self.parse("--listen", "tcp:1", "--listen", "unix:/x")
        self.assertEqual(settings.listen, ("tcp:1", "unix:/x"))

    def test_invalid_options_are_refused_with_a_sentence(self):
        for arguments, words in (
            (["--base-port", "many"], "--base-port is 'many'"),
            (["--base-port", "65536"], "from 1 to 65535"),
            (["--port-tries", "0"], "--port-tries is '0'"),
            (["--farewell", " "], "--farewell: the farewell phrase has no letters"),
            (["--farewell", "/bye"], "begins with /"),
            (["--listen", "tcp:1", "--base-port", "2"], "takes the place"),
            (["--zone", "Xyzzy"], "--zone: Xyzzy is not a place"),
            (["--zone", "USA"], "New York City"),
            (["--lang", "xyzzy"], "--lang: xyzzy is not a language"),
            (["--listen", "tcp:1", "--tls", "/x"], "write fallback:50000:tls=PATH"),
            (["--web=tcp:1", "--web-host", "a:80"], "--web-host 'a:80' is not a host name like"),
            (["--web=tcp:1", "--web-origin", "a.example"], "is not an origin like https://example.org"),
            (["--web-host", "a"], "--web-host and --web-origin are for --web"),
            (["--web-origin", "https://a"], "--web-host and --web-origin are for --web"),
            (["--idle-timeout", "-1"], "--idle-timeout is '-1'; give a number of seconds"),
            (["--max-connections", "0"], "--max-connections is '0'"),
            (["--max-connections="], "--max-connections is ''"),
            (["--max-per-host", "some"], "--max-per-host is 'some'"),
            (["--drain", "nan"], "--drain is 'nan'"),
            (["50000"], "'50000' is not an option"),
            (["--nonsense"], "nonsense"),
        ):
            self.assertIn(words, refusal(self, self.parse, *arguments))


class PidfileTests(SynchronousTestCase):
    def pidfile(self, **given):
        class Twistd(UsageOptions):
            optFlags = (("nodaemon", "n", ""),)
            optParameters = (("pidfile", None, "twistd.pid", ""),)

        options = Options()
        options.parent = Twistd()
        options.parent.update(given)
        options.parseOptions([])
        return options.parent["pidfile"]

    def test_foreground_writes_no_pidfile(self):
        self.assertEqual(self.pidfile(nodaemon=1), "")

    def test_named_pidfile_is_written(self):
        self.assertEqual(self.pidfile(nodaemon=1, pidfile="mine.pid"), "mine.pid")

    def test_daemon_writes_a_pidfile(self):
        self.assertEqual(self.pidfile(), "twistd.pid")
