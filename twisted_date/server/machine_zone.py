"""Finds the machine's time zone, as date(1) does: by ``TZ``, or else by the content of /etc/localtime."""

import io
import os
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from twisted.logger import Logger

from ..dates import zones

ETC = Path("/etc")
_YEAR = 365  # days


def machine_zone(environment: Mapping[str, str] = os.environ, etc: Path = ETC) -> tzinfo:
    """The machine's zone; UTC when none is set or, with a warning in the log, when it cannot be read.

    :param environment: the environment variables; ``TZ`` is the name of a zone, a path, or a rule of POSIX,
        as in ``CET-1CEST,M3.5.0,M10.5.0/3``.
    :param etc: the folder of ``localtime`` and ``timezone``.
    """
    try:
        if "TZ" in environment:
            return _told(environment["TZ"].removeprefix(":"))
        if os.name != "posix":
            return _windows_zone()
        return _content(etc / "localtime", etc / "timezone")
    except FileNotFoundError:
        return ZoneInfo("UTC")
    except (KeyError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        _log.warn("Cannot read the time zone of this machine ({reason}); using UTC.", reason=reason)
        return ZoneInfo("UTC")


def _told(text: str) -> tzinfo:
    """The zone that a value of ``TZ`` names.

    :raises ValueError: when there is no such zone.
    """
    if not text:
        return ZoneInfo("UTC")
    if text.startswith("/"):
        return _content(Path(text), None)
    zone = _named(text)
    return _rule(text) if zone is None else zone


def _named(name: str) -> ZoneInfo | None:
    """The zone with exactly this name. Files in right/ count leap seconds, which machines do not."""
    name = name.removeprefix("posix/").removeprefix("right/")
    zone = zones.by_name(name)
    return zone if zone is not None and zone.key == name else None


def _content(path: Path, timezone_file: Path | None) -> tzinfo:
    """The zone in a file: by its name where the name says the same, or else by its content alone.

    A name gets the newest zone data. But the name of a file can be wrong, where another one was mounted over
    it or copied, and /etc/timezone can be left over.

    :raises OSError: when the file cannot be read.
    :raises ValueError: when there is no zone in it.
    """
    content = ZoneInfo.from_file(io.BytesIO(path.read_bytes()), key=str(path))
    names = [os.path.realpath(path).partition("zoneinfo/")[2]]
    if timezone_file is not None and timezone_file.is_file():
        names.append(timezone_file.read_text(errors="replace").strip())
    for name in filter(None, names):
        zone = _named(name)
        if zone is not None and _agree(zone, content):
            return zone
        _log.warn(
            "{path} is not what the name {name} says; its content counts.", path=str(path), name=repr(name)
        )
    return content


def _agree(first: tzinfo, second: tzinfo) -> bool:
    """Whether two zones have the same offsets from a year ago to a year from now."""
    start = datetime.now(timezone.utc) - timedelta(days=_YEAR)
    moments = (start + timedelta(days=days) for days in range(2 * _YEAR))
    return all(
        moment.astimezone(first).utcoffset() == moment.astimezone(second).utcoffset() for moment in moments
    )


def _rule(text: str) -> tzinfo:
    """The zone of a rule of POSIX. zoneinfo reads such rules at the end of its files (RFC 9636, section 3.3).

    :raises ValueError: when it is none.
    """
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"TZ is {text!r}, which is no zone")
    head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 1) + struct.pack(">lbb", 0, 0, 0) + b"\0"
    try:
        return ZoneInfo.from_file(io.BytesIO(head + head + f"\n{text}\n".encode()), key=text)
    except ValueError:
        raise ValueError(f"TZ is {text!r}, which is no zone") from None


def _windows_zone() -> tzinfo:
    import tzlocal  # here, because others do not need it

    zone = tzlocal.get_localzone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


_log = Logger()
