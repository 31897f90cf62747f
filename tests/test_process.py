import subprocess
import sys

from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase

from twisted_date import process

SCRIPT = """
import sys
from twisted.internet import reactor
from twisted_date.process import stop_with_status

reactor.callWhenRunning(stop_with_status, reactor, {status})
reactor.addSystemEventTrigger("after", "shutdown", print, "shut down")
reactor.run()
sys.stdout.write("to the end")
"""


class StopWithStatusTests(SynchronousTestCase):
    def run_script(self, status):
        script = SCRIPT.format(status=status)
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)

    def test_the_process_ends_in_order_with_the_status(self):
        for status in (0, 1, 3):
            finished = self.run_script(status)
            self.assertEqual(finished.returncode, status)
            self.assertEqual(finished.stdout, "shut down\nto the end")
            self.assertEqual(finished.stderr, "")

    def test_output_that_cannot_be_written_does_not_change_the_status(self):
        script = SCRIPT.format(status=3)
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                [sys.executable, "-c", script], stdout=full, stderr=subprocess.DEVNULL, timeout=60
            )
        self.assertEqual(finished.returncode, 3)

    def test_the_reactor_stops(self):
        reactor = MemoryReactor()
        process.stop_with_status(reactor, 0)
        self.assertTrue(reactor.hasStopped)

    def test_one_that_is_stopping_already_goes_on_stopping(self):
        from twisted.internet.error import ReactorNotRunning

        class Stopping:
            def stop(self):
                raise ReactorNotRunning()

        process.stop_with_status(Stopping(), 0)

    def test_the_status_waits_for_the_end_of_the_process(self):
        registered = []
        self.patch(process.atexit, "register", lambda *call: registered.append(call))
        exits = []
        self.patch(process.os, "_exit", exits.append)
        process.stop_with_status(MemoryReactor(), 3)
        self.assertEqual(exits, [])
        ((last, *arguments),) = registered
        last(*arguments)
        self.assertEqual(exits, [3])
