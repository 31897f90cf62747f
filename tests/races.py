"""The base class of tests in which several endpoints are tried side by side."""

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase


class RaceTestCase(SynchronousTestCase):
    """Subclasses set ``endpoints``: a list of FakeClientEndpoint."""

    def setUp(self):
        self.clock = MemoryReactorClock()
        self.verifying = {}

    def verify(self, protocol):
        self.verifying[protocol] = Deferred()
        return self.verifying[protocol]

    def cancel_connecting(self, connecting):
        """Cancel what a test leaves behind; the garbage collector would do so during another test."""
        connecting.cancel()
        connecting.addErrback(lambda _: None)

    def tried(self):
        return [number for number, endpoint in enumerate(self.endpoints) if endpoint.tried]

    def finish_verify(self, endpoint, error=None):
        """Finish the verification of a connection, with or without an error."""
        if error is None:
            self.verifying[endpoint.protocol].callback(None)
        else:
            self.verifying[endpoint.protocol].errback(error)

    def assert_connected(self, connecting, number):
        endpoint = self.endpoints[number]
        self.assertIs(self.successResultOf(connecting), endpoint.protocol)
        self.assertFalse(endpoint.aborted)
        self.assertEqual(self.clock.getDelayedCalls(), [])
