import errno

from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.error import ConnectBindError, ConnectError
from twisted.internet.protocol import Factory, Protocol

from tests.fakes import FakeClientEndpoint
from tests.races import RaceTestCase
from twisted_date.endpoints import race
from twisted_date.endpoints.race import CONNECTION_ATTEMPT_DELAY, PREFERENCE_DELAY, Race

MAX_ATTEMPTS = 20


class NobodyFound(Exception):
    """The error of a race, from the causes by index."""


class RaceTests(RaceTestCase):
    def connect(self, count):
        self.endpoints = [FakeClientEndpoint() for _ in range(count)]
        running = Race(self.clock, self.endpoints, Factory.forProtocol(Protocol), self.verify, NobodyFound)
        connecting = Deferred.fromCoroutine(running.run(10.0))
        self.addCleanup(self.cancel_connecting, connecting)
        return connecting

    def assert_not_found(self, connecting, text):
        (causes,) = self.failureResultOf(connecting, NobodyFound).value.args
        self.assertEqual(sorted(causes), list(range(len(self.endpoints))))
        self.assertTrue(all(text in str(cause) for cause in causes.values()), causes)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_next_port_is_tried_as_soon_as_a_port_refuses(self):
        connecting = self.connect(2)
        self.endpoints[0].refuse()
        self.clock.advance(0)
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        self.assert_connected(connecting, 1)

    def test_silent_port_does_not_delay_the_next(self):
        connecting = self.connect(3)
        self.endpoints[0].accept()
        self.clock.advance(CONNECTION_ATTEMPT_DELAY / 2)
        self.assertEqual(self.tried(), [0])
        self.clock.advance(CONNECTION_ATTEMPT_DELAY / 2)
        self.assertEqual(self.tried(), [0, 1])
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        self.assertNoResult(connecting)
        self.clock.advance(PREFERENCE_DELAY)
        self.assert_connected(connecting, 1)
        self.assertTrue(self.endpoints[0].aborted)

    def test_lowest_verified_port_wins(self):
        connecting = self.connect(3)
        self.clock.pump([CONNECTION_ATTEMPT_DELAY, CONNECTION_ATTEMPT_DELAY])
        for number in (2, 1, 0):
            self.endpoints[number].accept()
        self.finish_verify(self.endpoints[2])
        self.finish_verify(self.endpoints[1])
        self.assertNoResult(connecting)
        self.finish_verify(self.endpoints[0])
        self.assert_connected(connecting, 0)
        self.assertTrue(self.endpoints[1].aborted)
        self.assertTrue(self.endpoints[2].aborted)

    def test_failed_lower_port_is_not_waited_for(self):
        connecting = self.connect(2)
        self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        self.assertNoResult(connecting)
        self.endpoints[0].refuse()
        self.assert_connected(connecting, 1)

    def test_no_attempt_starts_once_a_service_is_verified(self):
        self.connect(3)
        self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertEqual(self.tried(), [0, 1])

    def test_every_port_is_tried_in_a_quarter_of_the_timeout_however_many_are_silent(self):
        connecting = self.connect(1000)
        for _ in range(999):
            self.clock.advance(2.5 / 1000)
            self.endpoints[self.tried()[-1]].accept()
        self.assertEqual(len(self.tried()), 1000)
        self.finish_verify(self.endpoints[999])
        self.clock.advance(PREFERENCE_DELAY)
        self.assert_connected(connecting, 999)
        self.assertTrue(all(endpoint.aborted for endpoint in self.endpoints[1:999]))

    def test_oldest_attempt_is_given_up_when_too_many_go_on(self):
        self.patch(race, "MAX_ATTEMPTS", MAX_ATTEMPTS)
        connecting = self.connect(MAX_ATTEMPTS + 3)
        for _ in range(MAX_ATTEMPTS):
            self.endpoints[self.tried()[-1]].accept()
            self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertEqual(len(self.tried()), MAX_ATTEMPTS + 1)
        self.assertTrue(self.endpoints[0].aborted)
        self.assertFalse(self.endpoints[1].aborted)
        self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertEqual(len(self.tried()), MAX_ATTEMPTS + 2)
        self.assertTrue(self.endpoints[1].aborted)
        self.finish_verify(self.endpoints[2])
        self.assert_connected(connecting, 2)

    def test_fewer_attempts_go_on_when_no_more_files_can_be_opened(self):
        connecting = self.connect(100)
        for number, endpoint in enumerate(self.endpoints[:30]):
            self.assertEqual(self.tried()[-1], number)
            endpoint.accept()
            self.clock.advance(2.5 / 100)
        self.endpoints[30].refuse(ConnectBindError(errno.EMFILE, "too many open files"))
        self.endpoints[30].tried = False
        self.clock.advance(2.5 / 100)
        self.assertEqual([endpoint.aborted for endpoint in self.endpoints[:30]], [True] * 9 + [False] * 21)
        self.assertEqual(self.tried()[-1], 30)
        self.endpoints[30].accept()
        self.finish_verify(self.endpoints[30])
        self.clock.advance(PREFERENCE_DELAY)
        self.assert_connected(connecting, 30)

    def test_single_attempt_without_files_fails(self):
        connecting = self.connect(1)
        self.endpoints[0].refuse(ConnectBindError(errno.EMFILE, "too many open files"))
        self.assert_not_found(connecting, "too many open files")

    def test_attempt_that_was_given_up_cannot_win(self):
        self.patch(race, "MAX_ATTEMPTS", MAX_ATTEMPTS)
        self.verify = lambda protocol: Deferred(lambda verifying: verifying.callback(None))  # if cancelled
        connecting = self.connect(MAX_ATTEMPTS + 1)
        for _ in range(MAX_ATTEMPTS):
            self.endpoints[self.tried()[-1]].accept()
            self.clock.advance(CONNECTION_ATTEMPT_DELAY)
        self.assertTrue(self.endpoints[0].aborted)
        self.assertNoResult(connecting)

    def test_synchronous_failures_do_not_nest(self):
        connecting = self.connect(2000)
        for endpoint in self.endpoints:
            endpoint.connect = lambda factory: fail(ConnectError(111, "refused"))
        self.clock.pump([CONNECTION_ATTEMPT_DELAY] + [0] * 2100)
        self.endpoints[0].refuse()
        self.clock.pump([0] * 10)
        self.assert_not_found(connecting, "refused")

    def test_service_verified_before_the_timeout_is_used(self):
        connecting = self.connect(2)
        self.clock.advance(10.0 - PREFERENCE_DELAY / 2)
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        self.clock.advance(PREFERENCE_DELAY / 2)
        self.assert_connected(connecting, 1)

    def test_connection_to_itself_is_not_the_service(self):
        self.verify = None
        connecting = self.connect(1)
        self.endpoints[0].accept(to_itself=True)
        self.assert_not_found(connecting, "met itself")
        self.assertTrue(self.endpoints[0].aborted)

    def test_cancelling_leaves_nothing_open(self):
        connecting = self.connect(3)
        self.clock.pump([CONNECTION_ATTEMPT_DELAY] * 2)
        self.endpoints[0].accept()
        self.endpoints[1].accept()
        self.finish_verify(self.endpoints[1])
        connecting.cancel()
        self.failureResultOf(connecting, CancelledError)
        self.assertTrue(self.endpoints[0].aborted)
        self.assertTrue(self.endpoints[1].aborted)
        self.assertEqual(self.clock.getDelayedCalls(), [])
