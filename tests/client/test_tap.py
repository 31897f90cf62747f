from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.client_fakes import Input, Output, make_settings
from twisted_date.client import tap as client_service
from twisted_date.client.tap import ClientService
from twisted_date.client.terminal.streams import Streams


class ServiceTests(SynchronousTestCase):
    def setUp(self):
        self.reactor = MemoryReactorClock()
        self.stopped = []
        self.patch(client_service, "stop_with_status", lambda reactor, status: self.stopped.append(status))
        self.patch(client_service, "stop_on_hangup", lambda reactor: None)
        self.running = Deferred()

        async def run(*arguments):
            return await self.running

        self.patch(client_service, "run", run)
        streams = Streams(Input(), Output(), Output(), False)
        self.service = ClientService(self.reactor, make_settings(), streams)

    def test_it_begins_when_the_reactor_runs_and_the_process_ends_with_it(self):
        self.service.startService()
        self.assertEqual(self.stopped, [])
        self.reactor.run()
        self.running.callback(3)
        self.assertEqual(self.stopped, [3])
        self.assertIsNone(self.service.stopService())

    def test_stopping_hangs_up(self):
        self.service.startService()
        self.reactor.run()
        self.successResultOf(self.service.stopService())
        self.assertEqual(self.stopped, [])

    def test_stopping_before_it_began(self):
        self.service.startService()
        self.assertIsNone(self.service.stopService())
