"""Tells others where the server listens: a file for scripts, and systemd."""

import contextlib
import json
import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress

from .. import __version__
from ..i18n.messages import Sentence, SentenceError
from ..network.addresses import format_address


class Announcer(Protocol):
    """Somebody who is told where the server listens."""

    def listening(self, addresses: Sequence[IAddress]) -> None:
        """Every address listens. May raise CannotAnnounce."""

    def stopping(self) -> None:
        """The server stops. Does not raise."""


class CannotAnnounce(SentenceError):
    """Others cannot be told; as text, a sentence."""


class PortFile:
    """A file that says in JSON where the server listens, for as long as it does.

    ``{"version": …, "pid": …, "port": …, "addresses": [{"host": …, "port": …}, …]}``; ``port`` is that of the
    first address. It is whole whenever it is there. One that another server left is replaced.

    :param path: where it is; an absolute one, for a daemon changes its folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """Make sure that it can be written.

        :raises CannotAnnounce: it cannot.
        """
        try:
            if self._path.is_dir():
                raise self._failed(Sentence("it is a folder"))
            os.unlink(self._temporary(""))
        except OSError as error:
            raise self._failed(error.strerror) from None

    def listening(self, addresses: Sequence[IAddress]) -> None:
        places = [_place(address) for address in addresses]
        contents = {
            "version": __version__,
            "pid": os.getpid(),
            "port": next((place["port"] for place in places if "port" in place), None),
            "addresses": places,
        }
        try:
            temporary = self._temporary(json.dumps(contents) + "\n")
            os.replace(temporary, self._path)
        except OSError as error:
            raise self._failed(error.strerror) from None

    def stopping(self) -> None:
        """Remove it, unless another server has written its own meanwhile."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # whatever it is, it is not ours
            if json.loads(self._path.read_text())["pid"] == os.getpid():
                self._path.unlink()

    def _temporary(self, text: str) -> str:
        """A finished file beside it, which everybody may read whatever the umask."""
        descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with open(descriptor, "w") as file:
                file.write(text)
                os.fchmod(descriptor, 0o644)
        except BaseException:
            os.unlink(name)
            raise
        return name

    def _failed(self, reason: str | None) -> CannotAnnounce:
        sentence = Sentence("cannot write the port file {path}: {reason}; give another path")
        return CannotAnnounce(sentence, path=self._path, reason=reason)


def _place(address: IAddress) -> dict[str, object]:
    if isinstance(address, IPv4Address | IPv6Address):
        return {"host": address.host, "port": address.port}
    return {"path": format_address(address)}


class Systemd:
    """systemd's notify socket (sd_notify(3)).

    :param path: as in ``NOTIFY_SOCKET``; ``@`` in front means Linux's abstract names.
    """

    def __init__(self, path: str) -> None:
        self._path = "\0" + path[1:] if path.startswith("@") else path

    def listening(self, addresses: Sequence[IAddress]) -> None:
        where = " and ".join(format_address(address) for address in addresses)
        self._send(f"READY=1\nSTATUS=listening on {where}")

    def stopping(self) -> None:
        with contextlib.suppress(CannotAnnounce):
            self._send("STOPPING=1")

    def _send(self, state: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifying:
                notifying.connect(self._path)
                notifying.send(state.encode())
        except OSError as error:
            raise CannotAnnounce(
                Sentence("cannot notify systemd at {path}: {reason}"), path=self._path, reason=error.strerror
            ) from None
