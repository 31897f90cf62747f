"""The installed commands as processes of their own, in a folder of their own."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PATIENCE = 30.0  # seconds; a start takes half a second on an idle machine


def command(name, *arguments):
    """The command line of an installed command."""
    return [str(BIN / name), *map(str, arguments)]


def run(*arguments, folder, stdin="", **more):
    """Run an installed command to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        **more,
    )


def wait_for(condition):
    """What a condition gives, once it gives something true."""
    deadline = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return result


class Server:
    """A server process and its log.

    :param runner: ``twistd -n`` or ``twist``, in words.
    """

    def __init__(self, runner, arguments, folder, bin_=BIN):
        self.log = folder / f"{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(bin_ / runner[0]), *runner[1:], "datechat", *map(str, arguments)],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def port(self):
        """The port that it says it listens on."""
        found = wait_for(lambda: re.search(r"listens on .*?:(\d+)[ .]", self.text()) or self.ended())
        assert found is not True, self.text()
        return int(found[1])

    def text(self):
        return self.log.read_text()

    def memory(self):
        """The memory that it holds, in KiB; Linux only."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def ended(self):
        return self.process.poll() is not None

    def stop(self, number=signal.SIGTERM):
        """Stop it, and give its exit status."""
        if not self.ended():
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def server(*arguments, folder, runner=("twistd", "-n"), **more):
    """A running server."""
    running = Server(runner, arguments, folder, **more)
    try:
        yield running
    finally:
        running.stop()


def ask(port, text, host="127.0.0.1"):
    """The lines that a server says to a text with the end of the stream behind it."""
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read().decode().splitlines()


@contextlib.contextmanager
def taken(*ports):
    """Ports that another program holds, on both loopback addresses."""
    with contextlib.ExitStack() as stack:
        for port in ports:
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                holder = stack.enter_context(socket.socket(family))
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                holder.bind((host, port))
                holder.listen()
        yield


def alive(pid):
    """Whether a process is still there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
