"""Which certificates are accepted is tested in tests/integration/test_tls_client.py, with real ones."""

import gc
import sys
from unittest.mock import patch

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.error import ConnectError, ConnectionDone
from twisted.internet.interfaces import (
    IHandshakeListener,
    IProtocolNegotiationFactory,
    IStreamClientEndpoint,
)
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from tests.fakes import Transport
from twisted_date.endpoints import tls_client
from twisted_date.endpoints.arguments import WrongArgument
from twisted_date.endpoints.tls import TLSUnavailable
from twisted_date.endpoints.tls_client import (
    HandshakeFailed,
    TLSClientEndpoint,
    WrongCertificate,
    handshake_error,
    has_hosts,
)


class FakeTLS(Transport):
    """A TLS layer after its handshake."""

    server_name = None

    def getHandle(self):
        return self

    def set_tlsext_host_name(self, name):
        self.server_name = name

    def getPeerCertificate(self):
        return None


class FakeEndpoint:
    """Connects at once, and leaves the handshake to the test."""

    def __repr__(self):
        return "FakeEndpoint()"

    def connect(self, factory):
        self.factory = factory
        factory.doStart()
        self.handshake = factory.wrappedFactory.buildProtocol(None)
        self.transport = FakeTLS()
        self.transport.protocol = self.handshake
        self.handshake.makeConnection(self.transport)
        return succeed(self.transport)


@implementer(IHandshakeListener)
class Listener(Protocol):
    complete = False

    def handshakeCompleted(self):
        self.complete = True


@implementer(IProtocolNegotiationFactory)
class Negotiating(Factory):
    protocol = Listener
    started = False

    def startFactory(self):
        self.started = True

    def acceptableProtocols(self):
        return [b"date/1"]


class HandshakeTests(SynchronousTestCase):
    def setUp(self):
        self.inner = FakeEndpoint()
        self.verified = []
        self.patch(tls_client, "_verify", self.verify)
        self.endpoint = TLSClientEndpoint(self.inner, "example.org")

    def verify(self, connection, hostname):
        self.verified.append((connection, hostname))

    def connect(self, factory=None):
        return self.endpoint.connect(factory or Factory.forProtocol(Protocol))

    def test_endpoint_provides_its_interface_and_names_its_host(self):
        verifyObject(IStreamClientEndpoint, self.endpoint)
        self.assertEqual(repr(self.endpoint), "TLSClientEndpoint(FakeEndpoint(), 'example.org')")

    def test_protocol_takes_over_when_the_handshake_is_complete(self):
        connecting = self.connect()
        self.assertNoResult(connecting)
        self.inner.handshake.handshakeCompleted()
        protocol = self.successResultOf(connecting)
        self.assertIs(self.inner.transport.wrappedProtocol, protocol)
        self.assertIs(protocol.transport, self.inner.transport)
        self.assertEqual(self.verified, [(self.inner.transport, "example.org")])
        self.assertEqual(self.inner.transport.server_name, b"example.org")

    def test_any_error_of_the_verification_ends_the_connection(self):
        def fail(connection, hostname):
            raise ZeroDivisionError

        self.patch(tls_client, "_verify", fail)
        connecting = self.connect()
        self.inner.handshake.handshakeCompleted()
        self.failureResultOf(connecting, ZeroDivisionError)
        self.assertTrue(self.inner.transport.aborted)

    def test_factory_and_protocol_are_asked_as_with_other_endpoints(self):
        factory = Negotiating()
        inner = FakeEndpoint()
        connecting = TLSClientEndpoint(inner, "example.org").connect(factory)
        handshakes = inner.factory.wrappedFactory
        self.assertTrue(factory.started)
        self.assertTrue(IProtocolNegotiationFactory.providedBy(handshakes))
        self.assertEqual(handshakes.acceptableProtocols(), [b"date/1"])
        inner.handshake.handshakeCompleted()
        self.assertTrue(self.successResultOf(connecting).complete)

    def test_protocol_that_fails_at_once_ends_the_connection(self):
        class Failing(Protocol):
            def connectionMade(self):
                raise ZeroDivisionError

        connecting = self.connect(Factory.forProtocol(Failing))
        self.inner.handshake.handshakeCompleted()
        self.failureResultOf(connecting, ZeroDivisionError)
        self.assertTrue(self.inner.transport.aborted)

    def test_connection_lost_in_the_handshake_is_the_error(self):
        connecting = self.connect()
        self.inner.handshake.connectionLost(Failure(ConnectionDone()))
        error = self.failureResultOf(connecting, HandshakeFailed).value
        self.assertEqual(str(error), "what answers there closes the connection at once")

    def test_factory_that_builds_no_protocol_ends_the_connection(self):
        factory = Factory()
        factory.buildProtocol = lambda address: None
        connecting = self.connect(factory)
        self.inner.handshake.handshakeCompleted()
        self.failureResultOf(connecting, ConnectError)
        self.assertTrue(self.inner.transport.aborted)

    def test_cancelling_ends_the_connection(self):
        connecting = self.connect()
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)
        self.assertTrue(self.inner.transport.aborted)
        self.inner.handshake.handshakeCompleted()  # too late: nobody is told

    def test_endpoint_that_drops_its_connection_is_the_only_error(self):
        inner = FakeEndpoint()

        class Dropping:
            def connect(self, factory):
                inner.connect(factory)
                return fail(ConnectError())

        connecting = TLSClientEndpoint(Dropping(), "example.org").connect(Factory.forProtocol(Protocol))
        self.failureResultOf(connecting, ConnectError)
        inner.transport.finish()
        del inner.handshake, inner.factory, inner.transport
        gc.collect()
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_endpoint_that_does_not_connect_is_the_error(self):
        self.inner.connect = lambda factory: Deferred()
        connecting = self.connect()
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)


