"""The machine's zone in each state of /etc that was met, with date(1) as the judge. Needs root."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.processes import TIMEOUT

MOMENTS = (1782864000, 1798221600)  # in the summer and in the winter of the north
SCRIPT = """
from datetime import datetime
from twisted_date.dates import zone_data
from twisted_date.server.machine_zone import machine_zone
zone = machine_zone()
for unix in {moments}:
    print(datetime.fromtimestamp(unix, zone).strftime("%z"))
"""
ZONES = "/usr/share/zoneinfo"
TOKYO = f"rm -f localtime; cp {ZONES}/Asia/Tokyo localtime"
# What is done to /etc, and the value of TZ
STATES = {
    "link": (f"ln -sf {ZONES}/Europe/Paris localtime", None),
    "copy": (f"rm -f localtime timezone; cp {ZONES}/Europe/Paris localtime", None),
    "copy with its name": (
        f"rm -f localtime; cp {ZONES}/Asia/Tokyo localtime; echo Asia/Tokyo > timezone",
        None,
    ),
    "stale name": (f"rm -f localtime; cp {ZONES}/Asia/Tokyo localtime; echo Europe/Paris > timezone", None),
    "bind mount over the link": (
        f"ln -sf {ZONES}/Etc/UTC localtime; mount --bind {ZONES}/Asia/Tokyo {ZONES}/Etc/UTC",
        None,
    ),
    "missing": ("rm -f localtime timezone", None),
    "missing with a stale name": ("rm -f localtime; echo Europe/Paris > timezone", None),
    "dangling": ("ln -sf /nowhere/Europe/Paris localtime", None),
    "directory": ("rm -f localtime; mkdir localtime", None),
    "TZ": ("rm -f localtime", "America/New_York"),
    "TZ with colon": ("rm -f localtime", ":America/New_York"),
    "TZ as a path": ("rm -f localtime", f":{ZONES}/Asia/Kolkata"),
    "TZ as a rule": ("rm -f localtime", "CET-1CEST,M3.5.0,M10.5.0/3"),
    "TZ that is nothing": (f"ln -sf {ZONES}/Europe/Paris localtime", "nonsense"),
    "TZ that is empty": (f"ln -sf {ZONES}/Europe/Paris localtime", ""),
}


def in_namespace(folder, script):
    """Run a shell script with a copy of /etc, in a mount namespace of its own."""
    shutil.copytree(
        "/etc", folder / "etc", symlinks=True, ignore=shutil.ignore_patterns("ssl", "alternatives")
    )
    prepared = f"mount --make-rprivate / && mount --bind {folder}/etc /etc && cd /etc && {script}"
    return subprocess.run(
        ["unshare", "--mount", "sh", "-ec", prepared], capture_output=True, text=True, timeout=TIMEOUT
    )


def has_namespaces():
    command = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    return (
        shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0
    )


pytestmark = [
    pytest.mark.skipif(not has_namespaces(), reason="needs root and mount namespaces"),
    pytest.mark.skipif(not Path(ZONES, "Asia", "Tokyo").exists(), reason="needs the machine's zone data"),
]


@pytest.mark.parametrize("state", STATES)
def test_zone_is_that_of_date(tmp_path, state):
    change, variable = STATES[state]
    (tmp_path / "ask.py").write_text(SCRIPT.format(moments=MOMENTS))
    environment = "unset TZ" if variable is None else f"export TZ='{variable}'"
    dates = " ".join(f"date -d @{unix} +%z;" for unix in MOMENTS)
    finished = in_namespace(tmp_path, f"{change}; {environment}; {sys.executable} {tmp_path}/ask.py; {dates}")
    lines = finished.stdout.split()
    assert len(lines) == 4, finished.stderr
    assert lines[:2] == lines[2:], state
