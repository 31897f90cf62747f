from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, answers, make_defaults
from twisted_date.conversation.cache import MAX_LINE_LENGTH, MAX_REPLIES, ReplyCache
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.session import Session

SECOND = 1_000_000_000
LINES = [
    b"/date",
    b"/DATE ",
    b"/date Tokyo",
    b"/date 19:00 New York in Berlin",
    b"/date +%N",
    b"/date -Ins",
    b"/date -Iseconds",
    b"/date +1.5 seconds",
    b"/date +0.5 sec +%s",
    b"/date @1.5 +%N",
    b"/date next month +%A",
    b"/date +full",
    b"/until tomorrow",
    b"/until +1.5 seconds",
    b"/zone",
    b"/zone Tokyo",
    b"/zone Paris",
    b"/lang fr",
    b"/lang en",
    b"/json on",
    b"/json off",
    b"/name Alice",
    b"/name Bob",
    b"",
    b"/date Xyzzy",
    b"/health",
    b"/help date",
]


class ReplyCacheTests(SynchronousTestCase):
    def setUp(self):
        self.now = NOW_NS
        self.counts = Counts()
        self.cache = ReplyCache(self.clock)

    def clock(self):
        return self.now

    def session(self):
        return Session(make_defaults(now_ns=self.clock), self.counts, self.cache)

    def test_cleared_cache_is_empty_within_the_second(self):
        cache = ReplyCache(lambda: 7)
        cache.store(cache.replies("key"), b"/date", "/date", b"reply")
        self.assertEqual(cache.replies("key")[b"/date"], ("/date", b"reply"))
        cache.clear()
        self.assertEqual(cache.replies("key"), {})

    def test_repeated_line_gets_the_cached_reply(self):
        first, second = self.session(), self.session()
        (reply,) = answers(first, [b"/date Tokyo"])
        (repeated,) = answers(second, [b"/date Tokyo"])
        self.assertIs(reply, repeated)

    def test_cached_reply_is_bound_to_the_second_and_the_settings(self):
        (reply,) = answers(self.session(), [b"/date"])
        self.now += SECOND // 2 - 1
        self.assertEqual([reply], answers(self.session(), [b"/date"]))
        self.now += 1
        self.assertNotEqual([reply], answers(self.session(), [b"/date"]))
        self.now -= SECOND
        self.assertEqual([reply], answers(self.session(), [b"/date"]))
        self.assertNotEqual([reply], answers(self.session(), [b"/zone Tokyo", b"/date"])[1:])

    def test_cache_is_bounded(self):
        session = self.session()
        cached = self.cache.replies(session._state.cache_key)
        answers(session, (b"/date @%d" % number for number in range(2 * MAX_REPLIES)))
        self.assertEqual(len([line for line in cached if not line.endswith(b"\n")]), MAX_REPLIES)
        self.now += SECOND
        cached = self.cache.replies(session._state.cache_key)
        answers(session, [b"/date" + b" " * MAX_LINE_LENGTH, b"/date"])
        self.assertEqual(list(cached), [b"/date", b"/date\n", b"/date\r\n"])

    def test_known_reply_is_that_to_the_line_and_has_its_ending(self):
        session = self.session()
        self.assertIsNone(session.known_reply(b"/date\n"))
        reply = session.answer(b"/date")
        for line in (b"/date\n", b"/date\r\n"):
            self.assertEqual(self.session().known_reply(line), reply + b"\r\n")
        for beginning in (b"/date", b"/date\r"):
            self.assertIsNone(session.known_reply(beginning))
        self.now += SECOND
        self.assertIsNone(session.known_reply(b"/date\n"))

    def test_known_replies_are_those_to_every_line_or_none(self):
        session = self.session()
        self.assertIsNone(session.known_replies([b"/date"]))
        replies = answers(session, [b"/date", b"/date Tokyo"])
        self.assertEqual(session.known_replies([b"/date Tokyo", b"/date"]), replies[::-1])
        self.assertIsNone(session.known_replies([b"/date Tokyo", b"/name Ada"]))
        self.assertIsNone(session.known_replies([b"/date", b"/date\r"]))

    def test_known_lines_are_counted_once_they_are_answered(self):
        session = self.session()
        answers(session, [b"/date", b"/date Tokyo"])
        session.known_reply(b"/date\n")
        session.known_replies([b"/date", b"/date Tokyo"])
        session.known_replies([b"/date", b"nobody asked this"])
        self.assertEqual(self.counts.requests["/date"], 5)

    def test_peer_whose_line_was_known_is_no_browser(self):
        answers(self.session(), [b"/date"])
        for ask in (
            lambda session: session.known_reply(b"/date\n"),
            lambda session: session.known_replies([b"/date"]),
        ):
            session = self.session()
            ask(session)
            self.assertTrue(session.answer(b"GET / HTTP/1.1").startswith(b"You are connected."))

    def test_cached_replies_are_counted(self):
        answers(self.session(), [b"/date", b"/date", b"bonjour"])
        self.assertEqual(self.counts.requests["/date"], 2)
        self.assertEqual(self.counts.requests["message"], 1)

    def test_no_reply_follows_a_goodbye(self):
        session = self.session()
        self.assertEqual(len(answers(session, [b"/date", b"/quit", b"/date"])), 2)
        self.assertTrue(session.ended)

    @given(
        st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 2), st.integers(0, SECOND)), max_size=30)
    )
    def test_cached_conversations_equal_uncached_ones(self, requests):
        """Sessions with a shared cache reply as sessions with a cache of their own."""
        self.now = NOW_NS
        shared = [self.session() for _ in range(3)]
        alone = [
            Session(make_defaults(now_ns=self.clock), Counts(), ReplyCache(self.clock)) for _ in range(3)
        ]
        for line, index, pause in requests:
            self.now += pause
            (reply,) = answers(shared[index], [line])
            self.assertEqual(reply, alone[index].encode(alone[index].reply_to(line)), line)