class InstallationTests(SynchronousTestCase):
    def test_missing_library_is_a_sentence(self):
        with patch.dict(sys.modules, {"OpenSSL": None}):
            error = self.assertRaises(TLSUnavailable, TLSClientEndpoint, None, "localhost")
        self.assertIn("install twisted[tls]", str(error))
        with patch.dict(sys.modules, {"idna": None}):
            self.assertRaises(TLSUnavailable, TLSClientEndpoint, None, "münchen.de")


class HasHostsTests(SynchronousTestCase):
    def test_transport_without_a_certificate_has_none(self):
        self.assertFalse(has_hosts(FakeTLS()))


class HostNameTests(SynchronousTestCase):
    def test_what_is_no_host_is_a_sentence(self):
        for host in (
            None,
            5,
            b"localhost",
            "",
            "a b",
            "*.example.org",
            "a..b",
            "x" * 64,
            "x." * 150,
            "\u2025",
        ):
            error = self.assertRaises(WrongArgument, TLSClientEndpoint, None, host, object())
            self.assertEqual(str(error), f"{host!r} is not a host name")

    def test_names_and_addresses_are_hosts(self):
        for host in ("localhost", "example.org.", "my_host", "münchen.de", "127.0.0.1", "::1"):
            TLSClientEndpoint(None, host, object())


class Error(Exception):
    """As OpenSSL.SSL.Error: its argument is a list of library, function and reason."""


class HandshakeErrorTests(SynchronousTestCase):
    def test_problem_of_the_certificate_is_named(self):
        failed = Error([("SSL routines", "", "certificate verify failed")])
        for problem, words in (
            (9, "its certificate is not valid yet"),
            (10, "its certificate has expired"),
            (18, "its certificate is not trusted; SSL_CERT_FILE can name a file of certificates that are"),
            (None, "its certificate is not trusted, or not valid now"),
        ):
            error = handshake_error(failed, problem)
            self.assertIsInstance(error, WrongCertificate)
            self.assertEqual(str(error), words)

    def test_other_error_says_that_there_is_no_tls(self):
        error = handshake_error(Error([("SSL routines", "", "wrong version number")]))
        self.assertNotIsInstance(error, WrongCertificate)
        self.assertEqual(str(error), "no TLS with what answers there (wrong version number)")
        self.assertIn("(Error)", str(handshake_error(Error())))
        self.assertIn("(unknown alert)", str(handshake_error(Error([("SSL routines", "", "")]))))
        self.assertIn("(close notify)", str(handshake_error(type("ZeroReturnError", (Error,), {})())))
