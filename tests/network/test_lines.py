from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.lines import LineBuffer

LIMIT = 8
STREAMS = st.lists(st.sampled_from([b"a", b"bc", b"\r", b"\n", b"\r\n", b"x" * 7, b"y" * 20])).map(b"".join)


def lines_of(*pieces, limit=LIMIT):
    """Return the lines in a stream, and the last line if it has no ending."""
    buffer = LineBuffer(limit)
    lines = []
    for piece in pieces:
        buffer.feed(piece)
        lines += buffer
    return lines, buffer.flush()


def reference(stream, limit=LIMIT):
    """Return the same from the whole stream at once."""
    *lines, last = stream.split(b"\n")
    lines = [line.removesuffix(b"\r")[: limit + 1] for line in lines]
    if len(last.removesuffix(b"\r")) > limit:
        return [*lines, last[: limit + 1]], None
    return lines, last or None


class LineBufferTests(SynchronousTestCase):
    def test_lf_and_crlf_end_a_line(self):
        self.assertEqual(lines_of(b"one\ntwo\r\n\n\r\n"), ([b"one", b"two", b"", b""], None))

    def test_length_is_that_of_the_unread_bytes(self):
        buffer = LineBuffer(LIMIT)
        buffer.feed(b"one\ntwo\nthr")
        self.assertEqual(len(buffer), 11)
        next(iter(buffer))
        self.assertEqual(len(buffer), 7)
        list(buffer)
        self.assertEqual(len(buffer), 3)

    def test_lone_cr_does_not_end_a_line(self):
        self.assertEqual(lines_of(b"a\rb\r\r\n"), ([b"a\rb\r"], None))

    def test_lines_may_arrive_in_pieces(self):
        self.assertEqual(lines_of(b"o", b"ne", b"\r", b"\nt", b"wo"), ([b"one"], b"two"))

    def test_lines_are_cut_off_one_byte_past_the_limit(self):
        for ending in (b"\n", b"\r\n"):
            self.assertEqual(lines_of(b"x" * 8 + ending), ([b"x" * 8], None))
            self.assertEqual(lines_of(b"x" * 9 + ending), ([b"x" * 9], None))
            self.assertEqual(lines_of(b"x" * 99 + ending + b"y\n"), ([b"x" * 9, b"y"], None))

    def test_too_long_line_is_yielded_before_it_ends(self):
        self.assertEqual(lines_of(b"x" * 9), ([b"x" * 9], None))
        self.assertEqual(lines_of(b"x" * 8 + b"\r"), ([], b"x" * 8 + b"\r"))
        self.assertEqual(lines_of(b"x" * 8 + b"\r", b"\r"), ([b"x" * 8 + b"\r"], None))
        self.assertEqual(lines_of(b"x" * 10, b"more", b"and\n", b"y\n"), ([b"x" * 9, b"y"], None))

    def test_too_long_line_is_not_kept_in_memory(self):
        buffer = LineBuffer(LIMIT)
        for _ in range(1000):
            buffer.feed(b"x" * 1000)
            list(buffer)
            self.assertLessEqual(len(buffer._buffer), 1000)
        self.assertIsNone(buffer.flush())

    def test_lines_are_freed_when_read(self):
        buffer = LineBuffer(LIMIT)
        buffer.feed(b"a\n" * 1000 + b"rest")
        self.assertEqual(len(list(buffer)), 1000)
        self.assertEqual(buffer._buffer, b"rest")

    def test_clear_drops_unread_lines(self):
        buffer = LineBuffer(LIMIT)
        buffer.feed(b"one\ntwo")
        buffer.clear()
        self.assertEqual(list(buffer), [])
        self.assertIsNone(buffer.flush())

    @given(STREAMS, st.data())
    def test_lines_do_not_depend_on_how_bytes_arrive(self, stream, data):
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        self.assertEqual(lines_of(*pieces), reference(stream))

    @given(st.binary(max_size=200))
    def test_any_bytes_may_arrive_one_at_a_time(self, stream):
        pieces = [bytes([byte]) for byte in stream]
        self.assertEqual(lines_of(*pieces), reference(stream))
