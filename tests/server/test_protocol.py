from hypothesis import given, strategies as st
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.testing import EventLoggingObserver
from twisted.logger import formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from tests.fakes import ServerSide
from tests.helpers import NOW, make_session, one_turn
from twisted_date.conversation.replies import Reply
from twisted_date.conversation.text import MAX_LINE
from twisted_date.network.closing import CLOSE_TIMEOUT
from twisted_date.network.scheduler import ALLOWANCE, FREE_TIME, ITERATION_BUDGET, REFILL, TIME_SLICE

CONNECTED = "You are connected. /help lists the commands."
GOODBYE = "Goodbye. The connection is closed."
KNOWN = b"/date\n,/date\r\n,/date Tokyo\n,/zone\n,/zone Tokyo\n,/json\n,hello\n,/quit\n".split(b",")
TOO_LONG = "error: the line is too long; 1024 bytes are the most a line may have"


class OtherSession:
    """Wraps a session and calls :meth:`before` ahead of each line."""

    def __init__(self):
        self._session = make_session()

    def __getattr__(self, name):
        return getattr(self._session, name)

    def answer(self, line):
        self.before(line)
        return self._session.answer(line)


class BrokenSession(OtherSession):
    """A session that fails on one line."""

    def before(self, line):
        if line == b"break":
            raise RuntimeError("broken")


class UnencodableSession(OtherSession):
    """A session whose reply to /date has no JSON form."""

    def before(self, line):
        if line == b"/date":
            self._session.encode(Reply("", fields={"date": object()}))


class TelnetTests(SynchronousTestCase):
    """What the telnet clients of Linux, Windows and PuTTY send."""

    def setUp(self):
        self.server = ServerSide()

    def test_negotiation_is_left_out(self):
        self.assertEqual(self.server.receive(b"\xff\xfb\x1f\xff\xfd\x03/date\r\n"), [NOW])
        self.assertEqual(self.server.receive(b"/date\r\n"), [NOW])

    def test_carriage_return_with_nul_ends_a_line_however_it_arrives(self):
        self.assertEqual(self.server.receive(b"/date\r"), [])
        self.assertEqual(self.server.receive(b"\x00/zone\r\x00"), [NOW, "The zone is Europe/Paris."])

    def test_typing_errors_are_edited(self):
        for byte in b"/datx\x08":
            self.assertEqual(self.server.receive(bytes([byte])), [])
        self.assertEqual(self.server.receive(b"e\r\n/zonr\x7fe\r\n"), [NOW, "The zone is Europe/Paris."])

    def test_last_line_without_an_ending_is_answered(self):
        self.server.receive(b"\xff\xfb\x1f/date\r")
        self.server.half_close()
        self.assertEqual(self.server.transport.lines(), [NOW])

    def test_bytes_that_are_not_telnet_are_what_they_were(self):
        error = "error: the line is not UTF-8; send text in UTF-8"
        self.assertEqual(self.server.receive(b"\xff\n\xfe\n"), [error, error])


class SlowMachineTests(SynchronousTestCase):
    def test_usual_lines_do_not_wait_on_a_slow_machine(self):
        for slowness, waits in ((1.0, True), (4.0, False)):
            session = OtherSession()
            server = ServerSide(lambda session=session: session)
            server.factory.scheduler.slowness = slowness
            server.factory.scheduler.cpu_time = server.clock.seconds
            line = b"/zone\n"

            def take_four_times_as_long(_, server=server, line=line):
                server.clock.rightNow += 4 * len(line) * FREE_TIME

            session.before = take_four_times_as_long
            server.receive(line * 10_000)
            server.clock.pump([0] * 3000)
            replies = len(server.transport.lines())
            self.assertEqual(replies < 10_000, waits, replies)


class ByteOrderMarkTests(SynchronousTestCase):
    def test_mark_before_the_first_line_is_no_part_of_it(self):
        server = ServerSide()
        self.assertEqual(server.receive(b"\xef\xbb\xbf/date\n"), [NOW])
        self.assertIn("You are connected", server.receive(b"\xef\xbb\xbf/date\n")[0])


class LineTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide()

    def test_server_does_not_speak_first(self):
        self.assertEqual(self.server.transport.value(), b"")

    def test_lf_and_crlf_end_a_line(self):
        self.assertEqual(self.server.receive(b"/date\n/date\r\n"), [NOW, NOW])

    def test_line_may_arrive_in_pieces(self):
        self.assertEqual(self.server.receive(b"/da"), [])
        self.assertEqual(self.server.receive(b"te"), [])
        self.assertEqual(self.server.receive(b"\r"), [])
        self.assertEqual(self.server.receive(b"\n"), [NOW])

    def test_empty_line_is_a_line(self):
        self.assertEqual(self.server.receive(b"\n\r\n"), [CONNECTED, CONNECTED])

    def test_replies_keep_the_order_of_the_lines(self):
        replies = self.server.receive(b"/name Alice\n/date\nbonjour\nau revoir\n")
        self.assertEqual(
            replies,
            [
                "Hello, Alice. You are connected.",
                NOW,
                "You are connected, Alice. /help lists the commands.",
                "Goodbye, Alice. The connection is closed.",
            ],
        )

    def test_sessions_are_independent(self):
        self.server.receive(b"/name Alice\n")
        protocol, transport = self.server.connect()
        protocol.dataReceived(b"bonjour\n")
        self.assertEqual(transport.lines(), [CONNECTED])

    def test_input_after_the_farewell_is_discarded(self):
        self.assertEqual(self.server.receive(b"/quit\n/date\n/da"), [GOODBYE])
        self.assertEqual(self.server.receive(b"te\n"), [])
        self.server.half_close()
        self.assertEqual(self.server.transport.lines(), [])

    @given(st.lists(st.sampled_from([b"/date\n", b"x\r\n", b"\n", b"y" * 1500 + b"\n"])), st.data())
    def test_chunk_boundaries_do_not_matter(self, lines, data):
        stream = b"".join(lines)
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        server = ServerSide()
        replies = [line for piece in pieces for line in server.receive(piece)]
        self.assertEqual(replies, ServerSide().receive(stream))
        self.assertEqual(len(replies), len(lines))


