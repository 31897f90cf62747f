from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import make_session
from twisted_date.conversation import errors
from twisted_date.conversation.commands import COMMANDS
from twisted_date.conversation.counts import OTHER, Counts
from twisted_date.conversation.errors import ErrorKind


class CountsTests(SynchronousTestCase):
    def setUp(self):
        self.counts = Counts()
        self.session = make_session(self.counts)

    def counted(self, *lines):
        """Send these lines, and return the counters that are not zero."""
        for line in lines:
            self.session.encode(self.session.reply_to(line))
        counters = {**self.counts.requests, **self.counts.errors}
        return {key: number for key, number in counters.items() if number}

    def test_every_counter_exists_from_the_start(self):
        self.assertEqual(self.counts.requests, dict.fromkeys([*COMMANDS, OTHER], 0))
        self.assertEqual(self.counts.errors, dict.fromkeys((kind.code for kind in errors.all_codes()), 0))

    def test_requests_are_counted_by_command(self):
        counted = self.counted(b"/date", b"/DATE Tokyo", b"/json", b"", b"bonjour", b"Au revoir!")
        self.assertEqual(counted, {"/date": 2, "/json": 1, OTHER: 2, "/quit": 1})

    def test_errors_are_counted_by_code(self):
        counted = self.counted(b"/xyzzy", b"\xff", b"x" * 1025, b"/zone Xyzzy", b"/name")
        self.assertEqual(
            counted,
            {
                "unknown-command": 1,
                "not-utf8": 1,
                "line-too-long": 1,
                "unknown-place": 1,
                "missing-name": 1,
                "/zone": 1,
                "/name": 1,
            },
        )

    def test_closing_errors_are_counted(self):
        self.session.closing_error(ErrorKind.IDLE, seconds=600)
        self.assertEqual(self.counted(), {"idle": 1})

    def test_sessions_share_the_counters(self):
        make_session(self.counts).reply_to(b"/date")
        self.assertEqual(self.counted(b"/date"), {"/date": 2})
