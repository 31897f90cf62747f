"""What happens once: a start, an idle conversation's memory, a client's question, a search for a port.

And what is asked for the first time in a second, for which the reply is not remembered.
"""

import contextlib
import resource
import socket
import statistics
import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from twisted_date.conversation.cache import ReplyCache
from twisted_date.conversation.counts import Counts
from twisted_date.conversation.session import Session
from twisted_date.conversation.state import Defaults

from .systems import BARE, BIN, DATECHAT, HERE, Running, environment, running, settled

IDLE = 15_000  # connections; fewer where the limit of open files is lower
BUSY = 1_000  # ports in a row

EMPTY = (str(BIN / "twistd"), "-n", "-y", str(HERE / "servers" / "bare.tac"))
CLIENT = (str(BIN / "datechat"), "--port", "{port}", "/date")
BARE_CLIENT = (sys.executable, str(HERE / "servers" / "ask.py"), "{port}")


def start(command: Sequence[str]) -> float:
    """Seconds from the start of a server to its first answer."""
    began = time.perf_counter()
    with running(command) as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"/date\n")
        connection.recv(100)
        return time.perf_counter() - began


def idle_memory(command: Sequence[str]) -> float:
    """Bytes of a server's memory for each of many connections that say nothing."""
    with settled(command) as server, contextlib.ExitStack() as stack:
        _converse(server, stack)  # what is loaded at the first is not counted
        before = server.process.memory_full_info().uss
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        count = min(IDLE, soft - 512)
        for _ in range(count):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        _converse(server, stack)  # when this is answered, those before it have been let in
        return float(server.process.memory_full_info().uss - before) / count


def _converse(server: Running, stack: contextlib.ExitStack) -> None:
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
    connection.sendall(b"/date\n")
    connection.recv(100)


def ask(command: Sequence[str]) -> float:
    """Seconds that a client takes for one question, from its start to its end."""
    with settled(BARE.command if command is BARE_CLIENT else DATECHAT) as server:
        words = [word.format(port=server.port) for word in command]
        began = time.perf_counter()
        subprocess.run(words, env=environment(server.port), check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


@contextlib.contextmanager
def busy_ports() -> Iterator[int]:
    """The first of many ports in a row that are all taken on 127.0.0.1."""
    first = 20_000
    with contextlib.ExitStack() as stack:
        for port in range(first, first + BUSY):
            holder = stack.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):  # somebody else has it: as good
                holder.bind(("127.0.0.1", port))
                holder.listen()
        yield first


def scan(_: Sequence[str]) -> float:
    """Seconds that the fallback endpoint takes to find the first free port behind many busy ones."""
    script = (
        "import sys, time\n"
        "from twisted.internet import reactor\n"
        "from twisted.internet.protocol import Factory\n"
        "from twisted_date.endpoints.fallback_server import FallbackServerEndpoint\n"
        "endpoint = FallbackServerEndpoint(reactor, int(sys.argv[1]), 2000, '127.0.0.1')\n"
        "began = time.perf_counter()\n"
        "endpoint.listen(Factory())\n"
        "print(time.perf_counter() - began)\n"
    )
    with busy_ports() as first:
        told = subprocess.run([sys.executable, "-c", script, str(first)], capture_output=True, check=True)
    return float(told.stdout)


class Seconds:
    """A clock that is in another second each time it is read."""

    def __init__(self) -> None:
        self._now = 1_798_221_600

    def __call__(self) -> int:
        self._now += 1
        return self._now * 1_000_000_000


def first_reply(lines: Sequence[str]) -> float:
    """Microseconds for the reply to the last line, in a second in which nobody has asked it yet."""
    clock = Seconds()
    session = Session(Defaults(now_ns=clock, zone=ZoneInfo("Europe/Paris")), Counts(), ReplyCache(clock))
    *before, last = (line.encode() for line in lines)
    for line in before:
        session.answer(line)
    turns = 2000
    return min(timeit.repeat(lambda: session.answer(last), repeat=5, number=turns)) / turns * 1e6


What = TypeVar("What")


@dataclass(frozen=True)
class Case(Generic[What]):
    """Something to measure.

    :param what: it is called.
    :param unit: of its figures.
    :param measure: measures what it is given.
    :param ours: what datechat is.
    :param beside: what is compared with it.
    """

    what: str
    unit: str
    measure: Callable[[What], float]
    ours: What
    beside: What | None = None


@dataclass(frozen=True)
class Compared:
    """The medians of a case."""

    what: str
    unit: str
    datechat: float
    beside: float | None

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


CASES: tuple[Case[Sequence[str]], ...] = (
    Case("start to the first answer", "s", start, DATECHAT, EMPTY),
    Case("a client's question, from its start to its end", "s", ask, CLIENT, BARE_CLIENT),
    Case("memory of an idle conversation", "bytes", idle_memory, DATECHAT, BARE.command),
    Case(f"a port behind {BUSY} busy ones", "s", scan, ()),
    Case("two cities, first in a second", "µs", first_reply, ("/date 19:00 New York in Berlin",)),
    Case("full, in French, first in a second", "µs", first_reply, ("/lang fr", "/date +full")),
)


def measure(rounds: int, tell: Callable[[str], object]) -> list[Compared]:
    """Measure each case, in turns with what it is compared with."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    compared = []
    for case in CASES:
        ours, beside = [], []
        for _ in range(rounds):
            ours.append(case.measure(case.ours))
            if case.beside is not None:
                beside.append(case.measure(case.beside))
        other = statistics.median(beside) if beside else None
        compared.append(Compared(case.what, case.unit, statistics.median(ours), other))
        tell(case.what)
    return compared
