"""Runs the installed commands as processes, each in a working directory of its own."""

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
# The ways to start a client
CLIENTS = [("datechat",), ("python", "-m", "twisted_date"), ("twist", "datechat-client")]
RUNNERS = [("twistd", "-n"), ("twistd",), ("twist",)]  # the ways to start a server
TIMEOUT = 30.0  # seconds; a start takes half a second on an idle machine


def command(name, *arguments):
    """The command line of an installed command."""
    return [str(BIN / name), *map(str, arguments)]


def run(*arguments, folder, stdin="", **options):
    """Run an installed command until it exits.

    :param options: for :func:`subprocess.run`.
    :return: the :class:`subprocess.CompletedProcess`, with its output as text.
    """
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        **options,
    )


def wait_for(condition):
    """Poll a condition until its result is true, and return that result."""
    deadline = time.monotonic() + TIMEOUT
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return result


class Server:
    """A server process and its log.

    :param runner: the words of ``twistd -n``, ``twist`` or another command that runs a Twisted service.
    :param arguments: the options of ``datechat``.
    :param folder: the working directory.
    :param bin_: the directory of the commands.
    :param environment: variables to add to the environment.
    """

    def __init__(self, runner, arguments, folder, bin_=BIN, environment=()):
        self.log = folder / f"{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(bin_ / runner[0]), *runner[1:], "datechat", *map(str, arguments)],
                cwd=folder,
                env={**os.environ, **dict(environment)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def port(self):
        """Wait until the server listens, and return the port from its log."""
        match = wait_for(lambda: re.search(r"listens on .*?:(\d+)[ .]", self.log_text()) or self.has_exited())
        assert match is not True, self.log_text()
        return int(match[1])

    def log_text(self):
        return self.log.read_text()

    def memory(self):
        """The resident memory in KiB; Linux only."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def descriptors(self):
        """The number of files and sockets that the process has open; Linux only."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def has_exited(self):
        return self.process.poll() is not None

    def stop(self, signum=signal.SIGTERM):
        """Send a signal to the process unless it has exited, and return its exit status."""
        if not self.has_exited():
            self.process.send_signal(signum)
        return self.process.wait(TIMEOUT)


@contextlib.contextmanager
def server(*arguments, folder, runner=("twistd", "-n"), **options):
    """Run a :class:`Server` in the context, and stop it at the end.

    :param options: for :class:`Server`.
    """
    running = Server(runner, arguments, folder, **options)
    try:
        yield running
    finally:
        running.stop()


def ask(port, text, host="127.0.0.1"):
    """Send a text and the end of the stream to a server, and return the lines of its replies."""
    with socket.create_connection((host, int(port)), TIMEOUT) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read().decode().splitlines()


@contextlib.contextmanager
def occupied(*ports):
    """Listen on these ports of both loopback addresses in the context, as another program would."""
    with contextlib.ExitStack() as stack:
        for port in ports:
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                holder = stack.enter_context(socket.socket(family))
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                holder.bind((host, port))
                holder.listen()
        yield


def is_running(pid):
    """Whether a process of this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
