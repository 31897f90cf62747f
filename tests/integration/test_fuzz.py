"""Any bytes, in any pieces, get exactly one reply per line."""

import json
import re

from hypothesis import given, settings, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.fakes import ServerSide
from twisted_date.conversation.replies import MAX_REPLY
from twisted_date.network.telnet import SPECIAL

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

WORDS = """
/date /until /zone /zones /lang /name /json /help /health /version on off fr de ja in to at à now tomorrow
19:00 2026-12-25 @0 +1 -2 days next last monday Tokyo New York paris IST UTC+2 -u -R -Iseconds +%c
+%9999999N '+%A %d' " \x1b[31m \u202e \x00 % { } {0} é 日本 😀 au_revoir
"""

lines = st.one_of(
    st.lists(st.sampled_from(WORDS.split()), max_size=12).map(lambda words: " ".join(words).encode()),
    st.binary(max_size=60),
    st.integers(1000, 3000).map(lambda size: b"x" * size),
).map(lambda line: line.replace(b"\n", b""))


@st.composite
def streams(draw):
    """A number of lines, and their bytes with endings, cut into pieces."""
    chosen = draw(st.lists(lines, max_size=8))
    stream = b"".join(line + draw(st.sampled_from([b"\n", b"\r\n"])) for line in chosen)
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    return len(chosen), pieces


class FuzzTests(SynchronousTestCase):
    @given(streams(), st.booleans())
    @settings(deadline=None)
    def test_each_line_gets_one_reply(self, stream, in_json):
        count, pieces = stream
        server = ServerSide()
        if in_json:
            server.receive(b"/json\n")
        replies = [reply for piece in pieces for reply in server.receive(piece)]
        self.assertEqual(len(replies), count)
        for reply in replies:
            self.assertLessEqual(len(reply.encode()), MAX_REPLY)
            self.assertIsNone(CONTROL.search(reply))
            if reply.startswith("{"):
                fields = json.loads(reply)
                self.assertEqual(fields["ok"], "error" not in fields)
        self.assertEqual(self.flushLoggedErrors(), [])

    @given(st.binary(max_size=400), st.booleans())
    @settings(deadline=None)
    def test_arbitrary_bytes_do_not_end_the_session(self, data, half_closes):
        server = ServerSide()
        server.protocol.dataReceived(data)
        if half_closes:
            server.half_close()
        if SPECIAL.search(data) is None:  # telnet's commands are no text, and end lines otherwise
            lines = data.count(b"\n") + (half_closes and not data.endswith(b"\n") and bool(data))
            self.assertEqual(len(server.transport.lines()), lines)
        self.assertFalse(server.transport.aborted)
