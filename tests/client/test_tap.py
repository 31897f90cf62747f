from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.client_fakes import Input, Output, make_settings
from twisted_date.client import main, tap
from twisted_date.client.options import Options
from twisted_date.client.tap import ClientService, makeService
from twisted_date.client.terminal.streams import Streams


class ClientServiceTests(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactorClock()
        self.stopped = []
        self.patch(tap, "stop_with_status", lambda reactor, status: self.stopped.append(status))
        self.patch(tap, "stop_on_hangup", lambda reactor: None)
        self.running = Deferred()

        async def run(*arguments):
            return await self.running

        self.patch(tap, "run", run)
        streams = Streams(Input(), Output(), Output(), False)
        self.service = ClientService(self.reactor, make_settings(), streams)

    def test_conversation_starts_with_the_reactor_and_ends_the_process(self):
        self.service.startService()
        self.assertEqual(self.stopped, [])
        self.reactor.run()
        self.running.callback(3)
        self.assertEqual(self.stopped, [3])
        self.assertIsNone(self.service.stopService())

    def test_stopping_cancels_the_conversation(self):
        self.service.startService()
        self.reactor.run()
        self.successResultOf(self.service.stopService())
        self.assertEqual(self.stopped, [])

    def test_stopping_before_the_start_does_nothing(self):
        self.service.startService()
        self.assertIsNone(self.service.stopService())


class MakeServiceTests(SynchronousTestCase):
    def test_service_is_made_from_options(self):
        options = Options()
        options.parseOptions([])
        for module in (main, tap):
            self.patch(module, "standard_streams", lambda reactor: None)
        self.assertIsInstance(makeService(options), ClientService)
