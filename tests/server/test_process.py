import subprocess
import sys
from types import SimpleNamespace

from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.server.process import TRIM_STEP, HostProcess, MemoryTrimmer, trim_memory

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

    def test_second_signal_hurries(self):
        for then in (
            "os.kill(os.getpid(), signal.SIGTERM)",
            "reactor.callLater(0.05, os.kill, os.getpid(), signal.SIGINT)",
        ):
            for first in ("SIGTERM", "SIGINT"):
                finished = self.run_script(first=first, then=then)
                self.assertEqual((finished.stdout, finished.stderr), ("stops\nhurried\n", ""))

    def test_first_signal_hurries_when_already_stopping(self):
        finished = self.run_script(
            stop="process.stopping(); reactor.callLater(0, signals)", start="reactor.stop"
        )
        self.assertEqual((finished.stdout, finished.stderr), ("stops\nhurried\n", ""))


class MachineTests(SynchronousTestCase):
    """Changes to the whole process, tested in a separate one."""

    def output(self, script):
        finished = subprocess.run(
            [sys.executable, "-c", "from twisted_date.server import process\n" + script],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(finished.stderr, "")
        return finished.stdout.split()

    def test_descriptor_limit_is_raised(self):
        output = self.output(
            "import resource\n"
            "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (64, min(hard, 1000) if hard > 0 else 1000))\n"
            "print(process.raise_descriptor_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
        )
        self.assertEqual(len(set(output)), 1)
        self.assertGreater(int(output[0]), 64)

    def test_old_objects_are_frozen_and_young_ones_collected(self):
        output = self.output(
            "import gc\n"
            "process.disable_full_gc()\n"
            "print(gc.get_freeze_count() > 1000, gc.isenabled())\n"
            "class Node: alive = 0; __del__ = lambda self: setattr(Node, 'alive', Node.alive - 1)\n"
            "for _ in range(100_000):\n"
            "    Node.alive += 1; node = Node(); node.itself = node\n"
            "print(Node.alive < 10_000)"
        )
        self.assertEqual(output, ["True", "True", "True"])


class HostProcessTests(SynchronousTestCase):
    def test_late_failure_is_logged_and_nothing_else_happens(self):
        stopped = []
        host = HostProcess(SimpleNamespace(stop=lambda: stopped.append(True)))
        with capturedLogs() as logs:
            host.fail("the port is gone")
        self.assertEqual(formatEvent(logs[0]), "datechat cannot serve: the port is gone")
        self.assertEqual(stopped, [])


class MemoryTrimmerTests(SynchronousTestCase):
    def setUp(self):
        self.trims = []
        self.trimmer = MemoryTrimmer(lambda: self.trims.append(self.left))

    def end_sessions(self, *left):
        for self.left in left:
            self.trimmer.session_ended(self.left)

    def test_memory_is_trimmed_at_each_step_down(self):
        self.end_sessions(*range(3 * TRIM_STEP, -1, -1))
        self.assertEqual(self.trims, [2 * TRIM_STEP + 1, TRIM_STEP + 1, 1])

    def test_sessions_that_come_and_go_do_not_trim(self):
        self.end_sessions(*[5, 4, 6] * TRIM_STEP)
        self.assertEqual(self.trims, [])
        self.end_sessions(2 * TRIM_STEP, TRIM_STEP)
        self.end_sessions(2 * TRIM_STEP, TRIM_STEP)
        self.assertEqual(self.trims, [TRIM_STEP, TRIM_STEP])

    def test_memory_is_trimmed_without_an_error_wherever_the_tests_run(self):
        trim_memory()
