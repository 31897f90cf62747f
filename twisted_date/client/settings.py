"""What the client is asked to do, as plain values."""

from dataclasses import dataclass
from pathlib import Path

from ..i18n import catalogs
from ..i18n.messages import ENGLISH

LOCALHOST = "localhost"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server is looked for.

    :param host: the machine; with a port file, the one that the certificate names.
    :param ports: where to look on it, in this order.
    :param endpoint: a client endpoint description to use instead of both.
    :param port_file: a file that a server wrote, to use instead of the ports.
    :param tls: whether to speak TLS.
    """

    host: str = LOCALHOST
    ports: range = range(0)
    endpoint: str | None = None
    port_file: Path | None = None
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What the client is to do.

    :param way: where to look for the server.
    :param where: tell where the server is, and ask nothing.
    :param name: the person's first name.
    :param json: show replies as JSON.
    :param timeout: seconds to find the server, and for each reply.
    :param zone: the place whose time is told.
    :param language: of replies and dates.
    :param locale: the language that the person's environment asks for, where ``language`` does not say.
    :param message: the one message to ask; None takes messages from the input.
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

    def translate(self, sentence: str, /, **values: object) -> str:
        """A sentence of the client's own, in the person's language."""
        return catalogs.translate(sentence, self.language or self.locale or ENGLISH, **values)
