import io
import signal
import sys

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.client import main, tap


class MainTests(SynchronousTestCase):
    """The command's exit status; tests/system runs the command itself."""

    def main(self, run, *arguments):
        async def fake_run(*_):
            return run()

        self.patch(main, "run", fake_run)
        self.patch(main, "discard_log", lambda: None)
        for module in (main, tap):
            self.patch(module, "standard_streams", lambda reactor: None)
        self.patch(sys, "argv", ["datechat", *arguments])
        self.patch(sys, "stderr", io.StringIO())
        self.patch(main, "react", self.react)
        self.patch(main, "stop_on_hangup", lambda reactor: None)
        return self.assertRaises(SystemExit, main.main).code

    signal = None

    def react(self, main):
        result = []
        reactor = MemoryReactorClock()
        reactor._exitSignal = self.signal
        running = Deferred.fromCoroutine(main(reactor))
        running.addBoth(result.append)
        raise SystemExit(0 if result == [None] else 1)

    def test_conversation_sets_the_status(self):
        for status in (0, 1, 3):
            self.assertEqual(self.main(lambda status=status: status), status)

    def test_usage_error_exits_with_status_2(self):
        self.assertEqual(self.main(lambda: 0, "--nonsense"), 2)
        self.assertIn("datechat: ", sys.stderr.getvalue())

    def test_unexpected_failure_exits_with_status_1(self):
        self.assertEqual(self.main(lambda: 1 // 0), 1)

    def test_signal_sets_the_status(self):
        def interrupted():
            raise CancelledError

        self.assertEqual(self.main(interrupted), 130)
        self.signal = signal.SIGTERM
        self.assertEqual(self.main(interrupted), 143)
