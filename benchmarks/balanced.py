"""What HAProxy costs before datechat, with the configuration in deploy/: python -m benchmarks.balanced

Both are on the first processor; each one's processor time is its own.
"""

import re
import tempfile
from dataclasses import replace
from pathlib import Path

from . import loads
from .systems import BIN, DATE, Running, System, running

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "haproxy.cfg"
PROXIED = (str(BIN / "twistd"), "-n", "datechat", "--listen", "proxy:tcp:{port}:interface=127.0.0.1")
ROUNDS = 3
WARM, SECONDS = 0.7, 2.0


def configured(folder: Path, server: int) -> Path:
    """The configuration, with one server; HAProxy fills in the ports of its own."""
    text = re.sub(r"127\.0\.0\.1:50001", f"127.0.0.1:{server}", CONFIGURATION.read_text())
    text = re.sub(r".*127\.0\.0\.1:5000\d\n", "", text)
    text = text.replace("bind :::50000 v4v6", "bind 127.0.0.1:${PORT}")
    path = folder / "haproxy.cfg"
    path.write_text(text.replace("/run/haproxy", str(folder)))
    return path


def tell(what: str, system: System, server: Running) -> None:
    """Print the processor time of one process for each conversation of three lines, and for each request."""
    session, request = (
        loads.conversations(system, server, "session", WARM, SECONDS),
        loads.requests(system, server, 1, WARM, SECONDS),
    )
    print(f"{what:24}{session.cpu:8.1f} µs a conversation {request.cpu:8.1f} µs a request")


def main() -> None:
    loads.build()
    through = System("through HAProxy", (), session=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(PROXIED) as server,
        running(("haproxy", "-db", "-f", str(configured(Path(folder), server.port)))) as haproxy,
        running(DATE.command) as alone,
    ):
        for _ in range(ROUNDS):
            tell("HAProxy", through, haproxy)
            tell("datechat behind it", through, replace(server, port=haproxy.port))
            tell("datechat alone", DATE, alone)


main()
