"""Announces where the server listens: in a file for scripts, and to systemd."""

import contextlib
import errno
import json
import os
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.logger import Logger

from .. import __version__
from ..cli.options import translate_error
from ..i18n.messages import Sentence, SentenceError
from ..network.addresses import address_text, format_address

READY_TIMEOUT = 1.0  # seconds to pass on that the server is ready, should systemd be busy

FileIdentity: TypeAlias = tuple[int, int, int]


class Announcer(Protocol):
    """Announces where the server listens."""

    def listening(self, addresses: Sequence[IAddress], urls: Sequence[str]) -> None:
        """Announce that every address listens.

        :param addresses: those for conversations by line.
        :param urls: those for browsers.
        :raises CannotAnnounce: when the announcement fails.
        """

    def reloading(self) -> None:
        """Announce that a reload begins. Never raises."""

    def reloaded(self) -> None:
        """Announce that it is over. Never raises."""

    def stopping(self) -> None:
        """Announce that the server is stopping. Never raises."""


class CannotAnnounce(SentenceError):
    """An announcement failed; ``str()`` of the error is a sentence."""


class PortFile:
    """A JSON file that says where the server listens, for as long as it does.

    ``{"version": …, "pid": …, "port": …, "addresses": [{"host": …, "port": …}, …]}``. A UNIX socket has
    ``{"path": …}`` in place of host and port. ``port`` is that of the first address that has one, else null.
    With ``--web`` there is ``urls``, too: a list of texts.
    Readers never see a partial file. A file that another server left behind is replaced.

    :param path: an absolute path, because a daemon changes its working directory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: FileIdentity | None = None

    def check(self) -> None:
        """Check that the file can be written.

        :raises CannotAnnounce: when it cannot.
        """
        try:
            if self._path.is_dir():
                raise self._error(Sentence("it is a folder"))
            if self._path.is_char_device() or self._path.is_block_device():  # /dev/stdout would be replaced
                raise self._error(Sentence("it is a device"))
            os.unlink(self._write_temporary(""))
        except OSError as error:
            raise self._error(error.strerror) from None

    def listening(self, addresses: Sequence[IAddress], urls: Sequence[str] = ()) -> None:
        entries = [_entry(address) for address in addresses]
        contents: dict[str, object] = {
            "version": __version__,
            "pid": os.getpid(),
            "port": next((entry["port"] for entry in entries if "port" in entry), None),
            "addresses": entries,
        }
        if urls:
            contents["urls"] = list(urls)
        try:
            temporary = self._write_temporary(json.dumps(contents) + "\n")
            self._written = _identity(temporary)
            os.replace(temporary, self._path)
        except OSError as error:
            raise self._error(error.strerror) from None

    def reloading(self) -> None:
        """The file stays as it is."""

    def reloaded(self) -> None:
        """The file stays as it is."""

    def stopping(self) -> None:
        """Remove the file, unless another program has replaced or changed it meanwhile.

        It is not opened: what is in its place can be of any size, and a FIFO would block the stop.
        """
        with contextlib.suppress(OSError):
            if _identity(self._path) == self._written:
                self._path.unlink()

    def _write_temporary(self, text: str) -> str:
        """Write a file beside the target, world-readable whatever the umask; return its name."""
        descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with open(descriptor, "w") as file:
                file.write(text)
                os.fchmod(descriptor, 0o644)
        except BaseException:
            os.unlink(name)
            raise
        return name

    def _error(self, reason: str | None) -> CannotAnnounce:
        sentence = Sentence("cannot write the port file {path}: {reason}; give another path")
        return CannotAnnounce(sentence, path=self._path, reason=reason)


def _identity(path: str | Path) -> FileIdentity:
    """Tell a file from all others, whatever is in it, and from itself once it is changed."""
    status = os.lstat(path)
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _entry(address: IAddress) -> dict[str, object]:
    if isinstance(address, IPv4Address | IPv6Address):
        return {"host": address.host, "port": address.port}
    return {"path": address_text(address)}


class Systemd:
    """Announces to systemd, over its notification socket (sd_notify(3)).

    :param path: the value of ``NOTIFY_SOCKET``; a leading ``@`` marks a name in Linux's abstract namespace,
        ``vsock:`` a socket of the host of a virtual machine. What leads nowhere is a warning in the log.
    """

    def __init__(self, path: str) -> None:
        self._path = "\0" + path[1:] if path.startswith("@") else path

    def listening(self, addresses: Sequence[IAddress], urls: Sequence[str] = ()) -> None:
        where = " and ".join([*map(format_address, addresses), *urls])
        try:
            self._send(f"READY=1\nSTATUS=listening on {where}", READY_TIMEOUT)
        except CannotAnnounce as error:  # left over from another service, or in a container
            _log.warn("{error}; datechat goes on without.", error=translate_error(error))

    def reloading(self) -> None:
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send_if_possible(f"RELOADING=1\nMONOTONIC_USEC={now}")

    def reloaded(self) -> None:
        self._send_if_possible("READY=1")

    def stopping(self) -> None:
        self._send_if_possible("STOPPING=1")

    def _send_if_possible(self, state: str) -> None:
        with contextlib.suppress(CannotAnnounce):
            self._send(state, 0)

    def _send(self, state: str, timeout: float) -> None:
        try:
            family, kind, address = _notify_address(self._path)
            with socket.socket(family, kind) as notify:
                notify.settimeout(timeout)
                notify.connect(address)
                notify.send(state.encode())
        except OSError as error:
            sentence = Sentence("cannot notify systemd at {path}: {reason}")
            reason = error.strerror or str(error)  # a time-out has no strerror
            raise CannotAnnounce(sentence, path=self._path, reason=reason) from None


def _notify_address(path: str) -> tuple[int, int, Any]:
    """The family, the type and the address of a notification socket: a path, or ``vsock:CID:PORT``.

    :raises OSError: when this system has no such sockets.
    """
    if not path.startswith("vsock:"):
        return socket.AF_UNIX, socket.SOCK_DGRAM, path
    try:
        context, port = map(int, path.split(":")[1:])
        return socket.AF_VSOCK, socket.SOCK_STREAM, (context, port)
    except (AttributeError, ValueError):
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT)) from None


_log = Logger()
