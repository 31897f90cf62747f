from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW_NS, make_defaults
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


class RecentTests(SynchronousTestCase):
    def setUp(self):
        self.now = NOW_NS
        self.counts = Counts()
        self.cache = ReplyCache(self.clock)

    def clock(self):
        return self.now

    def session(self):
        return Session(make_defaults(now_ns=self.clock), self.counts, self.cache)

    def test_what_is_asked_again_is_not_worked_out_again(self):
        first, second = self.session(), self.session()
        (told,) = first.replies([b"/date Tokyo"])
        (again,) = second.replies([b"/date Tokyo"])
        self.assertIs(told, again)

    def test_not_in_another_second_or_with_other_settings(self):
        (told,) = self.session().replies([b"/date"])
        self.now += SECOND // 2 - 1
        self.assertEqual([told], list(self.session().replies([b"/date"])))
        self.now += 1
        self.assertNotEqual([told], list(self.session().replies([b"/date"])))
        self.now -= SECOND
        self.assertEqual([told], list(self.session().replies([b"/date"])))
        self.assertNotEqual([told], list(self.session().replies([b"/zone Tokyo", b"/date"]))[1:])

    def test_what_is_remembered_is_bounded(self):
        session = self.session()
        known = self.cache.replies(session._state.cache_key)
        list(session.replies(b"/date @%d" % number for number in range(2 * MAX_REPLIES)))
        self.assertEqual(len(known), MAX_REPLIES)
        self.now += SECOND
        known = self.cache.replies(session._state.cache_key)
        list(session.replies([b"/date" + b" " * MAX_LINE_LENGTH, b"/date"]))
        self.assertEqual(list(known), [b"/date"])

    def test_they_are_counted_all_the_same(self):
        list(self.session().replies([b"/date", b"/date", b"bonjour"]))
        self.assertEqual(self.counts.requests["/date"], 2)
        self.assertEqual(self.counts.requests["message"], 1)

    def test_nothing_is_said_behind_a_goodbye(self):
        session = self.session()
        self.assertEqual(len(list(session.replies([b"/date", b"/quit", b"/date"]))), 2)
        self.assertTrue(session.ended)

    @given(
        st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 2), st.integers(0, SECOND)), max_size=30)
    )
    def test_nobody_notices(self, asked):
        """Conversations that share what they remember say what each would say alone."""
        self.now = NOW_NS
        together = [self.session() for _ in range(3)]
        alone = [
            Session(make_defaults(now_ns=self.clock), Counts(), ReplyCache(self.clock)) for _ in range(3)
        ]
        for line, who, later in asked:
            self.now += later
            (told,) = together[who].replies([line])
            self.assertEqual(told, alone[who].encode(alone[who].reply_to(line)), line)
