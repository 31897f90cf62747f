"""The package as it is installed from its wheel."""

import os
import shutil
import subprocess
import sys
import tarfile
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
        ROOT,
        folder,
        ignore=shutil.ignore_patterns(".[!c]*", ".coverage", "build", "*.egg-info"),
        dirs_exist_ok=True,
    )
    return folder


def build(source, folder):
    """What is released of these sources, by the end of its name."""
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(source)],
        check=True,
        timeout=600,
        stdout=subprocess.DEVNULL,
    )
    return {path.suffix: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def released(source, tmp_path_factory):
    return build(source, tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="module")
def wheel(released):
    return released[".whl"]


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


def test_the_source_distribution_holds_what_one_works_with(released):
    with tarfile.open(released[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for path in (".ci/run", "CONTRIBUTING.rst", "deploy/haproxy.cfg", "docs/house.rst", "tests/helpers.py"):
        assert path in names
    assert {name for name in names if name.endswith(".pyc")} == set()


def test_the_same_sources_give_the_same_bytes(source, released, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(source, again, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    for path in again.rglob("*"):
        path.chmod(0o777 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        os.utime(path, (1e9, 1e9))
    before = os.umask(0o077)
    try:
        built = build(again, tmp_path / "built")
    finally:
        os.umask(before)
    for kind, path in released.items():
        assert path.read_bytes() == built[kind].read_bytes(), path.name


def test_the_client_runs_without_being_installed(wheel, tmp_path):
    arguments = ["run", "--spec", str(wheel), "datechat"]
    homes = {"PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    with server("--base-port", BASE, folder=tmp_path):
        asked = subprocess.run(
            [sys.executable, "-m", "pipx", *arguments, "--base-port", str(BASE), "/version"],
            capture_output=True,
            text=True,
            env={**os.environ, **homes},
        )
    assert asked.stdout == f"datechat {__version__}\n", asked.stderr


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
