import socket

from hypothesis import given, strategies as st
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.conversation.errors import ErrorKind
from twisted_date.server.limits import ConnectionLimiter, Limits, host_of


def v4(host):
    return IPv4Address("TCP", host, 40000)


def v6(host):
    return IPv6Address("TCP", host, 40000)


class HostTests(SynchronousTestCase):
    def test_mapped_ipv4_address_is_the_same_host(self):
        self.assertEqual(host_of(v4("192.0.2.1")), host_of(v6("::ffff:192.0.2.1")))
        self.assertNotEqual(host_of(v4("192.0.2.1")), host_of(v6("::ffff:192.0.2.2")))

    def test_ipv6_subnet_is_one_host(self):
        self.assertEqual(host_of(v6("2001:db8::1")), host_of(v6("2001:db8::ffff:1")))
        self.assertNotEqual(host_of(v6("2001:db8::1")), host_of(v6("2001:db8:0:1::1")))
        self.assertEqual(host_of(v6("fe80::1%lo")), host_of(v6("fe80::2")))

    def test_other_addresses_are_no_host(self):
        self.assertIsNone(host_of(UNIXAddress(b"/run/datechat")))
        self.assertIsNone(host_of(None))


class LimitsTests(SynchronousTestCase):
    def test_what_is_no_limit_is_a_sentence(self):
        for arguments, words in (
            ({"idle": -1}, "idle is -1; give a number of seconds, 0 or more"),
            ({"idle": float("inf")}, "idle is inf; give a number of seconds, 0 or more"),
            ({"idle": "x"}, "idle is 'x'; give a number of seconds, 0 or more"),
            ({"connections": 1.5}, "connections is 1.5; give a whole number, or 0 for no limit"),
            ({"per_host": -1}, "per_host is -1; give a whole number, or 0 for no limit"),
        ):
            error = self.assertRaises(ValueError, Limits, **arguments)
            self.assertEqual(str(error), words)


class ConnectionLimiterTests(SynchronousTestCase):
    def test_without_limits_all_connections_are_admitted(self):
        limiter = ConnectionLimiter(Limits())
        self.assertEqual({limiter.acquire(limiter.host_key(v4("192.0.2.1"))) for _ in range(1000)}, {None})

    def test_total_is_limited(self):
        limiter = ConnectionLimiter(Limits(connections=2))
        results = [limiter.acquire(limiter.host_key(v4(f"192.0.2.{number}"))) for number in range(3)]
        self.assertEqual(results, [None, None, ErrorKind.FULL])
        limiter.release(limiter.host_key(v4("192.0.2.1")))
        self.assertIsNone(limiter.acquire(None))

    def test_each_host_is_limited(self):
        limiter = ConnectionLimiter(Limits(per_host=1))
        self.assertIsNone(limiter.acquire(limiter.host_key(v4("192.0.2.1"))))
        self.assertIs(limiter.acquire(limiter.host_key(v6("::ffff:192.0.2.1"))), ErrorKind.TOO_MANY_FROM_HOST)
        self.assertIsNone(limiter.acquire(limiter.host_key(v4("192.0.2.2"))))
        for _ in range(5):
            self.assertIsNone(limiter.acquire(limiter.host_key(UNIXAddress(b"/run/datechat"))))

    @given(st.lists(st.tuples(st.booleans(), st.integers(0, 3))))
    def test_released_connections_make_room(self, steps):
        limiter, connected = ConnectionLimiter(Limits(connections=5, per_host=2)), []
        for connects, number in steps:
            if connects:
                refused = len(connected) == 5 or connected.count(number) == 2
                self.assertEqual(
                    limiter.acquire(limiter.host_key(v4(f"192.0.2.{number}"))) is not None, refused
                )
                connected += [] if refused else [number]
            elif number in connected:
                limiter.release(limiter.host_key(v4(f"192.0.2.{number}")))
                connected.remove(number)


def test_ipv6_host_is_a_64_bit_prefix():
    assert host_of(v6("2001:db8:1:2:3:4:5:6")) == socket.inet_pton(socket.AF_INET6, "2001:db8:1:2::")[:8]
