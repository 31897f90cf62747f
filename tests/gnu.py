"""The real date(1), as the judge, on the same zone data as ours."""

import subprocess
from functools import lru_cache
from importlib import resources
from pathlib import Path
from shutil import which
from zoneinfo import ZoneInfo

DATA = Path(str(resources.files("tzdata") / "zoneinfo"))
ZONES = sorted((DATA.parent / "zones").read_text().split())

_NANOSECONDS = 1_000_000_000
_END = "\x1e"  # ends each answer: formats may hold line ends


@lru_cache(1)
def missing():
    """Why there is no judge, as trial's ``skip`` takes it; None when there is one."""
    if which("date") is None or b"GNU coreutils" not in run("--version"):
        return "GNU date is not installed"
    return None


def run(*arguments, zone="UTC", lines=""):
    """What ``date`` prints in the C locale."""
    return _run([which("date"), *arguments], zone, lines.encode()).stdout


def _run(command, zone, given=b""):
    environment = {"TZ": zone, "TZDIR": str(DATA), "LC_ALL": "C"}
    return subprocess.run(command, input=given, capture_output=True, env=environment)


@lru_cache(1)
def missing_at():
    """Why there is no judge with a clock of its own."""
    return missing() or (None if which("faketime") else "faketime is not installed")


def moment(words, now, zone):
    """Nanoseconds since 1970 of what ``date -d`` understands at a local time; None when it refuses."""
    command = [which("faketime"), "-f", now, which("date"), "-d", words, "+%s %N"]
    told = _run(command, zone).stdout.split()
    return int(told[0]) * _NANOSECONDS + int(told[1]) if told else None


def formatted(text, zone, unix_ns):
    """Each moment in this format, by one process."""
    lines = "".join(f"@{at(moment)}\n" for moment in unix_ns)
    told = run("-f", "-", f"+{text}{_END}", zone=zone, lines=lines).decode()
    return told.removesuffix(f"{_END}\n").split(f"{_END}\n")


def at(unix_ns):
    """Decimal seconds since 1970."""
    seconds, fraction = divmod(abs(unix_ns), _NANOSECONDS)
    return f"{'-' if unix_ns < 0 else ''}{seconds}.{fraction:09}"


@lru_cache
def zone(name):
    """The zone as the judge reads it."""
    with (DATA / name).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
