"""Selects the copy of IANA's zone data.

``PYTHONTZPATH`` decides if it is set; otherwise the newer one of the machine's data and PyPI's tzdata.
"""

import importlib
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import tzdata

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

T = TypeVar("T")

_caches: list[Callable[[], None]] = []  # what empties the caches of all that depends on the data
_FIRST_LINE = re.compile(r"# version ([0-9]{4}[a-z]+)")


@dataclass(frozen=True, slots=True)
class ZoneData:
    """A copy of the zone data.

    :param version: IANA's name of the release, as in ``2026f``; None when unknown.
    :param source: its location: a folder, or the name of the package.
    """

    version: str | None
    source: str

    def __str__(self) -> str:
        return f"{self.version or 'of an unknown version'} from {self.source}"

    def is_old(self, year: int) -> bool:
        """Whether it is surely older than a year: a release tells its year, and no more.

        :param year: the current year.
        """
        return self.version is not None and int(self.version[:4]) < year - 1


def cached(size: int) -> "Callable[[Callable[..., T]], _lru_cache_wrapper[T]]":
    """Decorate a function whose results depend on the zone data, to cache them until it is reloaded.

    :param size: the number of results.
    """

    def decorate(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
        wrapped = lru_cache(size)(function)
        _caches.append(wrapped.cache_clear)
        return wrapped

    return decorate


def use_newest(environment: Mapping[str, str]) -> None:
    """Make :mod:`zoneinfo` read the newest data, in the whole process, from now on.

    :param environment: the environment variables.
    """
    if "PYTHONTZPATH" not in environment and (in_use().version or "") < tzdata.IANA_VERSION:
        zoneinfo.reset_tzpath([])
        zoneinfo.ZoneInfo.clear_cache()


def reload(environment: Mapping[str, str]) -> None:
    """Read the data again, which may have been exchanged on the disk. Zones that are in use stay as they are.

    :param environment: the environment variables.
    """
    importlib.reload(tzdata)
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()
    use_newest(environment)
    for clear in _caches:
        clear()


def in_use() -> ZoneData:
    """The data that :mod:`zoneinfo` reads."""
    return _on_path(zoneinfo.TZPATH)


def read(key: str) -> bytes:
    """The file of a zone, by its IANA name, as :mod:`zoneinfo` finds it; empty when there is none."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / key
        if path.is_file():
            return path.read_bytes()
    file = resources.files(tzdata).joinpath("zoneinfo", *key.split("/"))
    return file.read_bytes() if file.is_file() else b""


def _on_path(folders: Sequence[str]) -> ZoneData:
    """The first copy on the path, or else the package, in zoneinfo's order of search."""
    for folder in folders:
        if (Path(folder) / "UTC").is_file():
            return ZoneData(_version(Path(folder)), folder)
    return _package()


def _package() -> ZoneData:
    return ZoneData(tzdata.IANA_VERSION, "PyPI's tzdata")


def _version(folder: Path) -> str | None:
    """The version, from the compact source that Debian and others install beside the zones."""
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8") as source:
            match = _FIRST_LINE.match(source.readline())
    except OSError:
        return None
    return match[1] if match else None
