"""``deploy/Containerfile`` and ``deploy/kubernetes.yaml``: an image is built and runs, manifests are valid.

No registry of images is asked: the base is a Debian that is made here, not the one that the file names.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.processes import BIN, TIMEOUT, wait_for
from twisted_date import __version__

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONTEXT = (
    "LICENSE",
    "README.rst",
    "setup.cfg",
    "setup.py",
    "pyproject.toml",
    "completions",
    "man",
    "twisted_date",
)
VALIDATE = BIN / "kubernetes-validate"
TOOLS = ("buildah", "debootstrap", "nsenter", "curl")

pytestmark = pytest.mark.container
needs_tools = pytest.mark.skipif(
    os.getuid() != 0 or any(shutil.which(tool) is None for tool in TOOLS) or not VALIDATE.exists(),
    reason=f"needs root, the extra dev, and {', '.join(TOOLS)}; .ci/run installs them",
)


class Buildah:
    """Buildah with a store of its own.

    :param folder: of the store.
    """

    def __init__(self, folder):
        self._command = [
            "buildah",
            f"--root={folder}/store",
            f"--runroot={folder}/run",
            "--storage-driver=vfs",
        ]

    def command(self, *words):
        return [*self._command, *map(str, words)]

    def __call__(self, *words, **options):
        finished = subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=600, **options
        )
        assert finished.returncode == 0, finished.stderr[-3000:]
        return finished.stdout.strip()

    def run(self, container, *words):
        """The command line that runs a command in a container, as its user."""
        return self.command("run", "--isolation=chroot", "--user=10001:10001", container, "--", *words)


@pytest.fixture(scope="module")
def buildah(tmp_path_factory):
    folder = tmp_path_factory.mktemp("buildah")
    yield Buildah(folder)
    shutil.rmtree(folder)  # half a gigabyte


@pytest.fixture(scope="module")
def image(buildah, tmp_path_factory):
    """The name of the image."""
    folder = tmp_path_factory.mktemp("image")
    root, context = folder / "root", folder / "context"
    suite = re.search(r"^VERSION_CODENAME=(.*)$", Path("/etc/os-release").read_text(), re.MULTILINE)[1]
    subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=python3,python3-venv", suite, root],
        check=True,
        timeout=600,
        stdout=subprocess.DEVNULL,
    )
    base = buildah("from", "scratch")
    buildah("add", "--quiet", base, root, "/")
    buildah("commit", "--quiet", "--rm", base, "localhost/base")
    python = subprocess.check_output(["chroot", root, "python3", "-c", VERSION], text=True).strip()
    shutil.rmtree(root)
    context.mkdir()
    for name in CONTEXT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, context / name)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", f"--dest={context}/wheels"]
    only = ["--only-binary=:all:", f"--python-version={python}"]
    subprocess.run([*pip, *only, "setuptools>=70.1", *requirements()], check=True, timeout=600)
    offline = "PIP_OPTIONS=--no-index --find-links=/src/wheels"
    words = ("--isolation=chroot", "--pull-never", "--format=docker", "--build-arg", "BASE=localhost/base")
    containerfile = DEPLOY / "Containerfile"
    buildah(
        "bud",
        "--quiet",
        *words,
        "--build-arg",
        offline,
        "-f",
        containerfile,
        "-t",
        "localhost/datechat",
        context,
    )
    shutil.rmtree(folder)
    return "localhost/datechat"


VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def requirements():
    """What datechat with its extras needs, without datechat itself."""
    script = "from importlib.metadata import requires; print(*requires('datechat'), sep='\\n')"
    listed = subprocess.check_output([sys.executable, "-c", script], text=True).splitlines()
    wanted = re.compile(r"extra == ['\"](metrics|tls|web)['\"]")
    return [line.partition(";")[0].strip() for line in listed if ";" not in line or wanted.search(line)]


@pytest.fixture(scope="module")
def settings(buildah, image):
    """The configuration of the image."""
    return json.loads(buildah("inspect", "--type=image", image))["Docker"]["config"]


class Running:
    """A container that runs in a network of its own.

    :ivar pid: the number of the server's process.
    """

    def __init__(self, buildah, image, settings, log):
        self._buildah, self._log = buildah, log
        self.container = buildah("from", "--pull-never", image)
        words = buildah.run(self.container, *settings["Entrypoint"], "--drain", "5")
        script = 'ip link set lo up && exec "$@"'
        with log.open("w") as output:
            self.process = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", script, "sh", *words], stdout=output, stderr=output
            )
        wait_for(lambda: "serves metrics" in log.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, log.read_text()
        self.pid = self._find()

    def _find(self):
        """The server is not a child of ours, but the last one of its kind."""
        for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: -int(path.name)):
            with contextlib.suppress(OSError):
                if b"/opt/datechat/bin/twistd\0-n" in (folder / "cmdline").read_bytes():
                    return int(folder.name)
        raise AssertionError("the server does not run")

    def curl(self, *words):
        command = ["nsenter", f"--target={self.pid}", "--net", "curl", "-s", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT).stdout

    def check(self, words):
        """Run the command of the health check in the container; return its status and its output."""
        command = ["nsenter", f"--target={self.pid}", "--net", *self._buildah.run(self.container, *words)]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
        return finished.returncode, finished.stdout

    def stop(self):
        """Send SIGTERM to the server, and return its log once it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        self.process.wait(TIMEOUT)
        return self._log.read_text()


@needs_tools
def test_image_says_what_it_is_for(settings):
    assert settings["User"] == "10001:10001"
    assert sorted(settings["ExposedPorts"]) == ["50000/tcp", "8080/tcp", "9500/tcp"]
    assert settings["Healthcheck"]["Test"] == ["CMD", "datechat", "--port", "50000", "--check"]
    assert settings["StopSignal"] == "SIGTERM"


@needs_tools
def test_container_serves_is_checked_and_drains(buildah, image, settings, tmp_path):
    running = Running(buildah, image, settings, tmp_path / "log")
    try:
        assert Path(f"/proc/{running.pid}").stat().st_uid == 10001
        for host in ("127.0.0.1", "[::1]"):
            assert running.curl(f"http://{host}:8080/version") == f"datechat {__version__}\n"
            assert running.curl(f"http://{host}:9500/healthz") == "ok\n"
        assert "datechat_sessions_open" in running.curl("http://127.0.0.1:9500/metrics")
        status, output = running.check(settings["Healthcheck"]["Test"][1:])
        assert (status, output.partition(":")[0]) == (0, f"datechat {__version__}")
        assert re.search(r"zone data \d{4}[a-z]", output)
    finally:
        log = running.stop()
    assert "listens on [::]:50000." in log
    assert "PyPI's tzdata" in log
    assert "datechat is stopping" in log
    assert "Server Shut Down." in log
    assert "Traceback" not in log


def test_manifests_are_valid():
    if not VALIDATE.exists():
        pytest.skip("needs kubernetes-validate, of the extra dev")
    checked = subprocess.run(
        [VALIDATE, "--strict", "--no-warn", DEPLOY / "kubernetes.yaml"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_manifests_agree_with_the_image_and_the_drain():
    text = (DEPLOY / "kubernetes.yaml").read_text()
    (grace,) = re.findall(r"terminationGracePeriodSeconds: (\d+)", text)
    (drain,) = re.findall(r'"--drain", "(\d+)"', text)
    (before,) = re.findall(r"sleep: \{seconds: (\d+)\}", text)
    assert int(grace) > int(drain) + int(before)
    assert re.findall(r"containerPort: (\d+)", text) == ["50000", "8080", "9500"]
    assert f"image: datechat:{__version__}" in text
