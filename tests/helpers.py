"""What several test modules need: sessions with a clock of their own, options that are refused."""

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

# What ``twistd datechat`` does without options
DEFAULTS = Settings((), 50000, 100, "localhost", "au revoir")


def make_defaults(**changes):
    return Defaults(**{"now_ns": lambda: NOW_NS, "zone": PARIS, **changes})


def make_session(counts=None, **changes):
    defaults = make_defaults(**changes)
    return Session(defaults, counts or Counts(), ReplyCache(defaults.now_ns))


def temporary_folder(test):
    """A folder that is gone after the test; mktemp's stay in the current one."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)


def refusal(test, parse, *arguments):
    """What is said about options that are refused; they end the process with status 2."""
    test.patch(sys, "stderr", io.StringIO())
    test.assertEqual(test.assertRaises(SystemExit, parse, *arguments).code, 2)
    return sys.stderr.getvalue()


def one_turn(clock):
    """What is due now, as in one turn of the reactor; a Clock would go on with what that asks for at once."""
    for call in [call for call in clock.getDelayedCalls() if call.getTime() <= clock.seconds()]:
        clock.calls.remove(call)
        call.called = 1
        call.func(*call.args, **call.kw)
