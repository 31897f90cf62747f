from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.network.lines import LineBuffer

LIMIT = 8
STREAMS = st.lists(st.sampled_from([b"a", b"bc", b"\r", b"\n", b"\r\n", b"x" * 7, b"y" * 20])).map(b"".join)


def lines_of(*pieces, limit=LIMIT):
    """The lines in a stream, and the one without an ending."""
    buffer = LineBuffer(limit)
    lines = []
    for piece in pieces:
        buffer.feed(piece)
        lines += buffer
    return lines, buffer.flush()


def reference(stream, limit=LIMIT):
    """The same, from the whole stream at once."""
    *lines, last = stream.split(b"\n")
    lines = [line.removesuffix(b"\r")[: limit + 1] for line in lines]
    if len(last.removesuffix(b"\r")) > limit:
        return [*lines, last[: limit + 1]], None
    return lines, last or None


class LineTests(SynchronousTestCase):
    def test_lf_and_crlf_end_a_line(self):
        self.assertEqual(lines_of(b"one\ntwo\r\n\n\r\n"), ([b"one", b"two", b"", b""], None))

    def test_a_lone_cr_does_not(self):
        self.assertEqual(lines_of(b"a\rb\r\r\n"), ([b"a\rb\r"], None))

    def test_pieces(self):
        self.assertEqual(lines_of(b"o", b"ne", b"\r", b"\nt", b"wo"), ([b"one"], b"two"))

    def test_the_longest_and_one_byte_more(self):
        for ending in (b"\n", b"\r\n"):
            self.assertEqual(lines_of(b"x" * 8 + ending), ([b"x" * 8], None))
            self.assertEqual(lines_of(b"x" * 9 + ending), ([b"x" * 9], None))
            self.assertEqual(lines_of(b"x" * 99 + ending + b"y\n"), ([b"x" * 9, b"y"], None))

    def test_one_that_is_too_long_is_told_as_soon_as_it_is_known(self):
        self.assertEqual(lines_of(b"x" * 9), ([b"x" * 9], None))
        self.assertEqual(lines_of(b"x" * 8 + b"\r"), ([], b"x" * 8 + b"\r"))
        self.assertEqual(lines_of(b"x" * 8 + b"\r", b"\r"), ([b"x" * 8 + b"\r"], None))
        self.assertEqual(lines_of(b"x" * 10, b"more", b"and\n", b"y\n"), ([b"x" * 9, b"y"], None))

    def test_nothing_of_it_is_kept(self):
        buffer = LineBuffer(LIMIT)
        for _ in range(1000):
            buffer.feed(b"x" * 1000)
            list(buffer)
            self.assertLessEqual(len(buffer._buffer), 1000)
        self.assertIsNone(buffer.flush())

    def test_what_was_given_is_kept_no_longer(self):
        buffer = LineBuffer(LIMIT)
        buffer.feed(b"a\n" * 1000 + b"rest")
        self.assertEqual(len(list(buffer)), 1000)
        self.assertEqual(buffer._buffer, b"rest")

    def test_what_was_not_given_can_be_forgotten(self):
        buffer = LineBuffer(LIMIT)
        buffer.feed(b"one\ntwo")
        buffer.clear()
        self.assertEqual(list(buffer), [])
        self.assertIsNone(buffer.flush())

    @given(STREAMS, st.data())
    def test_cutting_the_bytes_differently_changes_nothing(self, stream, data):
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
        pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        self.assertEqual(lines_of(*pieces), reference(stream))

    @given(st.binary(max_size=200))
    def test_any_bytes_a_byte_at_a_time(self, stream):
        pieces = [bytes([byte]) for byte in stream]
        self.assertEqual(lines_of(*pieces), reference(stream))
