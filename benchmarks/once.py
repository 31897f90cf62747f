"""What happens once: a start, an idle conversation's memory, a client's question, a search for a port.

python -m benchmarks.once
"""

import contextlib
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from .systems import BARE, BIN, DATECHAT, HERE, Running, running

ROUNDS = 5
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
    with running(command) as server, contextlib.ExitStack() as stack:
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
    with running(BARE.command if command is BARE_CLIENT else DATECHAT) as server:
        words = [word.format(port=server.port) for word in command]
        began = time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
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
        "from twisted_date.network.fallback import FallbackServerEndpoint\n"
        "endpoint = FallbackServerEndpoint(reactor, int(sys.argv[1]), 2000, '127.0.0.1')\n"
        "began = time.perf_counter()\n"
        "endpoint.listen(Factory())\n"
        "print(time.perf_counter() - began)\n"
    )
    with busy_ports() as first:
        told = subprocess.run([sys.executable, "-c", script, str(first)], capture_output=True, check=True)
    return float(told.stdout)


def tell(what: str, unit: str, measure: Callable[[Sequence[str]], float], *commands: Sequence[str]) -> None:
    """Print the median, in turns with another's, and their ratio."""
    measured: list[list[float]] = [[] for _ in commands]
    for _ in range(ROUNDS):
        for results, command in zip(measured, commands, strict=True):
            results.append(measure(command))
    ours, *other = (statistics.median(results) for results in measured)
    beside = f"{other[0]:10.4g} {unit}{ours / other[0]:8.2f}" if other else ""
    print(f"{what:44}{ours:10.4g} {unit}{beside}", flush=True)


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.environ.pop("DATECHAT_PORT", None)
    print(f"{'':44}{'datechat':>12}{'bare':>12}{'ratio':>8}")
    tell("start to the first answer", "s", start, DATECHAT, EMPTY)
    tell("a client's question", "s", ask, CLIENT, BARE_CLIENT)
    tell("memory of an idle conversation", "B", idle_memory, DATECHAT, BARE.command)
    tell(f"a port behind {BUSY} busy ones", "s", scan, ())


main()
