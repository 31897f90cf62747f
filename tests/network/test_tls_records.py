from hypothesis import given, strategies as st
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.scheduler import ITERATION_BUDGET, TIME_SLICE, Scheduler
from twisted_date.network.tls_records import MAX_BODY, TLSRecordGate


class Above(Protocol):
    def __init__(self):
        self.received = []
        self.lost = False

    def dataReceived(self, data):
        self.received.append(data)

    def connectionLost(self, reason=None):
        self.lost = True


class Socket:
    disconnecting = False

    def __init__(self, above):
        self.protocol = above
        self.reading = True

    def pauseProducing(self):
        self.reading = False

    def resumeProducing(self):
        self.reading = True


def record(data, kind=23):
    return bytes([kind, 3, 3]) + len(data).to_bytes(2, "big") + data


class GateTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.above = Above()
        self.socket = Socket(self.above)
        self.gate = TLSRecordGate(self.socket, Scheduler(self.clock))

    @given(st.lists(st.binary(max_size=40)), st.data())
    def test_records_come_one_by_one_however_they_are_cut(self, contents, data):
        above, clock = Above(), Clock()
        gate = TLSRecordGate(Socket(above), Scheduler(clock))
        records = [record(content) for content in contents]
        stream = b"".join(records)
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            gate.dataReceived(stream[begin:end])
        self.assertEqual(above.received, records)

    def test_what_is_held_comes_later(self):
        self.gate.pause()
        self.gate.dataReceived(record(b"a") + record(b"b"))
        self.assertEqual(self.above.received, [])
        self.gate.resume()
        self.assertEqual(self.above.received, [record(b"a"), record(b"b")])

    def test_one_record_can_hold_back_the_next(self):
        self.above.dataReceived = lambda data: (self.above.received.append(data), self.gate.pause())
        self.gate.dataReceived(record(b"a") + record(b"", 21))
        self.assertEqual(self.above.received, [record(b"a")])
        self.gate.resume()
        self.assertEqual(self.above.received, [record(b"a"), record(b"", 21)])

    def test_what_is_no_tls_is_left_to_those_who_know(self):
        for data in (b"/date\n", bytes([23, 3, 3]) + (MAX_BODY + 1).to_bytes(2, "big") + b"x"):
            self.gate.dataReceived(data)
            self.assertEqual(self.above.received.pop(), data)

    def test_nothing_comes_after_the_end(self):
        self.gate.pause()
        self.gate.dataReceived(record(b"a"))
        self.gate.connectionLost()
        self.assertTrue(self.above.lost)
        self.assertEqual(self.above.received, [])

    def test_records_that_cost_time_come_in_slices(self):
        def slow(data):
            self.above.received.append(data)
            self.clock.rightNow += TIME_SLICE / 2

        self.above.dataReceived = slow
        records = [record(b"%d" % number) for number in range(5)]
        self.gate.dataReceived(b"".join(records))
        for so_far in (2, 4):
            self.assertEqual(self.above.received, records[:so_far])
            self.assertFalse(self.socket.reading)
            self.assertTrue(self.gate.is_queued)
            one_turn(self.clock)
        self.assertEqual(self.above.received, records)
        self.assertTrue(self.socket.reading)
        self.assertFalse(self.gate.is_queued)

    def test_what_is_held_meanwhile_waits_for_both(self):
        def slow(data):
            self.above.received.append(data)
            self.clock.rightNow += TIME_SLICE
            self.gate.pause()

        self.above.dataReceived = slow
        self.gate.dataReceived(record(b"a") + record(b"b"))
        one_turn(self.clock)
        self.assertEqual(self.above.received, [record(b"a")])
        self.gate.resume()
        self.assertEqual(self.above.received, [record(b"a"), record(b"b")])

    def test_nothing_is_passed_to_what_has_failed(self):
        def fail(data):
            self.above.received.append(data)
            self.socket.disconnecting = True

        self.above.dataReceived = fail
        self.gate.dataReceived(record(b"") * 1000)
        self.assertEqual(len(self.above.received), 1)

    def test_when_the_time_of_all_is_used_up_it_waits(self):
        scheduler = Scheduler(self.clock)
        gate = TLSRecordGate(self.socket, scheduler)
        scheduler.charge(ITERATION_BUDGET)
        gate.dataReceived(record(b"a"))
        self.assertEqual(self.above.received, [])
        one_turn(self.clock)
        self.assertEqual(self.above.received, [record(b"a")])