class KnownLineTests(SynchronousTestCase):
    """Lines that were answered within the second, by another peer or this one: their replies are known."""

    def setUp(self):
        self.server = ServerSide()
        self.server.receive(b"/date\n/date Tokyo\n")

    def test_new_peer_gets_the_known_reply(self):
        protocol, transport = self.server.connect()
        protocol.dataReceived(b"/date\n")
        protocol.dataReceived(b"/date\r\n")
        self.assertEqual(transport.lines(), [NOW, NOW])

    def test_whole_chunk_of_known_lines_is_answered_in_order(self):
        for ending in (b"\n", b"\r\n"):
            stream = ending.join([b"/date", b"/date Tokyo", b"/date", b""])
            replies = self.server.receive(stream)
            self.assertEqual((replies[0], replies[2]), (NOW, NOW))
            self.assertIn("+09:00", replies[1])

    def test_many_known_lines_are_answered_in_order_whatever_is_between(self):
        many = b"/date\n/date Tokyo\r\n" * 500
        other = b"/name Ada\n" + b"x" * 2000 + b"\n"
        replies = self.server.receive(many + other + many + b"/da")
        while self.server.transport.producerState == "paused":
            one_turn(self.server.clock)
            replies = self.server.transport.lines()
        self.assertEqual(len(replies), 2002)
        self.assertEqual(replies[::2], [NOW] * 500 + ["Hello, Ada. You are connected."] + [NOW] * 500)
        self.assertEqual(replies[1001], TOO_LONG)
        self.assertEqual(self.server.receive(b"te\n"), [NOW])

    def test_many_known_lines_behind_an_overlong_beginning(self):
        self.assertEqual(self.server.receive(b"x" * 2000), [TOO_LONG])
        self.assertEqual(self.server.receive(b"/date\n" * 1000), [NOW] * 999)

    def test_many_known_lines_are_edited_for_telnet(self):
        self.assertEqual(self.server.receive(b"/datx\x08e\n" + b"/date\n" * 1000), [NOW] * 1001)

    def test_settings_of_the_peer_count(self):
        self.server.receive(b"/zone Tokyo\n")
        self.assertIn("+09:00", self.server.receive(b"/date\n")[0])
        self.server.receive(b"/json\n")
        self.assertTrue(self.server.receive(b"/date\n")[0].startswith("{"))

    def test_known_line_without_its_ending_waits_for_it(self):
        self.assertEqual(self.server.receive(b"/date"), [])
        self.assertEqual(self.server.receive(b" Tokyo"), [])
        self.assertIn("+09:00", self.server.receive(b"\n")[0])

    def test_known_line_that_continues_one_is_part_of_it(self):
        self.assertEqual(self.server.receive(b"/name "), [])
        self.assertEqual(self.server.receive(b"/date\n"), ["Hello, /date. You are connected."])
        self.assertEqual(self.server.receive(b"x" * 2000), [TOO_LONG])
        self.assertEqual(self.server.receive(b"/date\n"), [])
        self.assertEqual(self.server.receive(b"/date\n"), [NOW])

    def test_known_line_of_a_slow_reader_waits_like_any(self):
        self.server.protocol.pauseProducing()
        self.assertEqual(self.server.receive(b"/date\n"), [])
        self.server.protocol.resumeProducing()
        self.assertEqual(self.server.transport.lines(), [NOW])
        self.assertEqual(self.server.receive(b"/date\n"), [NOW])

    def test_peer_that_does_not_read_a_known_reply_is_paused(self):
        def write(data):
            self.server.protocol.pauseProducing()

        self.patch(self.server.transport, "write", write)
        self.server.protocol.dataReceived(b"/date\n")
        self.assertEqual(self.server.transport.producerState, "paused")

    def test_nothing_is_answered_after_the_farewell(self):
        self.server.receive(b"/quit\n")
        self.assertEqual(self.server.receive(b"/date\n"), [])

    def test_many_chunks_of_known_lines_use_up_the_iteration_budget(self):
        protocol, transport = self.server.connect()
        while self.server.receive(b"/date\n" * 300):
            pass
        protocol.dataReceived(b"/date\n" * 2)
        self.assertEqual(transport.lines(), [])
        one_turn(self.server.clock)
        self.assertEqual(transport.lines(), [NOW] * 2)

    @given(st.lists(st.sampled_from(KNOWN), max_size=8), st.data())
    def test_replies_are_those_of_a_server_that_knows_none(self, lines, data):
        stream = b"".join(lines)
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        server, other = ServerSide(), ServerSide()
        for line in KNOWN:
            server.connect()[0].dataReceived(line)
        replies = [reply for piece in pieces for reply in server.receive(piece)]
        unknown = [other.factory.cache.clear() or other.receive(line) for line in lines]
        self.assertEqual(replies, [reply for each in unknown for reply in each])


class LongLineTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide()

    def test_longest_line_is_answered(self):
        for ending in (b"\n", b"\r\n"):
            self.assertEqual(self.server.receive(b"x" * MAX_LINE + ending), [CONNECTED])

    def test_one_more_byte_is_too_long(self):
        for ending in (b"\n", b"\r\n"):
            self.assertEqual(self.server.receive(b"x" * (MAX_LINE + 1) + ending), [TOO_LONG])

    def test_lines_after_an_overlong_line_are_answered(self):
        replies = self.server.receive(b"x" * 3000 + b"\n/date\n" + b"y" * 3000 + b"\r\n" + b"/date\n")
        self.assertEqual(replies, [TOO_LONG, NOW, TOO_LONG, NOW])

    def test_endless_line_gets_one_error_and_is_discarded(self):
        replies = [line for _ in range(200) for line in self.server.receive(b"x" * 5000)]
        self.assertEqual(replies, [TOO_LONG])
        self.assertEqual(self.server.receive(b"x\n/date\n"), [NOW])


class HalfCloseTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide()

    def test_protocol_provides_the_interface(self):
        verifyObject(IHalfCloseableProtocol, self.server.protocol)

    def test_server_closes_after_the_last_reply(self):
        self.assertEqual(self.server.receive(b"/date\n"), [NOW])
        self.server.half_close()
        self.assertTrue(self.server.transport.disconnecting)

    def test_last_line_without_an_ending_is_answered(self):
        self.server.receive(b"/da")
        self.server.receive(b"te")
        self.server.half_close()
        self.assertEqual(self.server.transport.lines(), [NOW])
        self.assertTrue(self.server.transport.disconnecting)

    def test_overlong_last_line_gets_one_error(self):
        self.assertEqual(self.server.receive(b"x" * 3000), [TOO_LONG])
        self.server.transport.clear()
        self.server.half_close()
        self.assertEqual(self.server.transport.lines(), [])

    def test_pending_lines_of_a_slow_reader_are_answered_first(self):
        self.server.protocol.pauseProducing()
        self.server.receive(b"/date\n/da")
        self.server.half_close()
        self.assertFalse(self.server.transport.disconnecting)
        self.server.protocol.resumeProducing()
        self.assertEqual(
            self.server.transport.lines(), [NOW, "error: /da is not a command; did you mean /date?"]
        )
        self.assertTrue(self.server.transport.disconnecting)

    def test_write_connection_lost_does_not_close(self):
        self.server.protocol.writeConnectionLost()
        self.assertFalse(self.server.transport.disconnecting)


class SlowReaderTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide()

    def test_reading_stops_while_the_peer_does_not_read(self):
        self.assertIs(self.server.transport.producer, self.server.protocol)
        self.assertTrue(self.server.transport.streaming)
        self.server.transport.producer.pauseProducing()
        self.assertEqual(self.server.transport.producerState, "paused")
        self.assertEqual(self.server.receive(b"/date\n"), [])

    def test_pending_replies_follow_when_the_peer_reads(self):
        self.server.protocol.pauseProducing()
        self.server.receive(b"/date\n/date\n/date")
        self.server.protocol.resumeProducing()
        self.assertEqual(self.server.transport.lines(), [NOW, NOW])


class AllowanceTests(SynchronousTestCase):
    """Each line takes half of a peer's allowance, on a fake clock."""

    def setUp(self):
        self.server = ServerSide(self.dear_session)
        self.server.factory.scheduler.cpu_time = self.server.clock.seconds

    def dear_session(self):
        class Dear(OtherSession):
            def before(_, line):
                self.server.clock.rightNow += ALLOWANCE / 2

        return Dear()

    def test_peer_waits_after_lines_that_take_long(self):
        self.server.protocol.dataReceived(b"/date\n" * 4)
        for _ in range(20):  # turns, but no time
            one_turn(self.server.clock)
        self.assertEqual(self.server.transport.lines(), [NOW] * 3)
        self.assertEqual(self.server.transport.producerState, "paused")
        self.server.clock.pump([ALLOWANCE / REFILL, 0])
        self.assertEqual(self.server.transport.lines(), [NOW] * 4)

    def test_time_in_which_other_processes_run_counts_once_at_most(self):
        self.server.factory.scheduler.cpu_time = lambda: 0.0
        self.server.protocol.dataReceived(b"/date\n" * 20)
        for _ in range(20):
            one_turn(self.server.clock)
        self.assertEqual(self.server.transport.lines(), [NOW] * 20)

    def test_other_peers_do_not_wait(self):
        self.server.protocol.dataReceived(b"/date\n" * 4)
        other, transport = self.server.connect()
        other.dataReceived(b"/date\n")
        self.server.clock.pump([0] * 5)
        self.assertEqual(transport.lines(), [NOW])

    def test_last_line_is_answered_before_the_close(self):
        self.server.protocol.dataReceived(b"/date\n" * 3 + b"/date")
        self.server.half_close()
        self.server.clock.pump([ALLOWANCE / REFILL] * 6)
        self.assertEqual(self.server.transport.lines(), [NOW] * 4)
        self.assertTrue(self.server.transport.disconnecting)

    def test_peer_that_leaves_while_it_waits_is_forgotten(self):
        self.server.protocol.dataReceived(b"/date\n" * 4)
        for _ in range(5):
            one_turn(self.server.clock)
        self.server.transport.abortConnection()
        self.server.clock.pump([ALLOWANCE / REFILL] * 3)
        self.assertEqual(self.server.factory.open_sessions, 0)
        self.assertEqual(self.server.clock.getDelayedCalls(), [])


