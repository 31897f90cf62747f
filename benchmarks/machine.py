"""What the figures were measured on."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("datechat", "Twisted", "uvloop", "Babel")
COMMANDS = (("redis-server", "--version"), ("cc", "--version"))


def facts() -> dict[str, str]:
    """The machine and the versions, by what they are called."""
    told = {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "system": f"{platform.system()} {platform.release()}",
        platform.python_implementation(): platform.python_version(),
    }
    for package in PACKAGES:
        try:
            told[package] = version(package)
        except PackageNotFoundError:
            told[package] = "missing"
    for command in COMMANDS:
        told[command[0]] = _first_version(command)
    return told


def _processor() -> str:
    with Path("/proc/cpuinfo").open() as lines:
        found = re.search(r"^model name\s*: (.*)$", lines.read(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _first_version(command: tuple[str, ...]) -> str:
    if shutil.which(command[0]) is None:
        return "missing"
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+(\.\d+)+", told)
    return found[0] if found else "unknown"
