from twisted.application.service import Application, IService
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import FakePort
from twisted_date.endpoints.fallback_server import FallbackServerEndpoint
from twisted_date.endpoints.service import ListeningService


class FakeEndpoint:
    """A server endpoint that gives these results, one after another."""

    def __init__(self, *results):
        self.results = list(results)
        self.factories = []

    def listen(self, factory):
        self.factories.append(factory)
        return self.results.pop(0)


class ListeningServiceTests(SynchronousTestCase):
    def setUp(self):
        self.factory = Factory()
        self.port = FakePort("127.0.0.1", 50000)

    def service(self, *results):
        self.endpoint = FakeEndpoint(*results)
        return ListeningService(self.endpoint, self.factory)

    def test_service_provides_its_interface(self):
        verifyObject(IService, self.service(Deferred()))

    def test_what_is_no_endpoint_is_a_sentence(self):
        for wrong in (None, "fallback:50000"):
            error = self.assertRaises(ValueError, ListeningService, wrong, self.factory)
            self.assertEqual(str(error), f"{wrong!r} is not a server endpoint")

    def test_service_listens_when_it_is_made_and_only_once(self):
        service = self.service(succeed(self.port))
        self.assertEqual(self.endpoint.factories, [self.factory])
        application = Application("test")
        service.setServiceParent(application)
        IService(application).privilegedStartService()
        IService(application).startService()
        self.assertTrue(service.running)
        self.assertEqual(self.endpoint.factories, [self.factory])

    def test_failure_to_listen_is_raised(self):
        error = CannotListenError(None, 50000, OSError())
        self.assertIs(self.assertRaises(CannotListenError, self.service, fail(error)), error)

    def test_exception_of_the_endpoint_is_raised(self):
        endpoint = FakeEndpoint()
        self.assertRaises(IndexError, ListeningService, endpoint, self.factory)

    def test_service_stops_listening_when_it_stops(self):
        service = self.service(succeed(self.port))
        service.startService()
        self.successResultOf(service.stopService())
        self.assertFalse(service.running)
        self.assertFalse(self.port.listening)

    def test_stopping_waits_for_the_port(self):
        closed = Deferred()
        self.port.stopListening = lambda: closed
        stopping = self.service(succeed(self.port)).stopService()
        self.assertNoResult(stopping)
        closed.callback(None)
        self.successResultOf(stopping)

    def test_service_can_start_again(self):
        service = self.service(succeed(self.port), succeed(FakePort("127.0.0.1", 50001)))
        service.startService()
        self.successResultOf(service.stopService())
        self.assertIsNone(service.stopService())
        service.privilegedStartService()
        service.startService()
        self.assertEqual(len(self.endpoint.factories), 2)

    def test_stopping_cancels_a_slow_endpoint(self):
        cancelled = []
        self.successResultOf(self.service(Deferred(cancelled.append)).stopService())
        self.assertEqual(len(cancelled), 1)

    def test_later_failure_is_logged(self):
        slow = Deferred()
        service = self.service(slow)
        slow.errback(CannotListenError(None, 50000, OSError()))
        self.assertEqual(len(self.flushLoggedErrors(CannotListenError)), 1)
        self.successResultOf(service.stopService())

    def test_repr_shows_the_endpoint(self):
        endpoint = FallbackServerEndpoint(MemoryReactor(), 50000)
        service = ListeningService(endpoint, self.factory)
        self.assertEqual(repr(service), f"ListeningService({endpoint!r}, {self.factory!r})")
