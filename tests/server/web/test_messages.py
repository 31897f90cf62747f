import struct

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, frames
from twisted_date.server.web.messages import PIECE, MessageBuffer

LIMIT = 8


def lines_of(*pieces, limit=LIMIT):
    """The lines in a stream, and what the buffer has to say beside replies."""
    buffer = MessageBuffer(limit)
    lines = []
    for piece in pieces:
        buffer.feed(piece)
        lines += drain(buffer)
    return lines, buffer


def drain(buffer):
    """All lines of a buffer, which may take several turns."""
    lines = list(buffer)
    while len(buffer) and buffer.peer_code is None:
        lines += buffer
    return lines


class MessageTests(SynchronousTestCase):
    def test_message_is_a_line(self):
        self.assertEqual(
            lines_of(frame(b"one") + frame(b"") + frame("é".encode()))[0], [b"one", b"", "é".encode()]
        )

    def test_binary_message_is_a_line_of_any_bytes(self):
        self.assertEqual(lines_of(frame(b"\xff\x00", BINARY))[0], [b"\xff\x00"])

    def test_line_ending_at_the_end_is_no_part_of_it(self):
        for ending in (b"\n", b"\r\n"):
            self.assertEqual(lines_of(frame(b"one" + ending))[0], [b"one"])
            self.assertEqual(lines_of(frame(b"x" * LIMIT + ending))[0], [b"x" * LIMIT])
        self.assertEqual(lines_of(frame(b"a\nb"))[0], [b"a\nb"])

    def test_message_may_come_in_fragments_with_pings_between(self):
        stream = (
            frame(b"on", fin=False)
            + frame(b"?", PING)
            + frame(b"", CONTINUATION, fin=False)
            + frame(b"e", CONTINUATION)
        )
        lines, buffer = lines_of(stream)
        self.assertEqual(lines, [b"one"])
        self.assertEqual(frames(buffer.frame([b"two"])), [(PONG, b"?"), (TEXT, b"two")])

    def test_long_message_is_cut_off_one_byte_past_the_limit_and_skipped(self):
        for size in (LIMIT + 1, LIMIT + 2, LIMIT + 3, 100, 70_000):
            self.assertEqual(lines_of(frame(b"x" * size) + frame(b"y"))[0], [b"x" * (LIMIT + 1), b"y"])

    def test_long_message_is_known_before_its_end(self):
        self.assertEqual(lines_of(frame(b"x" * 100, fin=False))[0], [b"x" * (LIMIT + 1)])

    def test_endless_message_is_not_collected(self):
        lines, buffer = lines_of(
            frame(b"x" * 100, fin=False), *[frame(b"x" * 1000, CONTINUATION, fin=False)] * 100
        )
        self.assertEqual(lines, [b"x" * (LIMIT + 1)])
        self.assertEqual(len(buffer), 0)
        buffer.feed(frame(b"x", CONTINUATION) + frame(b"next"))
        self.assertEqual(drain(buffer), [b"next"])

    @given(st.lists(st.binary(max_size=12)), st.lists(st.integers(1, 40), min_size=1))
    def test_lines_do_not_depend_on_how_the_bytes_arrive(self, messages, sizes):
        stream = b"".join(frame(message, BINARY) for message in messages)
        pieces = []
        for size in sizes * len(stream):
            if stream:
                pieces.append(stream[:size])
                stream = stream[size:]
        expected = [m.removesuffix(b"\n").removesuffix(b"\r")[: LIMIT + 1] for m in messages]
        self.assertEqual(lines_of(*pieces)[0], expected)


class TurnTests(SynchronousTestCase):
    def test_piece_without_a_line_ends_the_turn(self):
        buffer = MessageBuffer(LIMIT)
        buffer.feed(frame(b"", PING) * 1000 + frame(b"one"))
        self.assertEqual(list(buffer), [])
        self.assertGreater(len(buffer), 5000)
        self.assertLessEqual(len(frames(buffer.frame([]))), PIECE // 6 + 1)
        self.assertEqual(drain(buffer), [b"one"])

    def test_interrupted_turn_is_continued(self):
        buffer = MessageBuffer(LIMIT)
        buffer.feed(frame(b"one") + frame(b"two") + frame(b"three"))
        self.assertEqual(next(iter(buffer)), b"one")
        self.assertEqual(drain(buffer), [b"two", b"three"])


class CloseTests(SynchronousTestCase):
    def test_peer_closes_with_its_code_after_its_lines(self):
        lines, buffer = lines_of(frame(b"one") + frame(struct.pack("!H", 1001), CLOSE) + frame(b"two"))
        self.assertEqual((lines, buffer.peer_code), ([b"one"], 1001))
        self.assertEqual(frames(buffer.close(buffer.peer_code)), [(CLOSE, struct.pack("!H", 1001))])

    def test_close_without_a_code_is_answered_without_one(self):
        _, buffer = lines_of(frame(b"", CLOSE))
        self.assertEqual(frames(buffer.close(buffer.peer_code)), [(CLOSE, b"")])

    def test_peer_that_breaks_the_rules_is_told_which(self):
        for stream, code in (
            (frame(b"", masked=False), 1002),
            (frame(b"", 3), 1002),
            (frame(b"", CONTINUATION), 1002),
            (frame(b"x" * 126, PING), 1002),
            (frame(b"\xff"), 1007),
            (frame(b"x", CLOSE), 1002),
        ):
            lines, buffer = lines_of(frame(b"one") + stream)
            self.assertEqual((lines, buffer.peer_code), ([b"one"], code))

    def test_incomplete_message_at_the_end_is_none(self):
        _, buffer = lines_of(frame(b"on", fin=False))
        self.assertIsNone(buffer.flush())
        buffer.clear()
        self.assertEqual(len(buffer), 0)

    @given(st.binary())
    def test_any_bytes_are_read(self, data):
        lines_of(data)
