from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import make_session
from twisted_date.conversation import errors
from twisted_date.conversation.commands import COMMANDS
from twisted_date.conversation.counts import MESSAGE, Counts
from twisted_date.conversation.errors import ErrorKind


class CountsTests(SynchronousTestCase):
    def setUp(self):
        self.counts = Counts()
        self.session = make_session(self.counts)

    def ngettext(self, *lines):
        for line in lines:
            self.session.encode(self.session.reply_to(line))
        told = {**self.counts.requests, **self.counts.errors}
        return {key: number for key, number in told.items() if number}

    def test_all_that_can_be_counted_is_there_from_the_beginning(self):
        self.assertEqual(self.counts.requests, dict.fromkeys([*COMMANDS, MESSAGE], 0))
        self.assertEqual(self.counts.errors, dict.fromkeys((kind.code for kind in errors.all_codes()), 0))

    def test_requests_by_command(self):
        told = self.ngettext(b"/date", b"/DATE Tokyo", b"/json", b"", b"bonjour", b"Au revoir!")
        self.assertEqual(told, {"/date": 2, "/json": 1, MESSAGE: 2, "/quit": 1})

    def test_errors_by_code(self):
        told = self.ngettext(b"/xyzzy", b"\xff", b"x" * 1025, b"/zone Xyzzy", b"/name")
        self.assertEqual(
            told,
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

    def test_the_reason_for_an_end(self):
        self.session.closing_error(ErrorKind.IDLE, seconds=600)
        self.assertEqual(self.ngettext(), {"idle": 1})

    def test_conversations_count_together(self):
        make_session(self.counts).reply_to(b"/date")
        self.assertEqual(self.ngettext(b"/date"), {"/date": 2})
