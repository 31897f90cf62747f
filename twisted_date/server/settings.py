"""The server's options as plain, checked values."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from ..i18n.messages import ENGLISH

DEFAULT_IDLE = 600.0  # seconds: long for a person who thinks, short for an abandoned connection
DEFAULT_DRAIN = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's options as plain, checked values.

    :param listen: endpoint descriptions; empty for the fallback endpoint that the next three describe.
    :param base_port: the first port to try.
    :param port_tries: how many ports to try from there; 1 is strict.
    :param interface: ``localhost``, an IP address, or ``*`` for every interface.
    :param farewell: the phrase that ends a session.
    :param zone: the zone of replies; None for the machine's.
    :param language: CLDR's identifier of the language of replies.
    :param port_file: the absolute path of the port file; None for none.
    :param tls: a PEM file, to serve TLS on the ports of the fallback endpoint; None for plain TCP.
    :param idle_timeout: seconds that a session may go without a line; 0 for no limit.
    :param max_connections: sessions open at a time; None for as many as the limit of open files allows.
    :param max_per_host: sessions open at a time from one host; 0 for no limit.
    :param drain: seconds that sessions get to finish when the server stops.
    :param web: descriptions of the endpoints for browsers and curl.
    :param web_hosts: further host names under which they are reached, in lower case.
    :param web_origins: origins of other sites whose pages may open a WebSocket, in lower case.
    :param daytime: the description of the endpoint for RFC 867; None for none.
    :param time: the description of the endpoint for RFC 868; None for none.
    :param metrics: the description of the endpoint for Prometheus; None for none.
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
    web: tuple[str, ...] = ()
    web_hosts: tuple[str, ...] = ()
    web_origins: tuple[str, ...] = ()
    daytime: str | None = None
    time: str | None = None
    metrics: str | None = None
