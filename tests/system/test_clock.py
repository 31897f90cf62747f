"""The server on a machine whose clock is stepped. Needs libfaketime."""

import contextlib
import re
import signal
import socket
import subprocess
import threading
import time
from shutil import which

import pytest

from tests.ports import free_block
from tests.system.processes import TIMEOUT, ask, server, wait_for

BASE = free_block()
HOUR = 3600

pytestmark = pytest.mark.skipif(which("faketime") is None, reason="faketime is not installed")


class SteppedClock:
    """A clock for a process, which differs from the machine's by an offset."""

    def __init__(self, path):
        self.path = path
        self.step(0)

    def step(self, seconds):
        """Set the offset from the machine's clock."""
        self.path.write_text(f"{seconds:+}\n")

    def environment(self):
        preload = subprocess.check_output(["faketime", "-f", "+0", "printenv", "LD_PRELOAD"], text=True)
        return {
            "LD_PRELOAD": preload.strip(),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as on real machines, a step does not change it
        }


class Pipeliner(threading.Thread):
    """A peer that always has a thousand lines under way, until it is stopped; counts their replies."""

    def __init__(self, port):
        super().__init__()
        self.replies = 0
        self.failure = None
        self._stopped = threading.Event()
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *raised):
        self._stopped.set()
        self.join()
        self._socket.close()

    def run(self):
        try:
            with self._socket.makefile("rb") as replies:
                while not self._stopped.is_set():
                    self._socket.sendall(b"/date\n" * 1000)
                    for _ in range(1000):
                        assert re.match(rb"\d{4}-", replies.readline())
                        self.replies += 1
        except Exception as failure:
            self.failure = failure


@pytest.fixture
def clock(tmp_path):
    return SteppedClock(tmp_path / "offset")


def stuck_peer(port, stack):
    """A peer that has sent requests until its buffer is full, and never reads."""
    peer = stack.enter_context(socket.create_connection(("127.0.0.1", port), TIMEOUT))
    peer.settimeout(0.5)
    with contextlib.suppress(TimeoutError):
        while True:
            peer.sendall(b"/help\n" * 10_000)


@pytest.mark.parametrize("runner", [("twistd", "-n"), ("twist",)])
@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_busy_server_goes_on_when_the_clock_is_stepped(tmp_path, clock, step, runner):
    options = ("--base-port", BASE, "--idle-timeout", 60)
    started = server(*options, folder=tmp_path, runner=runner, environment=clock.environment())
    with started as running, contextlib.ExitStack() as stack:
        port = running.port()
        year = re.match(r"\d{4}-\d\d-\d\dT\d\d", ask(port, "/date\n")[0])[0]
        peers = [stack.enter_context(Pipeliner(port)) for _ in range(3)]
        wait_for(lambda: all(peer.replies > 2000 for peer in peers))
        clock.step(step)
        before = [peer.replies for peer in peers]
        wait_for(lambda: all(peer.replies > old + 5000 for peer, old in zip(peers, before, strict=True)))
        assert not any(peer.failure for peer in peers)
        assert not ask(port, "/date\n")[0].startswith(year)  # the date follows the machine's clock
    assert "Traceback" not in running.log_text()


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_stop_ends_in_time_when_the_clock_is_stepped(tmp_path, clock, step):
    started = server("--base-port", BASE, "--drain", 2, folder=tmp_path, environment=clock.environment())
    with started as running, contextlib.ExitStack() as stack:
        stuck_peer(running.port(), stack)
        running.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "datechat is stopping" in running.log_text())
        since = time.monotonic()
        clock.step(step)
        assert running.process.wait(TIMEOUT) == -signal.SIGTERM
        assert 1 < time.monotonic() - since < 10  # the drain, on a busy machine
    assert "Traceback" not in running.log_text()


def test_two_signals_end_the_server_after_a_step_back(tmp_path, clock):
    started = server("--base-port", BASE, "--drain", HOUR, folder=tmp_path, environment=clock.environment())
    with started as running, contextlib.ExitStack() as stack:
        stuck_peer(running.port(), stack)
        clock.step(-HOUR)
        running.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "datechat is stopping" in running.log_text())
        assert running.stop(signal.SIGTERM) == -signal.SIGTERM
    assert "Traceback" not in running.log_text()
