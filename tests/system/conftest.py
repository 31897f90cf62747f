"""Marks the tests of this folder as ``process``, and gives them a running server."""

import subprocess
import sys
from pathlib import Path

import pytest

import twisted_date
from tests.system.processes import server


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/system/" in item.nodeid:
            item.add_marker(pytest.mark.process)


@pytest.fixture(scope="session", autouse=True)
def current_installation(tmp_path_factory):
    """Refuse to test an outdated installation: the commands run the installed package."""
    script = "import twisted_date; print(twisted_date.__file__)"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=elsewhere)
    assert finished.returncode == 0, "datechat is not installed; run the README's test command"
    installed, checkout = Path(finished.stdout.strip()).parent, Path(twisted_date.__file__).parent
    for path in checkout.rglob("*.py"):
        name = path.relative_to(checkout)
        if name.parts[0] != "twisted":
            assert (installed / name).read_bytes() == path.read_bytes(), f"{name} has changed: install again"


@pytest.fixture(scope="module")
def server_folder(request, tmp_path_factory):
    """The working directory of a server that listens on the test module's port ``BASE``."""
    folder = tmp_path_factory.mktemp("server")
    with server("--base-port", request.module.BASE, folder=folder) as running:
        assert running.port() == request.module.BASE
        yield folder
