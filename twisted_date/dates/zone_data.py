"""Which release of IANA's zone data is read.

``PYTHONTZPATH`` decides where it is set; else the newer of the machine's data and PyPI's.
"""

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tzdata

_FIRST_LINE = re.compile(r"# version ([0-9]{4}[a-z]+)")


@dataclass(frozen=True, slots=True)
class ZoneData:
    """A copy of the zone data.

    :param version: IANA's name of the release, as in ``2026f``; None where the copy does not tell.
    :param source: where it is: a folder, or the package.
    """

    version: str | None
    source: str

    def __str__(self) -> str:
        return f"{self.version or 'of an unknown version'} from {self.source}"


def use_newest(environment: Mapping[str, str]) -> None:
    """Have zones read from the newest data, in the whole process, from now on."""
    if "PYTHONTZPATH" not in environment and (in_use().version or "") < tzdata.IANA_VERSION:
        zoneinfo.reset_tzpath([])
        zoneinfo.ZoneInfo.clear_cache()


def in_use() -> ZoneData:
    """The data that zones are read from."""
    return _on_path(zoneinfo.TZPATH)


def _on_path(folders: Sequence[str]) -> ZoneData:
    """The first copy on the path, or the package, as zoneinfo looks for a zone."""
    for folder in folders:
        if (Path(folder) / "UTC").is_file():
            return ZoneData(_version(Path(folder)), folder)
    return _package()


def _package() -> ZoneData:
    return ZoneData(tzdata.IANA_VERSION, "PyPI's tzdata")


def _version(folder: Path) -> str | None:
    """From the compact source that Debian and others install beside the zones."""
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8") as source:
            told = _FIRST_LINE.match(source.readline())
    except OSError:
        return None
    return told[1] if told else None
