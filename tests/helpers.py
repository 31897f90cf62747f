"""Helpers of several test modules: sessions at a fixed time, refused options, a stepwise clock."""

import io
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from twisted_date.conversation.cache import ReplyCache
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.session import Session
from twisted_date.conversation.state import Defaults
from twisted_date.server.settings import Settings

# 2026-12-25 19:00:00.5 in Paris
NOW_NS = 1798221600_500_000_000
PARIS = ZoneInfo("Europe/Paris")
NOW = "2026-12-25T19:00:00+01:00"

# The settings of ``twistd datechat`` without options
DEFAULTS = Settings((), 50000, 100, "localhost", "au revoir")


def make_defaults(**changes):
    return Defaults(**{"now_ns": lambda: NOW_NS, "zone": PARIS, **changes})


def make_session(counts=None, **changes):
    defaults = make_defaults(**changes)
    return Session(defaults, counts or Counts(), ReplyCache(defaults.now_ns))


def answers(session, lines):
    """The encoded replies to lines, up to one that closes the connection."""
    replies = []
    for line in lines:
        if not session.ended:
            replies.append(session.answer(line))
    return replies


def temporary_folder(test):
    """A folder that is removed after the test; those of trial's mktemp stay in the working directory."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)


def refusal(test, parse, *arguments):
    """The message about refused options. They exit with status 2."""
    test.patch(sys, "stderr", io.StringIO())
    test.assertEqual(test.assertRaises(SystemExit, parse, *arguments).code, 2)
    return sys.stderr.getvalue()


def one_turn(clock):
    """Run the calls that are due now, as one iteration of the reactor does.

    ``Clock.advance`` would also run the calls that they schedule for now.
    """
    for call in [call for call in clock.getDelayedCalls() if call.getTime() <= clock.seconds()]:
        clock.calls.remove(call)
        call.called = 1
        call.func(*call.args, **call.kw)
