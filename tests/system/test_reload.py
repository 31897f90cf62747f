"""Signals of an installed server: reload, log rotation, and the end of its terminal."""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest
import tzdata

from tests.certificates import write_certificate
from tests.ports import free_block
from tests.system.load import Load
from tests.system.processes import BIN, TIMEOUT, ask, is_running, server, wait_for

ZONES = Path(tzdata.__file__).parent / "zoneinfo"


@contextlib.contextmanager
def detached(*options, folder, runner=("twistd", "-n"), **more):
    """A server without a controlling terminal."""
    base = free_block()
    command = (shutil.which("setsid"), str(BIN / runner[0]), *runner[1:])
    with server(
        "--base-port", base, *options, folder=folder, runner=command, bin_=Path("/"), **more
    ) as running:
        running.port()
        running.base = base
        yield running


def certificate_of(port):
    """The certificate, as DER, that a new connection to a port gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), TIMEOUT)) as secure:
        secure.sendall(b"/version\n")
        assert secure.recv(1000).startswith(b"datechat ")
        return secure.getpeercert(binary_form=True)


def shows_certificate(port):
    """A request of :class:`.Load`."""
    return None if certificate_of(port) else "no certificate"


def hang_up(running):
    before = running.log_text().count("Reloaded;")
    running.process.send_signal(signal.SIGHUP)
    wait_for(lambda: running.log_text().count("Reloaded;") > before)


@pytest.mark.parametrize("runner", [("twistd", "-n"), ("twist",)])
def test_certificates_are_exchanged_under_load(tmp_path, runner):
    pem = write_certificate(tmp_path / "server.pem", "localhost")
    web = f"ssl:{free_block()}:interface=127.0.0.1:privateKey={pem}"
    with detached("--tls", pem, "--web", web, folder=tmp_path, runner=runner) as running:
        context = ssl.create_default_context(cafile=str(pem))
        plain = socket.create_connection(("127.0.0.1", running.base), TIMEOUT)
        with context.wrap_socket(plain, server_hostname="localhost") as open_conversation:
            old = certificate_of(running.base)
            with Load(lambda: shows_certificate(running.base), threads=4) as load:
                wait_for(lambda: load.done > 20)
                os.replace(write_certificate(tmp_path / "new.pem", "localhost"), pem)
                hang_up(running)
                assert certificate_of(running.base) != old
                wait_for(lambda: load.done > 60)
            assert load.failures == []
            open_conversation.sendall(b"/version\n")
            assert open_conversation.recv(100).startswith(b"datechat ")
        if runner != ("twist",):  # whose log is JSON
            assert "Reloaded; 2 of 2 certificates changed" in running.log_text()
        new = certificate_of(running.base)
        pem.write_bytes(b"nonsense")
        hang_up(running)
        assert certificate_of(running.base) == new
        assert running.log_text().count("Cannot reload the certificate of ") == 2
        assert "Traceback" not in running.log_text()


@pytest.mark.skipif(os.getuid() != 0, reason="needs the rights of root, to run a server as somebody else")
def test_server_of_another_user_reads_a_new_key_of_its_group():
    """As systemd's DynamicUser= with SupplementaryGroups=ssl-cert; docs/operations.rst shows both."""
    user, group = 61184, 61999
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    try:

        def install():
            new = write_certificate(folder / "new.pem", "localhost")
            os.chown(new, 0, group)
            new.chmod(0o640)
            os.replace(new, folder / "server.pem")

        install()
        base = free_block()
        setpriv = shutil.which("setpriv"), f"--reuid={user}", f"--regid={user}"
        runner = ("setsid", *setpriv, f"--groups={group}", str(BIN / "twistd"), "-n", "--pidfile=")
        runner = (shutil.which(runner[0]), *runner[1:])
        options = ("--base-port", base, "--tls", folder / "server.pem")
        refused = subprocess.run(
            [*setpriv, "--clear-groups", "cat", folder / "server.pem"], capture_output=True, text=True
        )
        assert "Permission denied" in refused.stderr
        with server(*options, folder=folder, runner=runner, bin_=Path("/")) as running:
            old = certificate_of(running.port())
            install()
            hang_up(running)
            assert certificate_of(base) != old
    finally:
        shutil.rmtree(folder)


def test_zone_data_is_read_again(tmp_path):
    folder = tmp_path / "zoneinfo"
    shutil.copytree(ZONES, folder)
    environment = {"PYTHONTZPATH": str(folder)}
    with detached("--zone", "Paris", folder=tmp_path, environment=environment) as running:
        with socket.create_connection(("127.0.0.1", running.base), TIMEOUT) as connection:
            replies = connection.makefile("rb")

            def asked():
                connection.sendall(b"/date 2026-12-25T12:00Z in Rome\n")
                return replies.readline().decode().rstrip()

            assert asked() == "2026-12-25T13:00:00+01:00"
            for name in ("Europe/Rome", "Europe/Paris"):
                shutil.copy(folder / "Asia" / "Tokyo", folder / name)
            hang_up(running)
            assert asked() == "2026-12-25T21:00:00+09:00"
        (date,) = ask(running.base, "/date 2026-12-25T12:00Z\n")
        assert date == "2026-12-25T21:00:00+09:00"


def test_log_rotation_is_for_daemons(tmp_path):
    with detached(folder=tmp_path) as running:
        running.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: "SIGUSR1 rotates the log of a daemon" in running.log_text())
        assert ask(running.base, "/version\n")[0].startswith("datechat ")
    base = free_block()
    runner = ("twistd", "--pidfile", "it.pid", "--logfile", "it.log")
    with server("--base-port", base, "--port-file", "port.json", folder=tmp_path, runner=runner):
        file = tmp_path / "port.json"
        wait_for(file.exists)
        pid = json.loads(file.read_text())["pid"]
        try:
            os.kill(pid, signal.SIGUSR1)
            wait_for((tmp_path / "it.log.1").exists)
            os.kill(pid, signal.SIGHUP)
            wait_for(lambda: "Reloaded;" in (tmp_path / "it.log").read_text())
            assert ask(base, "/version\n")[0].startswith("datechat ")
        finally:
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda: not is_running(pid))


def test_end_of_the_terminal_ends_the_server_with_its_last_words(tmp_path):
    base = free_block()
    arguments = ["-n", "--logfile", "it.log", "datechat", "--base-port", str(base)]
    child = pexpect.spawn(str(BIN / "twistd"), arguments, cwd=tmp_path, timeout=TIMEOUT)
    log = tmp_path / "it.log"
    wait_for(lambda: log.exists() and "listens on" in log.read_text())
    with socket.create_connection(("127.0.0.1", base), TIMEOUT) as connection:
        connection.sendall(b"/version\n")
        replies = connection.makefile("rb")
        assert replies.readline().startswith(b"datechat ")
        child.ptyproc.fileobj.close()  # the terminal is gone, as with an ssh session
        assert replies.readline() == b"error: datechat is stopping; please connect again later\r\n"
        assert replies.readline() == b""
    wait_for(lambda: os.waitpid(child.pid, os.WNOHANG) != (0, 0))
    assert "Server Shut Down." in log.read_text()


def test_expired_certificate_is_told_at_the_start(tmp_path):
    pem = write_certificate(tmp_path / "server.pem", "localhost", lasts=timedelta(seconds=-5))
    with detached("--tls", pem, folder=tmp_path) as running:
        wait_for(lambda: f"The certificate of {pem} has expired; clients refuse it." in running.log_text())
