import os
from unittest import mock
from zoneinfo import ZoneInfo

from hypothesis import example, given, strategies as st
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import ServerSide, connect_protocol
from tests.helpers import NOW
from twisted_date.conversation.health import Health
from twisted_date.network.closing import CLOSE_TIMEOUT
from twisted_date.network.refusals import LOG_INTERVAL
from twisted_date.server.factory import QUIET_PERIOD, make_factory
from twisted_date.server.limits import MAX_SHORT_LIVED, Limits

STOPPING = "error: datechat is stopping; please connect again later"
FULL = "error: datechat is full; please connect again later"
HOST = IPv4Address("TCP", "192.0.2.1", 40000)
OTHER = IPv4Address("TCP", "192.0.2.2", 40000)


class FactoryTests(SynchronousTestCase):
    def test_factory_provides_the_interface(self):
        verifyObject(IProtocolFactory, ServerSide().factory)


class IdleTests(SynchronousTestCase):
    def test_idle_peer_reads_the_reason_and_is_closed(self):
        server = ServerSide(idle=600)
        server.clock.advance(599)
        self.assertEqual(server.transport.lines(), [])
        server.clock.advance(1)
        self.assertEqual(
            server.transport.lines(),
            ["error: no line came for 600 seconds; datechat closes the connection, please connect again"],
        )
        self.assertTrue(server.transport.half_closed)

    def test_idle_error_is_json_for_a_json_session(self):
        server = ServerSide(idle=600)
        server.receive(b"/json\n")
        server.transport.clear()
        server.clock.advance(600)
        self.assertIn('"error": "idle", "closing": true}', server.transport.lines()[0])

    def test_each_line_restarts_the_timeout(self):
        server = ServerSide(idle=600)
        for _ in range(5):
            server.clock.advance(599)
            self.assertEqual(server.receive(b"/date\n"), [NOW])

    @given(st.lists(st.tuples(st.floats(0, 599), st.sampled_from([b"/date\n", b"/name x\n"]))))
    @example([(0, b"/date\n"), (0.5, b"/name x\n"), (0.4, b"/date\n")])
    def test_timeout_is_never_early_and_a_second_late_at_most(self, lines):
        server = ServerSide(idle=600)
        server.receive(b"/date\n")
        for seconds, line in lines:
            server.clock.advance(seconds)
            self.assertEqual(len(server.receive(line)), 1)
        server.transport.clear()
        server.clock.advance(599.99)
        self.assertFalse(server.transport.half_closed)
        server.clock.advance(1.02)
        self.assertTrue(server.transport.half_closed)

    def test_bytes_without_a_line_do_not_restart_the_timeout(self):
        server = ServerSide(idle=600)
        for _ in range(600):
            server.receive(b"x")
            server.clock.advance(1)
        self.assertEqual(len(server.transport.lines()), 1)

    def test_without_a_limit_sessions_never_time_out(self):
        server = ServerSide()
        server.clock.advance(10**6)
        self.assertEqual(server.receive(b"/date\n"), [NOW])

    def test_lost_connection_leaves_no_timer(self):
        server = ServerSide(idle=600)
        server.transport.finish()
        self.assertEqual(server.clock.getDelayedCalls(), [])