class FairnessTests(SynchronousTestCase):
    """Each line takes half a time slice, on a fake clock."""

    def setUp(self):
        self.server = ServerSide(self.slow_session)

    def slow_session(self):
        class Slow(OtherSession):
            def before(_, line):
                self.server.clock.rightNow += TIME_SLICE / 2

        return Slow()

    def test_busy_peer_is_answered_in_time_slices(self):
        self.assertEqual(self.server.receive(b"/date\n" * 5), [NOW, NOW])
        for so_far in (4, 5):
            self.assertEqual(self.server.transport.producerState, "paused")
            one_turn(self.server.clock)
            self.assertEqual(self.server.transport.lines(), [NOW] * so_far)
        self.assertEqual(self.server.transport.producerState, "producing")

    def test_busy_peers_take_turns(self):
        _, transport = connection = self.server.connect()
        for protocol in (self.server.protocol, connection[0]):
            protocol.dataReceived(b"/date\n" * 6)
        for so_far in (2, 4, 6):
            self.assertEqual(len(self.server.transport.lines()), so_far)
            self.assertEqual(len(transport.lines()), so_far)
            one_turn(self.server.clock)

    def test_simultaneous_peers_share_the_iteration_budget(self):
        connections = [self.server.connect() for _ in range(20)]
        for protocol, _ in connections:
            protocol.dataReceived(b"/date\n")
        answered = [len(transport.lines()) for _, transport in connections]
        first = round(ITERATION_BUDGET / (TIME_SLICE / 2))
        self.assertEqual(answered, [1] * first + [0] * (20 - first))
        for _ in range(20 // first):
            one_turn(self.server.clock)
        self.assertEqual([transport.lines() for _, transport in connections], [[NOW]] * 20)

    def test_input_while_queued_keeps_the_order(self):
        self.server.protocol.dataReceived(b"/date\n" * 3 + b"/name ")
        self.server.protocol.dataReceived(b"Alice\n")
        self.server.clock.advance(0)
        self.assertEqual(self.server.transport.lines(), [NOW, NOW, NOW, "Hello, Alice. You are connected."])

    def test_half_close_while_queued_waits_for_the_replies(self):
        self.server.protocol.dataReceived(b"/date\n" * 5 + b"/date")
        self.server.half_close()
        self.assertFalse(self.server.transport.disconnecting)
        self.server.clock.advance(0)
        self.assertEqual(self.server.transport.lines(), [NOW] * 6)
        self.assertTrue(self.server.transport.disconnecting)

    def test_queued_and_paused_connection_waits_for_both(self):
        self.server.protocol.dataReceived(b"/date\n" * 3)
        self.server.protocol.pauseProducing()
        one_turn(self.server.clock)
        self.assertEqual(self.server.transport.lines(), [NOW] * 2)
        self.server.protocol.resumeProducing()
        self.assertEqual(self.server.transport.lines(), [NOW] * 3)

    def test_resumed_connection_keeps_its_place_in_the_queue(self):
        self.server.protocol.dataReceived(b"/date\n" * 3)
        self.server.protocol.pauseProducing()
        self.server.protocol.resumeProducing()
        self.assertEqual(self.server.transport.lines(), [NOW] * 2)
        one_turn(self.server.clock)
        self.assertEqual(self.server.transport.lines(), [NOW] * 3)

    def test_farewell_at_the_end_of_a_time_slice_closes(self):
        self.assertEqual(self.server.receive(b"/date\n/quit\n/date\n"), [NOW, GOODBYE])
        one_turn(self.server.clock)
        self.assertEqual(self.server.transport.lines(), [NOW, GOODBYE])

    def test_connection_lost_while_queued_is_forgotten(self):
        self.server.protocol.dataReceived(b"/date\n" * 9)
        self.server.transport.finish()
        self.server.clock.advance(0)
        self.assertEqual(self.server.clock.getDelayedCalls(), [])
        self.assertEqual(self.server.transport.lines(), [NOW] * 2)


class GoodbyeTests(SynchronousTestCase):
    def setUp(self):
        self.server = ServerSide()

    def test_server_half_closes_and_waits_for_the_peer(self):
        self.server.receive(b"/quit\n")
        self.assertTrue(self.server.transport.half_closed)
        self.assertFalse(self.server.transport.disconnecting)
        self.server.protocol.writeConnectionLost()
        self.server.receive(b"x" * 100_000)
        self.server.half_close()
        self.assertTrue(self.server.transport.disconnecting)

    def test_server_closes_at_once_after_a_half_close(self):
        self.server.receive(b"/quit")
        self.server.half_close()
        self.assertEqual(self.server.transport.lines(), [GOODBYE])
        self.assertTrue(self.server.transport.disconnecting)

    def test_slow_reader_is_read_from_again_after_its_goodbye(self):
        self.server.protocol.pauseProducing()
        self.server.receive(b"/quit\n")
        self.server.protocol.resumeProducing()
        self.assertTrue(self.server.transport.half_closed)
        self.assertEqual(self.server.transport.producerState, "producing")

    def test_peer_that_does_not_close_is_closed_without_an_abort(self):
        self.server.receive(b"/quit\n")
        self.server.clock.advance(CLOSE_TIMEOUT)
        self.assertTrue(self.server.transport.disconnecting)
        self.assertFalse(self.server.transport.aborted)


class FailureTests(SynchronousTestCase):
    def setUp(self):
        self.observer = EventLoggingObserver.createWithCleanup(self, globalLogPublisher)

    def logged(self):
        return [formatEvent(event) for event in self.observer]

    def test_failure_is_reported_logged_once_and_closes_the_session(self):
        server = ServerSide(BrokenSession)
        replies = server.receive(b"/date\nbreak\n/date\n")
        self.assertEqual(len(replies), 2)
        self.assertTrue(replies[1].startswith("error: datechat failed on this line"))
        self.assertTrue(server.transport.half_closed)
        (line,) = self.logged()
        self.assertIn(
            "A session failed; closing the connection: RuntimeError: 'broken'; at protocol.py:", line
        )

    def test_other_sessions_go_on(self):
        server = ServerSide(BrokenSession)
        other, transport = server.connect()
        server.receive(b"break\n")
        other.dataReceived(b"/date\n")
        self.assertEqual(transport.lines(), [NOW])

    def test_unencodable_reply_is_a_failure(self):
        server = ServerSide(UnencodableSession)
        self.assertIn("datechat failed", server.receive(b"/json\n/date\n")[-1])
        self.assertIn("TypeError", self.logged()[0])

    def test_json_reply_has_the_error_code(self):
        server = ServerSide(BrokenSession)
        reply = server.receive(b"/json\nbreak\n")[-1]
        self.assertIn('"error": "internal", "closing": true', reply)
