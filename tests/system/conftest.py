import subprocess
import sys
from pathlib import Path

import pytest

import twisted_date


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/system/" in item.nodeid:
            item.add_marker(pytest.mark.process)


@pytest.fixture(scope="session", autouse=True)
def installed_as_it_is_here(tmp_path_factory):
    """The commands run what is installed: refuse to test an older copy of it."""
    script = "import twisted_date; print(twisted_date.__file__)"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=elsewhere)
    assert told.returncode == 0, "datechat is not installed; run the README's test command"
    installed, here = Path(told.stdout.strip()).parent, Path(twisted_date.__file__).parent
    for path in here.rglob("*.py"):
        name = path.relative_to(here)
        if name.parts[0] != "twisted":
            assert (installed / name).read_bytes() == path.read_bytes(), f"{name} has changed: install again"
