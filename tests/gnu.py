"""Runs GNU date, the reference for formats and words, on the same zone data as datechat."""

import subprocess
from functools import lru_cache
from importlib import resources
from pathlib import Path
from shutil import which
from zoneinfo import ZoneInfo

DATA = Path(str(resources.files("tzdata") / "zoneinfo"))
ZONES = sorted((DATA.parent / "zones").read_text().split())

_NANOSECONDS = 1_000_000_000
_END = "\x1e"  # ends each result, because a format may contain newlines


@lru_cache(1)
def missing():
    """Why GNU date cannot be used, for trial's ``skip``; None when it can."""
    if which("date") is None or b"GNU coreutils" not in run("--version"):
        return "GNU date is not installed"
    return None


def run(*arguments, zone="UTC", lines=""):
    """The output of ``date`` in the C locale, as bytes."""
    return _run([which("date"), *arguments], zone, lines.encode()).stdout


def _run(command, zone, stdin=b""):
    environment = {"TZ": zone, "TZDIR": str(DATA), "LC_ALL": "C"}
    return subprocess.run(command, input=stdin, capture_output=True, env=environment)


@lru_cache(1)
def missing_at():
    """Why GNU date cannot be run at a given time; None when it can."""
    return missing() or (None if which("faketime") else "faketime is not installed")


def moment(words, now, zone):
    """How ``date -d`` resolves words.

    :param now: the local time at which it runs, as faketime takes it.
    :return: nanoseconds since 1970-01-01T00:00:00Z; None when it rejects the words.
    """
    command = [which("faketime"), "-f", now, which("date"), "-d", words, "+%s %N"]
    output = _run(command, zone).stdout.split()
    return int(output[0]) * _NANOSECONDS + int(output[1]) if output else None


def formatted(text, zone, unix_ns):
    """Format many moments in one process.

    :param unix_ns: nanoseconds since 1970-01-01T00:00:00Z, one for each moment.
    """
    lines = "".join(f"@{at(moment)}\n" for moment in unix_ns)
    output = run("-f", "-", f"+{text}{_END}", zone=zone, lines=lines).decode()
    return output.removesuffix(f"{_END}\n").split(f"{_END}\n")


def at(unix_ns):
    """Decimal seconds since 1970, as ``date -d @…`` takes them."""
    seconds, fraction = divmod(abs(unix_ns), _NANOSECONDS)
    return f"{'-' if unix_ns < 0 else ''}{seconds}.{fraction:09}"


@lru_cache
def zone(name):
    """The zone from the data that GNU date reads."""
    with (DATA / name).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
