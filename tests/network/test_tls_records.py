from hypothesis import given, strategies as st
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import one_turn
from twisted_date.network.scheduler import ITERATION_BUDGET, TIME_SLICE, Scheduler
from twisted_date.network.tls_records import MAX_BODY, TLSRecordGate


class FakeTLSLayer(Protocol):
    def __init__(self):
        self.received = []
        self.lost = False

    def dataReceived(self, data):
        self.received.append(data)

    def connectionLost(self, reason=None):
        self.lost = True


class FakeSocket:
    disconnecting = False

    def __init__(self, tls_layer):
        self.protocol = tls_layer
        self.reading = True

    def pauseProducing(self):
        self.reading = False

    def resumeProducing(self):
        self.reading = True


def record(data, kind=23):
    return bytes([kind, 3, 3]) + len(data).to_bytes(2, "big") + data


class TLSRecordGateTests(SynchronousTestCase):
    def setUp(self):
        self.clock = Clock()
        self.tls_layer = FakeTLSLayer()
        self.socket = FakeSocket(self.tls_layer)
        self.gate = TLSRecordGate(self.socket, Scheduler(self.clock))

    @given(st.lists(st.binary(max_size=40)), st.data())
    def test_records_are_passed_on_one_by_one_however_they_arrive(self, contents, data):
        tls_layer, clock = FakeTLSLayer(), Clock()
        gate = TLSRecordGate(FakeSocket(tls_layer), Scheduler(clock))
        records = [record(content) for content in contents]
        stream = b"".join(records)
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            gate.dataReceived(stream[start:end])
        self.assertEqual(tls_layer.received, records)

    def test_paused_records_are_passed_on_later(self):
        self.gate.pause()
        self.gate.dataReceived(record(b"a") + record(b"b"))
        self.assertEqual(self.tls_layer.received, [])
        self.gate.resume()
        self.assertEqual(self.tls_layer.received, [record(b"a"), record(b"b")])

    def test_record_can_pause_the_gate_before_the_next(self):
        self.tls_layer.dataReceived = lambda data: (self.tls_layer.received.append(data), self.gate.pause())
        self.gate.dataReceived(record(b"a") + record(b"", 21))
        self.assertEqual(self.tls_layer.received, [record(b"a")])
        self.gate.resume()
        self.assertEqual(self.tls_layer.received, [record(b"a"), record(b"", 21)])

    def test_data_other_than_tls_is_passed_on_unchanged(self):
        for data in (b"/date\n", bytes([23, 3, 3]) + (MAX_BODY + 1).to_bytes(2, "big") + b"x"):
            self.gate.dataReceived(data)
            self.assertEqual(self.tls_layer.received.pop(), data)

    def test_paused_records_are_dropped_when_the_connection_is_lost(self):
        self.gate.pause()
        self.gate.dataReceived(record(b"a"))
        self.gate.connectionLost()
        self.assertTrue(self.tls_layer.lost)
        self.assertEqual(self.tls_layer.received, [])

    def test_slow_records_are_passed_on_in_time_slices(self):
        def slow(data):
            self.tls_layer.received.append(data)
            self.clock.rightNow += TIME_SLICE / 2

        self.tls_layer.dataReceived = slow
        records = [record(b"%d" % number) for number in range(5)]
        self.gate.dataReceived(b"".join(records))
        for so_far in (2, 4):
            self.assertEqual(self.tls_layer.received, records[:so_far])
            self.assertFalse(self.socket.reading)
            self.assertTrue(self.gate.is_queued)
            one_turn(self.clock)
        self.assertEqual(self.tls_layer.received, records)
        self.assertTrue(self.socket.reading)
        self.assertFalse(self.gate.is_queued)

    def test_queued_and_paused_records_wait_for_both(self):
        def slow(data):
            self.tls_layer.received.append(data)
            self.clock.rightNow += TIME_SLICE
            self.gate.pause()

        self.tls_layer.dataReceived = slow
        self.gate.dataReceived(record(b"a") + record(b"b"))
        one_turn(self.clock)
        self.assertEqual(self.tls_layer.received, [record(b"a")])
        self.gate.resume()
        self.assertEqual(self.tls_layer.received, [record(b"a"), record(b"b")])

    def test_failed_connection_gets_no_more_records(self):
        def fail(data):
            self.tls_layer.received.append(data)
            self.socket.disconnecting = True

        self.tls_layer.dataReceived = fail
        self.gate.dataReceived(record(b"") * 1000)
        self.assertEqual(len(self.tls_layer.received), 1)

    def test_records_wait_while_the_budget_is_exhausted(self):
        scheduler = Scheduler(self.clock)
        gate = TLSRecordGate(self.socket, scheduler)
        scheduler.charge(ITERATION_BUDGET)
        gate.dataReceived(record(b"a"))
        self.assertEqual(self.tls_layer.received, [])
        one_turn(self.clock)
        self.assertEqual(self.tls_layer.received, [record(b"a")])
