import subprocess
import sys

from twisted.internet.testing import MemoryReactor
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.cli import exit as process

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


SIGNALLED = """
import os, signal
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted_date.server.process import Process

process = Process(reactor)
hurried = Deferred()

def stop():
    {stop}
    print("stops")
    return hurried

def signals():
    os.kill(os.getpid(), signal.{first})
    {then}

reactor.addSystemEventTrigger("before", "shutdown", stop)
reactor.callWhenRunning(process.on_second_signal, lambda: hurried.called or hurried.callback(None))
reactor.callWhenRunning({start})
reactor.run()
print("hurried")
"""


class SignalTests(SynchronousTestCase):
    def run_script(self, **parts):
        script = SIGNALLED.format(**{"stop": "", "then": "", "first": "SIGTERM", "start": "signals", **parts})
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)

    def test_a_second_signal_hurries(self):
        for then in (
            "os.kill(os.getpid(), signal.SIGTERM)",
            "reactor.callLater(0.05, os.kill, os.getpid(), signal.SIGINT)",
        ):
            for first in ("SIGTERM", "SIGINT"):
                finished = self.run_script(first=first, then=then)
                self.assertEqual((finished.stdout, finished.stderr), ("stops\nhurried\n", ""))

    def test_one_after_a_stop_without_a_signal_hurries_too(self):
        finished = self.run_script(
            stop="process.stopping(); reactor.callLater(0, signals)", start="reactor.stop"
        )
        self.assertEqual((finished.stdout, finished.stderr), ("stops\nhurried\n", ""))


class MachineTests(SynchronousTestCase):
    """What is changed for the whole process, in one of its own."""

    def told(self, script):
        finished = subprocess.run(
            [sys.executable, "-c", "from twisted_date.server import process\n" + script],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(finished.stderr, "")
        return finished.stdout.split()

    def test_the_limit_of_open_files_is_raised(self):
        told = self.told(
            "import resource\n"
            "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (64, min(hard, 1000) if hard > 0 else 1000))\n"
            "print(process.raise_descriptor_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
        )
        self.assertEqual(len(set(told)), 1)
        self.assertGreater(int(told[0]), 64)

    def test_old_objects_are_left_alone_and_young_ones_are_not(self):
        told = self.told(
            "import gc\n"
            "process.disable_full_gc()\n"
            "print(gc.get_freeze_count() > 1000, gc.isenabled())\n"
            "class Node: alive = 0; __del__ = lambda self: setattr(Node, 'alive', Node.alive - 1)\n"
            "for _ in range(100_000):\n"
            "    Node.alive += 1; node = Node(); node.itself = node\n"
            "print(Node.alive < 10_000)"
        )
        self.assertEqual(told, ["True", "True", "True"])
