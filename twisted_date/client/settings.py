"""The client's settings, as plain values."""

from dataclasses import dataclass
from pathlib import Path

from ..i18n import catalogs
from ..i18n.messages import ENGLISH

LOCALHOST = "localhost"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to find a server.

    :param host: the host name or address; with a port file, only the host that the certificate must name.
    :param ports: the ports to search on the host, in this order.
    :param endpoint: a client endpoint description, used in place of host and ports.
    :param port_file: a file written by a server with ``--port-file``, used in place of the ports.
    :param tls: whether to speak TLS.
    """

    host: str = LOCALHOST
    ports: range = range(0)
    endpoint: str | None = None
    port_file: Path | None = None
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What the client should do.

    :param target: where to find the server.
    :param where: print the server's host and port, and send nothing.
    :param url: print the server's address for a browser.
    :param check: print the server's version and health.
    :param name: the person's first name.
    :param json: show replies as JSON.
    :param timeout: seconds to find the server, and for each reply.
    :param message: the only message to send; None to read messages from the input.
    :param zone: the place whose time zone dates are in; None for the server's.
    :param language: the language of replies and dates; None for ``locale``'s.
    :param locale: the language of the person's environment; None for the server's.
    """

    target: Target
    where: bool
    name: str | None
    json: bool
    timeout: float
    message: str | None
    zone: str | None = None
    language: str | None = None
    locale: str | None = None
    url: bool = False
    check: bool = False

    def translate(self, sentence: str, /, **values: object) -> str:
        """Translate one of the client's own sentences into the person's language."""
        return catalogs.translate(sentence, self.language or self.locale or ENGLISH, **values)
