from hypothesis import given, strategies as st
from twisted.internet.protocol import Protocol
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.records import MOST, RecordGate


class Above(Protocol):
    def __init__(self):
        self.received = []
        self.lost = False

    def dataReceived(self, data):
        self.received.append(data)

    def connectionLost(self, reason=None):
        self.lost = True


def record(data, kind=23):
    return bytes([kind, 3, 3]) + len(data).to_bytes(2, "big") + data


class GateTests(SynchronousTestCase):
    def setUp(self):
        self.above = Above()
        self.gate = RecordGate(self.above)

    @given(st.lists(st.binary(max_size=40)), st.data())
    def test_records_come_one_by_one_however_they_are_cut(self, contents, data):
        above = Above()
        gate = RecordGate(above)
        records = [record(content) for content in contents]
        stream = b"".join(records)
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            gate.dataReceived(stream[begin:end])
        self.assertEqual(above.received, records)

    def test_what_is_held_comes_later(self):
        self.gate.hold()
        self.gate.dataReceived(record(b"a") + record(b"b"))
        self.assertEqual(self.above.received, [])
        self.gate.release()
        self.assertEqual(self.above.received, [record(b"a"), record(b"b")])

    def test_one_record_can_hold_back_the_next(self):
        self.above.dataReceived = lambda data: (self.above.received.append(data), self.gate.hold())
        self.gate.dataReceived(record(b"a") + record(b"", 21))
        self.assertEqual(self.above.received, [record(b"a")])
        self.gate.release()
        self.assertEqual(self.above.received, [record(b"a"), record(b"", 21)])

    def test_what_is_no_tls_is_left_to_those_who_know(self):
        for data in (b"/date\n", bytes([23, 3, 3]) + (MOST + 1).to_bytes(2, "big") + b"x"):
            self.gate.dataReceived(data)
            self.assertEqual(self.above.received.pop(), data)

    def test_nothing_comes_after_the_end(self):
        self.gate.hold()
        self.gate.dataReceived(record(b"a"))
        self.gate.connectionLost()
        self.assertTrue(self.above.lost)
        self.assertEqual(self.above.received, [])
