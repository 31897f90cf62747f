import socket

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.server.web.policy import Policy, is_host_name, is_origin

OWN = Policy(frozenset({"date.example.org"}), frozenset({"https://other.example"}))


class HostTests(SynchronousTestCase):
    def test_addresses_and_own_names_are_served(self):
        for host in (
            *("localhost", "localhost:8080", "LOCALHOST", "localhost.", "app.localhost:1"),
            *("127.0.0.1", "127.0.0.1:8080", "192.168.1.7", "[::1]", "[::1]:8080"),
            *("date.example.org", "Date.Example.ORG:443", socket.gethostname()),
            "",
        ):
            self.assertTrue(OWN.allows_host(host), host)

    def test_other_names_are_not(self):
        for host in (
            *("evil.example", "evil.example:8080", "localhost.evil.example", "date.example.org.evil.example"),
            *(
                "localhost:x",
                "localhost:99999",
                "localhost/evil",
                "evil@localhost",
                "[::1",
                "localhost, evil",
            ),
        ):
            self.assertFalse(OWN.allows_host(host), host)


class OriginTests(SynchronousTestCase):
    def test_own_pages_and_programs_may_open_a_websocket(self):
        for origin, host in (
            ("", "localhost:8080"),
            ("http://localhost:8080", "localhost:8080"),
            ("https://localhost:8080", "localhost:8080"),
            ("https://date.example.org", "date.example.org"),
            ("https://date.example.org", "date.example.org:443"),
            ("http://[::1]:8080", "[::1]:8080"),
            ("https://Other.example", "date.example.org"),
        ):
            self.assertTrue(OWN.allows_origin(origin, host), origin)

    def test_pages_of_others_may_not(self):
        for origin in (
            *("http://evil.example", "http://localhost", "http://localhost:8081", "null", "localhost:8080"),
            *(
                "ftp://localhost:8080",
                "http://other.example",
                "http://localhost:8080@evil.example",
                "http://",
            ),
        ):
            self.assertFalse(OWN.allows_origin(origin, "localhost:8080"), origin)


class NameTests(SynchronousTestCase):
    def test_host_names_are_recognised(self):
        for name in ("date.example.org", "host", "a-b.c_d"):
            self.assertTrue(is_host_name(name), name)
        for name in ("", "a:80", "a/b", "a..b", "é.example", "http://a", ".a"):
            self.assertFalse(is_host_name(name), name)

    def test_origins_are_recognised(self):
        for origin in (
            "https://example.org",
            "http://example.org:8080",
            "HTTPS://A",
            "http://127.0.0.1",
            "http://[::1]:1",
        ):
            self.assertTrue(is_origin(origin), origin)
        for origin in (
            "example.org",
            "https://",
            "ftp://a",
            "https://a/",
            "https://a?b",
            "https://a:x",
            "null",
            "*",
        ):
            self.assertFalse(is_origin(origin), origin)
