"""The package as it is installed from its wheel."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.ports import free_block
from tests.system.processes import ask, server
from twisted_date import __version__

ROOT = Path(__file__).parents[2]
BASE = free_block()


def pip(python, *arguments):
    subprocess.run([str(python), "-m", "pip", "--quiet", *map(str, arguments)], check=True, timeout=600)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the project, without what an earlier build left in its folder."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(
        ROOT, folder, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info"), dirs_exist_ok=True
    )
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", folder, source)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["wheel", "editable"])
def environment(request, tmp_path_factory):
    """The folder of the commands of a new environment with nothing but datechat in it."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=600)
    if request.param == "wheel":
        what = (request.getfixturevalue("wheel"),)
    else:  # as CONTRIBUTING.rst names it
        what = ("-e", request.getfixturevalue("source"), "--config-settings", "editable_mode=strict")
    pip(folder / "bin" / "python", "install", *what)
    return folder / "bin"


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "twisted/plugins/datechat_services.py" in names
    assert "twisted/plugins/datechat_endpoints.py" in names
    assert "twisted_date/py.typed" in names
    assert any(name.endswith("LICENSE") for name in names)
    tops = {name.split("/")[0] for name in names}
    distribution = f"datechat-{__version__}"
    assert tops == {"twisted", "twisted_date", f"{distribution}.data", f"{distribution}.dist-info"}
    assert f"{distribution}.data/data/share/man/man1/datechat.1" in names
    modules = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "twisted_date").rglob("*.py")
        if "twisted/plugins" not in str(path)
    }
    assert modules == {name for name in names if name.startswith("twisted_date/") and name.endswith(".py")}


@pytest.mark.parametrize("runner", ["twistd", "twist"])
def test_the_plugins_are_listed(environment, tmp_path, runner):
    told = subprocess.run(
        [str(environment / runner), "--help"], capture_output=True, text=True, cwd=tmp_path, check=True
    ).stdout
    assert "datechat " in told
    assert "datechat-client " in told
    assert "Traceback" not in told


def test_the_server_and_the_client_run(environment, tmp_path):
    arguments = ("--listen", f"fallback:{BASE}:tries=50")
    with server(*arguments, folder=tmp_path, bin_=environment) as running:
        port = running.port()
        assert ask(port, "/version\n") == [f"datechat {__version__}"]
        asked = subprocess.run(
            [str(environment / "datechat"), "--base-port", str(BASE), "/version"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ""},
        )
        assert asked.stdout == f"datechat {__version__}\n"
