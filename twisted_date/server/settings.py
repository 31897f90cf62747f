"""The server's options as plain, checked values."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from ..i18n.messages import ENGLISH

DEFAULT_IDLE = 600.0  # seconds: long for a person who thinks, short for a connection that nobody ends


DEFAULT_DRAIN = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's options as plain, checked values.

    :param listen: endpoint descriptions; when there are none, the fallback endpoint of the next three.
    :param language: of replies, CLDR's identifier.
    :param zone: in which dates are told; None for the machine's.
    :param port_file: where to say where the server listens, an absolute path; None for nowhere.
    :param tls: a PEM file for the ports to speak TLS; None for plain.
    :param idle_timeout: seconds that a conversation may go without a line; 0 for any time.
    :param max_connections: open at a time; None for as many as there is room for.
    :param max_per_host: of these from one host; 0 for any number.
    :param drain: seconds that conversations may take to end when the server stops.
    :param daytime: a description of where to serve RFC 867; None for nowhere.
    :param time: of where to serve RFC 868.
    :param metrics: of where to tell Prometheus.
    """

    listen: tuple[str, ...]
    base_port: int
    port_tries: int
    interface: str
    farewell: str
    zone: tzinfo | None = None
    language: str = ENGLISH
    port_file: Path | None = None
    tls: str | None = None
    idle_timeout: float = DEFAULT_IDLE
    max_connections: int | None = None
    max_per_host: int = 0
    drain: float = DEFAULT_DRAIN
    daytime: str | None = None
    time: str | None = None
    metrics: str | None = None
