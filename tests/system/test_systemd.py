"""deploy/systemd: the units as systemd reads them, and what they run."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.ports import free_block
from tests.system.processes import BIN, PATIENCE, ask, wait_for
from twisted_date import __version__

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICE, SOCKET, SOCKET_OPTIONS = UNITS / "datechat@.service", UNITS / "datechat.socket", UNITS / "socket.env"
BASE = free_block()

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed; .ci/run installs it"
)


def values(unit, name):
    """What a unit or a file of options sets a name to, in order."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def command_line(options, folder):
    """What the service runs as instance 1, from the tests' environment."""
    (line,) = values(SERVICE, "ExecStart")
    line = line.replace("/opt/datechat/bin", str(BIN)).replace("%t/datechat/%i", str(folder))
    (name, default) = values(SERVICE, "Environment")[0].strip('"').split("=", 1)
    return shlex.split(line.replace(f"${name}", default if options is None else options))


def test_systemd_has_nothing_to_say(tmp_path):
    for unit in (SERVICE, SOCKET):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/datechat/bin", str(BIN)))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "datechat@1.service", tmp_path / SOCKET.name],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_it_is_given_nothing_that_it_does_not_need():
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", SERVICE],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_two_instances_with_one_base_port(tmp_path, monkeypatch):
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.settimeout(PATIENCE)
    told.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    options = f"--base-port {BASE}"
    with told, contextlib.ExitStack() as stack:
        states = []
        for name in ("1", "2"):
            folder = tmp_path / name
            folder.mkdir()
            running = stack.enter_context(
                subprocess.Popen(command_line(options, folder), cwd=folder, stdout=subprocess.DEVNULL)
            )
            stack.callback(running.wait, PATIENCE)
            stack.callback(running.terminate)
            states.append(told.recv(1000).decode())
            assert (folder / "port.json").exists()
        assert [int(re.search(r":(\d+)$", state)[1]) for state in states] == [BASE, BASE + 1]
        assert all(state.startswith("READY=1\n") for state in states)
        assert ask(BASE + 1, "/version\n") == [f"datechat {__version__}"]
        running.terminate()
        assert signal.Signals(-running.wait(PATIENCE)).name in values(SERVICE, "SuccessExitStatus")


def test_the_command_line_as_it_is(tmp_path):
    assert command_line(None, tmp_path)[-2:] == ["--base-port", "50000"]


def test_the_ports_of_the_socket_unit(tmp_path):
    (options,) = values(SOCKET_OPTIONS, "DATECHAT_OPTIONS")
    where = [value.replace("50000", str(BASE)) for value in values(SOCKET, "ListenStream")]
    names = ":".join([SOCKET.name] * len(where))  # as systemd names them, unless told otherwise
    activate = ["systemd-socket-activate", f"--fdname={names}", *(f"--listen={one}" for one in where)]
    with subprocess.Popen(
        [*activate, *command_line(options, tmp_path)], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as activated:
        try:
            for host in ("127.0.0.1", "::1"):

                def version(host=host):
                    with contextlib.suppress(ConnectionError):
                        return ask(BASE, "/version\n", host)

                assert wait_for(version) == [f"datechat {__version__}"]
        finally:
            activated.terminate()
