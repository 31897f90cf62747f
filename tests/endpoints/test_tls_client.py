"""Which certificates are accepted is tested in tests/integration/test_tls_client.py, with real ones."""

import sys
from unittest.mock import patch

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.error import ConnectError, ConnectionDone
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import Transport
from twisted_date.endpoints import tls_client
from twisted_date.endpoints.tls import TLSUnavailable
from twisted_date.endpoints.tls_client import TLSClientEndpoint, WrongCertificate, has_hosts


class FakeTLS(Transport):
    """A TLS layer after its handshake."""

    def getHandle(self):
        return "the connection"


class FakeEndpoint:
    """Stands for wrapClientTLS: connects at once, and leaves the handshake to the test."""

    def connect(self, factory):
        self.handshake = factory.buildProtocol(None)
        self.transport = FakeTLS()
        self.transport.protocol = self.handshake
        self.handshake.makeConnection(self.transport)
        return succeed(self.handshake)


class HandshakeTests(SynchronousTestCase):
    def setUp(self):
        self.inner = FakeEndpoint()
        self.verified = []
        self.patch(tls_client, "wrapClientTLS", lambda creator, endpoint: self.inner)
        self.patch(tls_client, "_verify", self.verify)
        self.endpoint = TLSClientEndpoint(None, "example.org")

    def verify(self, connection, hostname):
        self.verified.append((connection, hostname))

    def connect(self, factory=None):
        return self.endpoint.connect(factory or Factory.forProtocol(Protocol))

    def test_endpoint_provides_its_interface_and_names_its_host(self):
        verifyObject(IStreamClientEndpoint, self.endpoint)
        self.assertEqual(repr(self.endpoint), "TLSClientEndpoint('example.org')")

    def test_protocol_takes_over_when_the_handshake_is_complete(self):
        connecting = self.connect()
        self.assertNoResult(connecting)
        self.inner.handshake.handshakeCompleted()
        protocol = self.successResultOf(connecting)
        self.assertIs(self.inner.transport.wrappedProtocol, protocol)
        self.assertIs(protocol.transport, self.inner.transport)
        self.assertEqual(self.verified, [("the connection", "example.org")])

    def test_any_error_of_the_verification_ends_the_connection(self):
        def fail(connection, hostname):
            raise ZeroDivisionError

        self.patch(tls_client, "_verify", fail)
        connecting = self.connect()
        self.inner.handshake.handshakeCompleted()
        error = self.failureResultOf(connecting, WrongCertificate).value
        self.assertEqual(str(error), "the certificate is not for example.org")
        self.assertTrue(self.inner.transport.aborted)

    def test_connection_lost_in_the_handshake_is_the_error(self):
        connecting = self.connect()
        self.inner.handshake.connectionLost(Failure(ConnectionDone()))
        self.failureResultOf(connecting, ConnectionDone)

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


class HasHostsTests(SynchronousTestCase):
    def test_transport_without_a_certificate_has_none(self):
        self.assertFalse(has_hosts(FakeTLS()))
