from zoneinfo import ZoneInfo

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import ServerSide, connect_protocol
from tests.helpers import NOW
from twisted_date.conversation.health import Health
from twisted_date.i18n.messages import SentenceError
from twisted_date.network.closing import CLOSE_TIMEOUT
from twisted_date.network.refusals import LOG_INTERVAL
from twisted_date.server import machine_zone
from twisted_date.server.factory import QUIET_PERIOD, make_factory
from twisted_date.server.limits import MAX_SHORT_LIVED, Limits

STOPPING = "error: datechat is stopping; please connect again later"
FULL = "error: datechat is full; please connect again later"
HOST = IPv4Address("TCP", "192.0.2.1", 40000)
OTHER = IPv4Address("TCP", "192.0.2.2", 40000)


class FactoryTests(SynchronousTestCase):
    def test_it_is_a_factory(self):
        verifyObject(IProtocolFactory, ServerSide().factory)


class IdleTests(SynchronousTestCase):
    def test_one_that_asks_nothing_is_told_and_closed(self):
        server = ServerSide(idle=600)
        server.clock.advance(599)
        self.assertEqual(server.transport.lines(), [])
        server.clock.advance(1)
        self.assertEqual(
            server.transport.lines(),
            ["error: no line came for 600 seconds; datechat closes the connection, please connect again"],
        )
        self.assertTrue(server.transport.half_closed)

    def test_in_json_it_is_an_object(self):
        server = ServerSide(idle=600)
        server.receive(b"/json\n")
        server.transport.clear()
        server.clock.advance(600)
        self.assertIn('"error": "idle", "closing": true}', server.transport.lines()[0])

    def test_each_line_gives_it_all_of_the_time_again(self):
        server = ServerSide(idle=600)
        for _ in range(5):
            server.clock.advance(599)
            self.assertEqual(server.receive(b"/date\n"), [NOW])

    def test_bytes_without_a_line_do_not(self):
        server = ServerSide(idle=600)
        for _ in range(600):
            server.receive(b"x")
            server.clock.advance(1)
        self.assertEqual(len(server.transport.lines()), 1)

    def test_without_a_limit_nothing_happens(self):
        server = ServerSide()
        server.clock.advance(10**6)
        self.assertEqual(server.receive(b"/date\n"), [NOW])

    def test_a_connection_that_is_gone_leaves_nothing_behind(self):
        server = ServerSide(idle=600)
        server.transport.finish()
        self.assertEqual(server.clock.getDelayedCalls(), [])


class LimitTests(SynchronousTestCase):
    def test_one_too_many_is_told_and_closed(self):
        server = ServerSide(connections=1)
        refused, transport = server.connect()
        self.assertEqual(transport.lines(), [FULL])
        self.assertTrue(transport.half_closed)
        refused.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [FULL])
        self.assertEqual(server.receive(b"/date\n"), [NOW])

    def test_when_one_goes_another_may_come(self):
        server = ServerSide(connections=1)
        server.transport.finish()
        protocol, transport = server.connect()
        protocol.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [NOW])

    def test_one_that_was_refused_does_not_count(self):
        server = ServerSide(connections=1)
        _, refused = server.connect()
        refused.finish()
        _, refused = server.connect()
        self.assertEqual(refused.lines(), [FULL])

    def test_each_host_has_its_own(self):
        server = ServerSide(per_host=2)
        told = [server.connect(HOST)[1].lines() for _ in range(3)]
        self.assertEqual(told[:2], [[], []])
        self.assertIn("datechat serves no more connections from your address", told[2][0])
        self.assertEqual(server.connect(OTHER)[1].lines(), [])

    def test_many_that_are_refused_do_not_pile_up(self):
        server = ServerSide(connections=1)
        refused = [server.connect()[1] for _ in range(MAX_SHORT_LIVED + 10)]
        ended = [transport.disconnecting or transport.aborted for transport in refused]
        self.assertEqual(ended, [True] * 10 + [False] * MAX_SHORT_LIVED)

    def test_refusals_are_summed_in_the_log(self):
        server = ServerSide(connections=1)
        with capturedLogs() as logged:
            for _ in range(50):
                server.connect(HOST)[1].finish()
            server.clock.advance(LOG_INTERVAL)
            server.clock.advance(LOG_INTERVAL)
        self.assertEqual(
            [formatEvent(event) for event in logged],
            ["Refused connections: 50 full; the last one was from 192.0.2.1:40000."],
        )


class StopTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide()

    def test_without_sessions_it_is_closed_at_once(self):
        self.server.transport.finish()
        self.assertIsNone(self.successResultOf(self.server.factory.shut_down(5.0)))

    def test_open_sessions_are_told_why(self):
        server = self.server
        _, other = server.connect()
        closed = server.factory.shut_down(5.0)
        server.clock.advance(QUIET_PERIOD)
        for transport in (server.transport, other):
            self.assertEqual(transport.lines(), [STOPPING])
            self.assertTrue(transport.half_closed)
        self.assertNoResult(closed)
        server.transport.finish()
        again = server.factory.shut_down(5.0)
        self.assertNoResult(closed)
        other.finish()
        self.successResultOf(closed)
        self.successResultOf(again)
        self.assertEqual(server.clock.getDelayedCalls(), [])

    def test_what_is_asked_meanwhile_is_answered_first(self):
        server = self.server
        server.factory.shut_down(5.0)
        for _ in range(3):
            self.assertEqual(server.receive(b"/date\n"), [NOW])
            server.clock.advance(QUIET_PERIOD)
        server.transport.clear()
        server.clock.advance(QUIET_PERIOD)
        self.assertEqual(server.transport.lines(), [STOPPING])

    def test_one_that_never_ends_asking_is_told_when_half_of_the_time_is_over(self):
        server = self.server
        server.factory.shut_down(5.0)
        for _ in range(60):
            server.protocol.dataReceived(b"/date\n")
            server.clock.advance(QUIET_PERIOD)
        told = server.transport.lines()
        self.assertEqual(told[-1], STOPPING)
        self.assertLess(abs(len(told) - 2.5 / QUIET_PERIOD), 3)

    def test_one_that_is_slow_to_read_has_half_of_the_time_for_it(self):
        server = self.server
        server.factory.shut_down(5.0)
        server.protocol.pauseProducing()
        server.protocol.dataReceived(b"/date\n")
        server.clock.advance(2.0)
        server.protocol.resumeProducing()
        server.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.assertEqual(server.transport.lines(), [NOW, STOPPING])

    def test_who_comes_while_it_stops_is_told_too(self):
        server = self.server
        closed = server.factory.shut_down(5.0)
        _, late = server.connect()
        self.assertEqual(late.lines(), [STOPPING])
        server.transport.finish()
        self.assertNoResult(closed)
        late.finish()
        self.successResultOf(closed)

    def test_it_can_start_again(self):
        self.server.factory.shut_down(5.0)
        self.server.factory.doStart()
        protocol, transport = self.server.connect()
        protocol.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [NOW])

    def test_a_session_that_is_closing_is_not_told_again(self):
        self.server.receive(b"/quit\n")
        told = self.server.transport.lines()
        self.server.factory.shut_down(5.0)
        self.server.clock.advance(QUIET_PERIOD)
        self.assertEqual(self.server.transport.lines(), told)

    def test_one_that_does_not_read_is_cut_off(self):
        server = self.server
        server.transport.dataBuffer = b"unread"
        closed = server.factory.shut_down(1.0)
        server.clock.pump([QUIET_PERIOD, 1.0 - QUIET_PERIOD])
        self.assertTrue(server.transport.aborted)
        self.successResultOf(closed)

    def test_one_that_has_all_and_does_not_close_is_closed(self):
        server = self.server
        server.factory.shut_down(5.0)
        server.clock.pump([QUIET_PERIOD, CLOSE_TIMEOUT])
        self.assertTrue(server.transport.disconnecting)
        self.assertFalse(server.transport.aborted)

    def test_without_time_they_are_told_and_cut_off(self):
        server = self.server
        server.factory.shut_down(0)
        self.assertEqual(server.transport.lines(), [STOPPING])
        server.clock.advance(0)
        self.assertTrue(server.transport.disconnecting)

    def test_they_can_be_cut_off_before(self):
        server = self.server
        server.transport.dataBuffer = b"unread"
        closed = server.factory.shut_down(5.0)
        server.factory.abort_all()
        self.assertTrue(server.transport.aborted)
        self.successResultOf(closed)


class MakeFactoryTests(SynchronousTestCase):
    """What somebody uses who listens in a program of their own."""

    def ask(self, line, **arguments):
        factory = make_factory(Clock(), **arguments)
        protocol = factory.buildProtocol(None)
        transport = connect_protocol(protocol)
        protocol.dataReceived(line)
        return transport.lines()

    def test_dates_are_told_in_the_zone(self):
        (told,) = self.ask(b"/zone\n", zone=ZoneInfo("Asia/Tokyo"))
        self.assertEqual(told, "The zone is Asia/Tokyo.")

    def test_without_a_zone_the_machine_has_one(self):
        self.patch(machine_zone.tzlocal, "get_localzone", lambda: ZoneInfo("Europe/Paris"))
        self.assertEqual(self.ask(b"/zone\n"), ["The zone is Europe/Paris."])

    def test_the_farewell_and_the_language(self):
        (told,) = self.ask(b"salut !\n", farewell="Salut", language="fr")
        self.assertIn("La connexion est fermée", told)

    def test_a_farewell_that_nobody_can_say_is_refused(self):
        error = self.assertRaises(SentenceError, make_factory, Clock(), farewell="/bye")
        self.assertIn("begins with /", str(error))

    def test_limits_hold(self):
        factory = make_factory(Clock(), limits=Limits(connections=1))
        factory.buildProtocol(None)
        told = connect_protocol(factory.buildProtocol(None)).lines()
        self.assertEqual(told, ["error: datechat is full; please connect again later"])

    def test_health_is_what_the_program_knows(self):
        (told,) = self.ask(b"/health\n", health=lambda: Health(True, 2.0, "2026f"))
        self.assertEqual(told, "The clock is synchronised, at most 2 ms off; zone data 2026f.")
