import socket

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address, UNIXAddress
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.addresses import format_address, host_and_port, url_of


class FormatAddressTests(SynchronousTestCase):
    def test_ipv4_has_no_brackets(self):
        self.assertEqual(format_address(IPv4Address("TCP", "127.0.0.1", 50000)), "127.0.0.1:50000")

    def test_ipv6_has_brackets(self):
        self.assertEqual(format_address(IPv6Address("TCP", "::1", 50000)), "[::1]:50000")

    def test_ipv6_scope_is_kept(self):
        self.assertEqual(format_address(IPv6Address("TCP", "fe80::1%eth0.100", 7)), "[fe80::1%eth0.100]:7")

    def test_ipv4_mapped_address_is_shown_as_ipv4(self):
        self.assertEqual(format_address(IPv6Address("TCP", "::ffff:192.0.2.7", 40000)), "192.0.2.7:40000")

    def test_unix_socket_is_shown_as_its_path(self):
        self.assertEqual(format_address(UNIXAddress("/run/datechat")), "/run/datechat")

    def test_unprintable_characters_are_replaced(self):
        path = UNIXAddress(b"/run/\x1b[2J\n\xff")
        self.assertEqual(format_address(path), "/run/\ufffd[2J\ufffd\ufffd")

    def test_other_kinds_of_addresses_are_shown(self):
        self.assertIn("example", format_address(HostnameAddress(b"example", 1)))


class URLTests(SynchronousTestCase):
    def test_address_is_a_url(self):
        for address, url in (
            (IPv4Address("TCP", "127.0.0.1", 8080), "http://127.0.0.1:8080/"),
            (IPv6Address("TCP", "::1", 8080), "http://[::1]:8080/"),
        ):
            self.assertEqual(url_of(address, "http"), url)

    def test_every_interface_is_the_name_of_the_machine(self):
        url = f"https://{socket.gethostname()}:443/"
        for address in (IPv4Address("TCP", "0.0.0.0", 443), IPv6Address("TCP", "::", 443)):
            self.assertEqual(url_of(address, "https"), url)

    def test_unix_socket_is_its_path(self):
        self.assertEqual(url_of(UNIXAddress("/run/web"), "http"), "/run/web")


class HostAndPortTests(SynchronousTestCase):
    def test_ip_address_is_two_words(self):
        self.assertEqual(host_and_port(IPv4Address("TCP", "127.0.0.1", 50000)), "127.0.0.1 50000")
        self.assertEqual(host_and_port(IPv6Address("TCP", "::1", 50000)), "::1 50000")

    def test_unix_socket_is_one_word(self):
        self.assertEqual(host_and_port(UNIXAddress("/run/datechat")), "/run/datechat")