class LimitTests(SynchronousTestCase):
    def test_refused_peer_reads_the_reason_and_is_closed(self):
        server = ServerSide(connections=1)
        refused, transport = server.connect()
        self.assertEqual(transport.lines(), [FULL])
        self.assertTrue(transport.half_closed)
        refused.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [FULL])
        self.assertEqual(server.receive(b"/date\n"), [NOW])

    def test_closed_connection_makes_room(self):
        server = ServerSide(connections=1)
        server.transport.finish()
        protocol, transport = server.connect()
        protocol.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [NOW])

    def test_refused_connection_does_not_make_room(self):
        server = ServerSide(connections=1)
        _, refused = server.connect()
        refused.finish()
        _, refused = server.connect()
        self.assertEqual(refused.lines(), [FULL])

    def test_each_host_has_its_own_limit(self):
        server = ServerSide(per_host=2)
        replies = [server.connect(HOST)[1].lines() for _ in range(3)]
        self.assertEqual(replies[:2], [[], []])
        self.assertIn("datechat serves no more connections from your address", replies[2][0])
        self.assertEqual(server.connect(OTHER)[1].lines(), [])

    def test_refused_connections_do_not_pile_up(self):
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

    def test_shutdown_without_sessions_is_immediate(self):
        self.server.transport.finish()
        self.assertIsNone(self.successResultOf(self.server.factory.shut_down(5.0)))

    def test_wrong_drain_is_refused_and_changes_nothing(self):
        factory = make_factory(Clock())
        for drain in ("x", None, -1, 10**400):
            self.assertRaises(ValueError, factory.shut_down, drain)
        self.successResultOf(factory.shut_down(1))

    def test_open_sessions_get_the_stop_notice(self):
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

    def test_lines_during_the_drain_are_answered_before_the_stop_notice(self):
        server = self.server
        server.factory.shut_down(5.0)
        for _ in range(3):
            self.assertEqual(server.receive(b"/date\n"), [NOW])
            server.clock.advance(QUIET_PERIOD)
        server.transport.clear()
        server.clock.advance(QUIET_PERIOD)
        self.assertEqual(server.transport.lines(), [STOPPING])

    def test_busy_peer_gets_the_stop_notice_after_half_of_the_drain(self):
        server = self.server
        server.factory.shut_down(5.0)
        for _ in range(60):
            server.protocol.dataReceived(b"/date\n")
            server.clock.advance(QUIET_PERIOD)
        replies = server.transport.lines()
        self.assertEqual(replies[-1], STOPPING)
        self.assertLess(abs(len(replies) - 2.5 / QUIET_PERIOD), 3)

    def test_slow_reader_has_half_of_the_drain_to_read(self):
        server = self.server
        server.factory.shut_down(5.0)
        server.protocol.pauseProducing()
        server.protocol.dataReceived(b"/date\n")
        server.clock.advance(2.0)
        server.protocol.resumeProducing()
        server.clock.pump([QUIET_PERIOD, QUIET_PERIOD])
        self.assertEqual(server.transport.lines(), [NOW, STOPPING])

    def test_peer_that_connects_during_the_drain_gets_the_stop_notice(self):
        server = self.server
        closed = server.factory.shut_down(5.0)
        _, late = server.connect()
        self.assertEqual(late.lines(), [STOPPING])
        server.transport.finish()
        self.assertNoResult(closed)
        late.finish()
        self.successResultOf(closed)

    def test_stopped_factory_can_start_again(self):
        self.server.factory.shut_down(5.0)
        self.server.factory.doStart()
        protocol, transport = self.server.connect()
        protocol.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [NOW])

    def test_closing_session_gets_no_stop_notice(self):
        self.server.receive(b"/quit\n")
        replies = self.server.transport.lines()
        self.server.factory.shut_down(5.0)
        self.server.clock.advance(QUIET_PERIOD)
        self.assertEqual(self.server.transport.lines(), replies)

    def test_peer_that_does_not_read_is_aborted(self):
        server = self.server
        server.transport.dataBuffer = b"unread"
        closed = server.factory.shut_down(1.0)
        server.clock.pump([QUIET_PERIOD, 1.0 - QUIET_PERIOD])
        self.assertTrue(server.transport.aborted)
        self.successResultOf(closed)

    def test_peer_that_read_everything_but_does_not_close_is_closed(self):
        server = self.server
        server.factory.shut_down(5.0)
        server.clock.pump([QUIET_PERIOD, CLOSE_TIMEOUT])
        self.assertTrue(server.transport.disconnecting)
        self.assertFalse(server.transport.aborted)

    def test_zero_drain_sends_the_stop_notice_and_closes(self):
        server = self.server
        server.factory.shut_down(0)
        self.assertEqual(server.transport.lines(), [STOPPING])
        server.clock.advance(0)
        self.assertTrue(server.transport.disconnecting)

    def test_abort_all_ends_the_drain(self):
        server = self.server
        server.transport.dataBuffer = b"unread"
        closed = server.factory.shut_down(5.0)
        server.factory.abort_all()
        self.assertTrue(server.transport.aborted)
        self.successResultOf(closed)


class MakeFactoryTests(SynchronousTestCase):
    """The factory of a program that embeds the server."""

    def ask(self, line, **arguments):
        factory = make_factory(Clock(), **arguments)
        protocol = factory.buildProtocol(None)
        transport = connect_protocol(protocol)
        protocol.dataReceived(line)
        return transport.lines()

    def test_zone_is_used(self):
        (reply,) = self.ask(b"/zone\n", zone=ZoneInfo("Asia/Tokyo"))
        self.assertEqual(reply, "The zone is Asia/Tokyo.")

    def test_zone_defaults_to_that_of_the_machine(self):
        with mock.patch.dict(os.environ, TZ="Europe/Paris"):
            self.assertEqual(self.ask(b"/zone\n"), ["The zone is Europe/Paris."])

    def test_farewell_and_language_are_used(self):
        (reply,) = self.ask(b"salut !\n", farewell="Salut", language="fr")
        self.assertIn("La connexion est fermée", reply)

    def test_language_tag_may_have_a_country(self):
        (greeting,) = self.ask(b"bonjour\n", language="fr-CA")
        self.assertTrue(greeting.startswith("La connexion est"))
        (date,) = self.ask(b"/date 2026-12-25 +full\n", language="fr-CA")
        self.assertIn("décembre", date)

    def test_unknown_language_is_refused(self):
        error = self.assertRaises(ValueError, make_factory, Clock(), language="xx")
        self.assertIn("xx is not a language", str(error))

    def test_invalid_farewell_is_refused(self):
        error = self.assertRaises(ValueError, make_factory, Clock(), farewell="/bye")
        self.assertIn("begins with /", str(error))

    def test_wrong_type_is_a_sentence(self):
        for arguments, words in (
            ({"zone": "Tokyo"}, "zone is 'Tokyo'; give a tzinfo, such as ZoneInfo('Asia/Tokyo')"),
            ({"farewell": None}, "farewell is None; give a phrase"),
            ({"language": ""}, "language is ''; give a tag, such as fr-CA"),
            ({"limits": 5}, "limits is 5; give a Limits"),
            ({"health": 5}, "health is 5; give a function"),
        ):
            error = self.assertRaises(ValueError, make_factory, Clock(), **arguments)
            self.assertEqual(str(error), words)

    def test_limits_apply(self):
        factory = make_factory(Clock(), limits=Limits(connections=1))
        factory.buildProtocol(None)
        replies = connect_protocol(factory.buildProtocol(None)).lines()
        self.assertEqual(replies, ["error: datechat is full; please connect again later"])

    def test_health_is_reported(self):
        (reply,) = self.ask(b"/health\n", health=lambda: Health(True, 2.0, "2026f"))
        self.assertEqual(reply, "The clock is synchronised, at most 2 ms off; zone data 2026f.")
