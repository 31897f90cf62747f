"""Loads a server from the second processor, and measures what it costs."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from .systems import DATECHAT, SESSION, Running, System, pin

NATIVE = Path(__file__).parent / "native"
BUILD = NATIVE / "build"
CONNECTIONS = 50
DEPTHS = (1, 16, 256)
# What a connection is for: questions one by one, the same in one segment, one question and a half-close
CONVERSATIONS = {"session": SESSION, "burst": SESSION, "half-close": ("/date\n",)}


@dataclass(frozen=True)
class Measured:
    """What one load came to.

    :param cpu: microseconds of the server's processor time for each request, or session.
    :param rate: requests, or sessions, in a second.
    :param p50, p99: microseconds from a request (or as many as are under way) to its reply.
    """

    cpu: float
    rate: float
    p50: float
    p99: float


def build() -> None:
    """Compile what is written in C."""
    BUILD.mkdir(exist_ok=True)
    for source in NATIVE.glob("*.c"):
        subprocess.run(["cc", "-O2", "-o", BUILD / source.stem, source], check=True)


def requests(
    system: System, server: Running, depth: int, warm: float, seconds: float, processor: int | None = 1
) -> Measured:
    """Keep so many requests under way on each connection.

    :param processor: the one from which it is loaded; None for all.
    """
    arguments = [str(depth), str(system.lines), str(warm), str(seconds), system.request]
    return _measure(system, server, [*arguments, *([system.first] if system.first else [])], processor)


def conversations(system: System, server: Running, kind: str, warm: float, seconds: float) -> Measured:
    """Hold whole conversations, from the connect to the end.

    :param kind: one of CONVERSATIONS.
    """
    asked = CONVERSATIONS[kind]
    arguments = [kind, str(system.lines), str(warm), str(seconds), *asked]
    return _measure(system, server, arguments, 1, len(asked))


def _measure(
    system: System, server: Running, arguments: list[str], processor: int | None, each: int = 1
) -> Measured:
    """Run the load.

    :param each: requests for one that the load counts.
    """
    with subprocess.Popen(
        [BUILD / "load", str(server.port), str(CONNECTIONS), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: pin(processor),
    ) as load:
        assert load.stdin is not None
        assert load.stdout is not None
        if load.stdout.readline() != "ready\n":
            raise RuntimeError(f"{system.name} could not be loaded")
        counted, used = _counted(system, server), server.cpu()
        load.stdin.write("\n")
        load.stdin.flush()
        told = json.loads(load.stdout.readline())
        used = server.cpu() - used
        _check(system, server, counted, told["requests"] * each)
    rate = told["requests"] / told["seconds"]
    return Measured(used / told["requests"] * 1e6, rate, told["p50"], told["p99"])


def _counted(system: System, server: Running) -> int:
    """The requests that the server itself has counted; 0 where it does not."""
    if system.command[: len(DATECHAT)] != DATECHAT:
        return 0
    with urlopen(f"http://127.0.0.1:{server.metrics}/metrics") as answer:
        counts = re.findall(r"^datechat_requests_total\S+ (\S+)$", answer.read().decode(), re.MULTILINE)
    return int(sum(map(float, counts)))


def _check(system: System, server: Running, before: int, expected: int) -> None:
    """The load must have asked as often as the server answered."""
    counted = _counted(system, server) - before
    if system.command[: len(DATECHAT)] == DATECHAT and counted != expected:
        raise RuntimeError(f"{system.name} counted {counted} requests, the load {expected}")
