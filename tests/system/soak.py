"""Soak test: many conversations with a real server, polite and rude, and what they leave behind.

python -m tests.system.soak --sessions 100000 --requests 1000000
"""

import argparse
import os
import random
import signal
import socket
import struct
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.system.processes import server, wait_for

WORKERS = 8
SAMPLES = 20  # of the server's memory

LINES = [
    b"/date",
    b"/date +%A %-d %B %Y %T",
    b"/date 19:00 New York in Berlin",
    b"/date vendredi prochain 15h \xc3\xa0 Tokyo",
    b"/date tomorrow +full",
    b"/until 25 december",
    b"/name Zo\xc3\xab",
    b"/zone Kathmandu",
    b"/lang fr",
    b"/lang de",
    b"/lang ja",
    b"/zones san",
    b"/json on",
    b"/json off",
    b"/health",
    b"/help",
    b"/version",
    b"bonjour",
    b"",
    b"/date 30 february",
    b"/date in Xyzzy",
    b"/dat",
    b"\xff\xfe\x1b[31m",
    b"x" * 2000,
]
ENDINGS = ("quit", "half-close", "close", "reset", "flood")


@dataclass
class Report:
    """The results of a soak test.

    :param sessions: the number of conversations.
    :param requests: the number of requests in them.
    :param wrong: the number of missing and wrong replies, by kind.
    :param memory: samples of the server's resident memory in KiB.
    :param descriptors: samples of the number of descriptors that the server has open.
    """

    sessions: int = 0
    requests: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)


def converse(port, lines, ending, report):
    """Hold one conversation: send all lines, read their replies, and end it in one of :data:`ENDINGS`."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        replies = connection.makefile("rb")
        connection.sendall(b"".join(line + b"\n" for line in lines))
        for _ in lines:
            reply = replies.readline()
            if not reply.endswith(b"\r\n"):
                report.wrong["no reply"] += 1
        if ending == "quit":
            connection.sendall(b"au revoir\n")
            if b"Goodbye" not in (reply := replies.readline()) and b"Au revoir" not in reply:
                report.wrong["no goodbye"] += bool(reply) and b"closing" not in reply
        elif ending == "half-close":
            connection.shutdown(socket.SHUT_WR)
            if replies.read():
                report.wrong["too many replies"] += 1
        elif ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif ending == "flood":
            connection.sendall(b"/date\n" * 100)


def soak(running, port, sessions, requests):
    """Hold conversations from several threads, and return a :class:`Report`.

    :param running: the :class:`~tests.system.processes.Server`.
    :param sessions: the number of conversations.
    :param requests: the number of requests in all of them together.
    """
    report = Report()
    process = Path(f"/proc/{running.process.pid}")
    requests_each = max(1, requests // sessions)
    numbers = iter(range(sessions))
    lock = threading.Lock()

    def descriptors():
        return len(list((process / "fd").iterdir()))

    def sample():
        report.memory.append(running.memory())
        report.descriptors.append(descriptors())

    def work(seed):
        rng = random.Random(seed)
        while True:
            with lock:
                number = next(numbers, None)
                if number is None:
                    return
                if number % max(1, sessions // SAMPLES) == 0:
                    sample()
                report.sessions += 1
                report.requests += requests_each
            converse(port, rng.choices(LINES, k=requests_each), rng.choice(ENDINGS), report)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wait_for(lambda: descriptors() <= report.descriptors[0])  # until the last connections are closed
    sample()
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1_000_000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        server("--port-tries", 1000, folder=Path(folder)) as running,
    ):
        port = running.port()
        start = time.monotonic()
        report = soak(running, port, options.sessions, options.requests)
        seconds = time.monotonic() - start
        status, log = running.stop(signal.SIGTERM), running.log_text()
    memory = ", ".join(f"{kib / 1024:.1f}" for kib in report.memory)
    print(
        f"{report.sessions} sessions, {report.requests} requests in {seconds:.0f} s, {os.cpu_count()} cores"
    )
    print(f"memory in MiB: {memory}")
    print(f"descriptors: {report.descriptors[0]} at first, {report.descriptors[-1]} at last")
    print(
        f"wrong: {dict(report.wrong) or 'nothing'}; status {status}; lines in the log: {log.count(chr(10))}"
    )


if __name__ == "__main__":
    main()
