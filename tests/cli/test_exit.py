import subprocess
import sys

from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.cli import exit as cli_exit

SCRIPT = """
import sys
from twisted.internet import reactor
from twisted_date.cli.exit import stop_with_status

reactor.callWhenRunning(stop_with_status, reactor, {status})
reactor.addSystemEventTrigger("after", "shutdown", print, "shut down")
reactor.run()
sys.stdout.write("to the end")
"""


class StopWithStatusTests(SynchronousTestCase):
    def run_script(self, status):
        script = SCRIPT.format(status=status)
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)

    def test_process_shuts_down_and_exits_with_the_status(self):
        for status in (0, 1, 3):
            finished = self.run_script(status)
            self.assertEqual(finished.returncode, status)
            self.assertEqual(finished.stdout, "shut down\nto the end")
            self.assertEqual(finished.stderr, "")

    def test_unwritable_output_does_not_change_the_status(self):
        script = SCRIPT.format(status=3)
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                [sys.executable, "-c", script], stdout=full, stderr=subprocess.DEVNULL, timeout=60
            )
        self.assertEqual(finished.returncode, 3)

    def test_reactor_is_stopped(self):
        reactor = MemoryReactor()
        cli_exit.stop_with_status(reactor, 0)
        self.assertTrue(reactor.hasStopped)

    def test_reactor_that_is_already_stopping_is_left_alone(self):
        from twisted.internet.error import ReactorNotRunning

        class Stopping:
            def stop(self):
                raise ReactorNotRunning()

        cli_exit.stop_with_status(Stopping(), 0)

    def test_status_is_set_at_the_end_of_the_process(self):
        registered = []
        self.patch(cli_exit.atexit, "register", lambda *call: registered.append(call))
        exits = []
        self.patch(cli_exit.os, "_exit", exits.append)
        cli_exit.stop_with_status(MemoryReactor(), 3)
        self.assertEqual(exits, [])
        ((at_exit, *arguments),) = registered
        at_exit(*arguments)
        self.assertEqual(exits, [3])
