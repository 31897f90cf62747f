"""The wheel and the source distribution, and the package installed from them."""

import os
import re
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


def test_tox_tests_the_oldest_twisted_that_setup_cfg_allows():
    (allowed,) = re.findall(r"^ *twisted >= (.*)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)
    (tested,) = re.findall(r"^deps = twisted == (.*)\.0$", (ROOT / "tox.ini").read_text(), re.MULTILINE)
    assert tested == allowed


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the project without the leftovers of earlier builds."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(
        ROOT,
        folder,
        ignore=shutil.ignore_patterns(".[!c]*", ".coverage", "build", "*.egg-info"),
        dirs_exist_ok=True,
    )
    return folder


def build(source, folder):
    """Build the distributions of these sources.

    :return: the files by suffix: ``.whl`` and ``.gz``.
    """
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(source)],
        check=True,
        timeout=600,
        stdout=subprocess.DEVNULL,
    )
    return {path.suffix: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def distributions(source, tmp_path_factory):
    return build(source, tmp_path_factory.mktemp("distributions"))


@pytest.fixture(scope="module")
def wheel(distributions):
    return distributions[".whl"]


@pytest.fixture(scope="module", params=["wheel", "editable"])
def environment(request, tmp_path_factory):
    """The commands' directory of a new virtual environment that holds datechat only."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=600)
    if request.param == "wheel":
        requirement = (request.getfixturevalue("wheel"),)
    else:  # as in CONTRIBUTING.rst
        requirement = ("-e", request.getfixturevalue("source"))
    pip(folder / "bin" / "python", "install", *requirement)
    return folder / "bin"


def test_wheel_holds_the_package_and_nothing_else(wheel):
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


def test_source_distribution_holds_the_development_files(distributions):
    with tarfile.open(distributions[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for path in (
        ".ci/run",
        "CONTRIBUTING.rst",
        "deploy/haproxy.cfg",
        "docs/architecture.rst",
        "tests/helpers.py",
    ):
        assert path in names
    assert {name for name in names if name.endswith(".pyc")} == set()


def test_same_sources_build_the_same_bytes(source, distributions, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    for path in copy.rglob("*"):
        path.chmod(0o777 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        os.utime(path, (1e9, 1e9))
    umask = os.umask(0o077)
    try:
        built = build(copy, tmp_path / "built")
    finally:
        os.umask(umask)
    for kind, path in distributions.items():
        assert path.read_bytes() == built[kind].read_bytes(), path.name


def test_client_runs_from_the_wheel_with_pipx(wheel, tmp_path):
    arguments = ["run", "--spec", str(wheel), "datechat"]
    homes = {"PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    with server("--base-port", BASE, folder=tmp_path):
        finished = subprocess.run(
            [sys.executable, "-m", "pipx", *arguments, "--base-port", str(BASE), "/version"],
            capture_output=True,
            text=True,
            env={**os.environ, **homes},
        )
    assert finished.stdout == f"datechat {__version__}\n", finished.stderr


@pytest.mark.parametrize("runner", ["twistd", "twist"])
def test_plugins_are_listed(environment, tmp_path, runner):
    output = subprocess.run(
        [str(environment / runner), "--help"], capture_output=True, text=True, cwd=tmp_path, check=True
    ).stdout
    assert "datechat " in output
    assert "datechat-client " in output
    assert "Traceback" not in output


def test_server_and_client_run(environment, tmp_path):
    arguments = ("--listen", f"fallback:{BASE}:tries=50")
    with server(*arguments, folder=tmp_path, bin_=environment) as running:
        port = running.port()
        assert ask(port, "/version\n") == [f"datechat {__version__}"]
        finished = subprocess.run(
            [str(environment / "datechat"), "--base-port", str(BASE), "/version"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ""},
        )
        assert finished.stdout == f"datechat {__version__}\n"
