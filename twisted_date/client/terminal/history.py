"""What the client keeps between runs: the lines that were typed, and the first name."""

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

MODE = 0o600  # for nobody else's eyes
MOST = 200  # characters of a name that are read


class History:
    """A folder for the files; without one, or where it cannot be written, nothing is kept.

    :param folder: is made when something is to be kept.
    """

    def __init__(self, state_directory: Path | None) -> None:
        self._directory = state_directory

    def lines_path(self) -> Path | None:
        """The file of the lines that were typed, ready to be written; None where there can be none."""
        return self._file("history")

    def name(self) -> str:
        """The first name that was given the last time, or nothing."""
        if self._directory is None:
            return ""
        try:
            name = (self._directory / "name").read_text(encoding="utf-8")[:MOST].strip()
        except (OSError, ValueError):
            return ""
        return name if name.isprintable() else ""

    def save_name(self, name: str) -> None:
        """Keep it for the next time."""
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
                if is_file and not path.is_symlink():  # whoever made a link has chosen its mode
                    os.fchmod(descriptor, MODE)
            finally:
                os.close(descriptor)
        except OSError:
            return None
        return path if is_file else None


def state_directory(environment: Mapping[str, str]) -> Path | None:
    """Where XDG's rules put it: https://specifications.freedesktop.org/basedir-spec/; None without a home."""
    state = environment.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):
        home = environment.get("HOME", "")
        if not os.path.isabs(home):
            return None
        state = os.path.join(home, ".local", "state")
    return Path(state, "datechat")
