"""Stores lines and the first name between runs of the client."""

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

MODE = 0o600  # readable by the owner only
MAX_NAME_LENGTH = 200  # characters of a stored name that are read


class History:
    """The client's files in the state directory.

    Without a directory, or if it cannot be written, nothing is stored.

    :param state_directory: the directory, created at the first write; None for no directory.
    """

    def __init__(self, state_directory: Path | None) -> None:
        self._directory = state_directory

    def lines_path(self) -> Path | None:
        """Return the file for the lines, created with private permissions; None if that is impossible."""
        return self._file("history")

    def name(self) -> str:
        """Return the stored first name, or an empty string."""
        if self._directory is None:
            return ""
        try:
            name = (self._directory / "name").read_text(encoding="utf-8")[:MAX_NAME_LENGTH].strip()
        except (OSError, ValueError):
            return ""
        return name if name.isprintable() else ""

    def save_name(self, name: str) -> None:
        """Store the first name for the next run."""
        path = self._file("name")
        if path is not None:
            with contextlib.suppress(OSError, ValueError):
                path.write_text(name, encoding="utf-8")

    def _file(self, name: str) -> Path | None:
        if self._directory is None:
            return None
        path = self._directory / name
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NONBLOCK, MODE)
            try:
                is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
                if is_file and not path.is_symlink():  # a link's target keeps its own mode
                    os.fchmod(descriptor, MODE)
            finally:
                os.close(descriptor)
        except OSError:
            return None
        return path if is_file else None


def state_directory(environment: Mapping[str, str]) -> Path | None:
    """Return the directory for the client's state, as XDG specifies.

    https://specifications.freedesktop.org/basedir-spec/

    :return: None when neither ``XDG_STATE_HOME`` nor ``HOME`` is an absolute path.
    """
    state = environment.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):
        home = environment.get("HOME", "")
        if not os.path.isabs(home):
            return None
        state = os.path.join(home, ".local", "state")
    return Path(state, "datechat")
