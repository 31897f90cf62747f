"""What is compared, and how each is started: on a port of loopback, alone on the first processor."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
PATIENCE = 20.0  # seconds for a server to start
SETTLING = 1.0  # seconds in which datechat loads what it did not need to start
SESSION = ("/name Alice\n", "/date\n", "au revoir\n")


@dataclass(frozen=True)
class System:
    """A server and a request.

    :param name: as the table has it.
    :param command: with ``{port}`` where that stands.
    :param request: a line that is asked again and again.
    :param lines: of each reply.
    :param first: asked once on each connection, before.
    :param session: whether it can hold conversations.
    :param needs: a command or a module that may be missing.
    """

    name: str
    command: tuple[str, ...]
    request: str = "/date\n"
    lines: int = 1
    first: str = ""
    session: bool = False
    needs: str = ""

    @property
    def missing(self) -> bool:
        """Whether it cannot run on this machine."""
        return bool(self.needs) and shutil.which(self.needs) is None and not _importable(self.needs)


def _importable(module: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


DATECHAT = (str(BIN / "twistd"), "-n", "datechat", "--base-port", "{port}", "--port-tries", "1")
METRICS = ("--metrics", "tcp:{metrics}:interface=127.0.0.1")


def _python(script: str, *more: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "servers" / script), "{port}", *more)


def _datechat(name: str, request: str, first: str = "", session: bool = False) -> System:
    return System(f"datechat {name}", (*DATECHAT, *METRICS), request + "\n", first=first, session=session)


BARE = System("bare Twisted LineReceiver", _python("bare.py"), session=True)
STREAMS = System("asyncio streams", _python("streams.py"), session=True)
UVLOOP_STREAMS = System("uvloop streams", _python("streams.py", "uvloop"), session=True, needs="uvloop")
REDIS = System(
    "Redis TIME",
    ("redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"),
    "TIME\r\n",
    lines=5,
    needs="redis-server",
)
DATE = _datechat("/date", "/date", session=True)
SYSTEMS = (
    System("C epoll echo", (str(HERE / "native" / "build" / "echo"), "{port}")),
    REDIS,
    System("uvloop protocol", _python("protocol.py", "uvloop"), session=True, needs="uvloop"),
    UVLOOP_STREAMS,
    STREAMS,
    BARE,
    DATE,
    _datechat("/date in Tokyo", "/date in Tokyo"),
    _datechat("two cities", "/date 19:00 New York in Berlin"),
    _datechat("a format", "/date +%A %-d %B %Y"),
    _datechat("full, in French", "/date +full", first="/lang fr\n"),
    _datechat("JSON", "/date", first="/json\n"),
)


@dataclass
class Running:
    """A server that runs, on the first processor."""

    port: int
    metrics: int
    process: psutil.Process

    def cpu(self) -> float:
        """The seconds of processor time, of user and system, that it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def free_ports(number: int) -> list[int]:
    """Different ports that nobody has now."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def environment(port: int) -> dict[str, str]:
    """What programs run in: their modules are compiled once, as when they are installed."""
    others = ("PYTHONDONTWRITEBYTECODE", "DATECHAT_PORT")
    kept = {name: value for name, value in os.environ.items() if name not in others}
    return {**kept, "PORT": str(port)}


def pin(processor: int | None) -> None:
    """Keep this process on one processor, if it is told which and there is that one."""
    if processor in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {processor})


@contextlib.contextmanager
def running(command: Sequence[str], processor: int | None = 0) -> Iterator[Running]:
    """A server, started and ready to accept.

    :param processor: the one that it has; None for all.
    """
    port, metrics = free_ports(2)
    words = [word.format(port=port, metrics=metrics) for word in command]
    with subprocess.Popen(
        words,
        env=environment(port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: pin(processor),
    ) as process:
        try:
            wait_for_port(port, process)
            yield Running(port, metrics, psutil.Process(process.pid))
        finally:
            process.kill()


@contextlib.contextmanager
def settled(command: Sequence[str], processor: int | None = 0) -> Iterator[Running]:
    """A server that has loaded everything."""
    with running(command, processor) as server:
        time.sleep(SETTLING)
        yield server


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return as soon as somebody accepts there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not accept connections")
        time.sleep(0.001)
