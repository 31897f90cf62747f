"""``deploy/systemd``: the units as systemd reads them, and the commands that they run."""

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
from tests.system.processes import BIN, TIMEOUT, ask, wait_for
from twisted_date import __version__

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICE, SOCKET, SOCKET_OPTIONS = UNITS / "datechat@.service", UNITS / "datechat.socket", UNITS / "socket.env"
BASE = free_block()

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed; .ci/run installs it"
)


def values(unit, name):
    """The values of a setting in a unit or an environment file, in order."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def command_line(options, folder):
    """The command line of a service instance, with the tests' commands and paths.

    :param options: the value of the environment variable in the command line; None for its default.
    :param folder: the instance's runtime directory.
    """
    (line,) = values(SERVICE, "ExecStart")
    line = line.replace("/opt/datechat/bin", str(BIN)).replace("%t/datechat/%i", str(folder))
    (name, default) = values(SERVICE, "Environment")[0].strip('"').split("=", 1)
    return shlex.split(line.replace(f"${name}", default if options is None else options))


def test_systemd_verifies_the_units_without_warnings(tmp_path):
    for unit in (SERVICE, SOCKET):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/datechat/bin", str(BIN)))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "datechat@1.service", tmp_path / SOCKET.name],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_service_is_sandboxed():
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", SERVICE],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_reload_is_told_to_systemd(tmp_path, monkeypatch):
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.settimeout(TIMEOUT)
    notifications.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    command = command_line(f"--base-port {BASE}", tmp_path)
    with (
        notifications,
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True) as running,
    ):
        try:
            assert notifications.recv(1000).startswith(b"READY=1\n")
            (reload,) = values(SERVICE, "ExecReload")
            subprocess.run(reload.replace("$MAINPID", str(running.pid)), shell=True, check=True)
            assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", notifications.recv(1000))
            assert notifications.recv(1000) == b"READY=1"
        finally:
            running.terminate()


def test_two_instances_share_one_base_port(tmp_path, monkeypatch):
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.settimeout(TIMEOUT)
    notifications.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    options = f"--base-port {BASE}"
    with notifications, contextlib.ExitStack() as stack:
        states = []
        for name in ("1", "2"):
            folder = tmp_path / name
            folder.mkdir()
            running = stack.enter_context(
                subprocess.Popen(command_line(options, folder), cwd=folder, stdout=subprocess.DEVNULL)
            )
            stack.callback(running.wait, TIMEOUT)
            stack.callback(running.terminate)
            states.append(notifications.recv(1000).decode())
            assert (folder / "port.json").exists()
        assert [int(re.search(r":(\d+)$", state)[1]) for state in states] == [BASE, BASE + 1]
        assert all(state.startswith("READY=1\n") for state in states)
        assert ask(BASE + 1, "/version\n") == [f"datechat {__version__}"]
        running.terminate()
        assert signal.Signals(-running.wait(TIMEOUT)).name in values(SERVICE, "SuccessExitStatus")


def test_default_command_line_uses_the_base_port(tmp_path):
    assert command_line(None, tmp_path)[-2:] == ["--base-port", "50000"]


def test_socket_unit_ports_are_served(tmp_path):
    (options,) = values(SOCKET_OPTIONS, "DATECHAT_OPTIONS")
    addresses = [value.replace("50000", str(BASE)) for value in values(SOCKET, "ListenStream")]
    names = ":".join([SOCKET.name] * len(addresses))  # systemd's default names
    activate = [
        "systemd-socket-activate",
        f"--fdname={names}",
        *(f"--listen={address}" for address in addresses),
    ]
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
