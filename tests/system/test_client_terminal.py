"""The interactive client on a terminal."""

import io
import json
import os
import re
import signal
import socket
import stat
import threading
import time

import pexpect
import pytest

from tests.ports import free_block
from tests.system.processes import CLIENTS, TIMEOUT, command, server
from twisted_date import __version__

BASE = free_block()
PROMPT = r"> |>.*\x1b\[\?25h"  # on a dumb terminal; on one with a cursor, once the cursor is shown


def environment(home, terminal):
    """The environment of a person's shell, with a home directory and a terminal type."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": terminal,
        "LANG": "C.UTF-8",
        "PROMPT_TOOLKIT_NO_CPR": "1",  # no cursor position requests: nothing would answer them
    }


class TestTerminal:
    """The client on a dumb pseudo-terminal: plain lines, no cursor."""

    def spawn(self, server_folder, *client):
        name, *arguments = command(*client, "--base-port", BASE)
        env = environment(server_folder / f"home-{time.monotonic_ns()}", "dumb")
        return pexpect.spawn(
            name, arguments, cwd=str(server_folder), timeout=TIMEOUT, encoding="utf-8", echo=False, env=env
        )

    @pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
    def test_conversation_starts_with_the_first_name(self, server_folder, client):
        terminal = self.spawn(server_folder, *client)
        terminal.expect_exact(f"datechat {__version__} at 127.0.0.1:{BASE}")
        terminal.expect_exact("Your first name: ")
        terminal.sendline("Zoë")
        terminal.expect_exact("Hello, Zoë. You are connected.\r\n> ")
        terminal.sendline("/date")
        terminal.expect(r"\d{4}-\d\d-\d\dT[\d:+-]+\r\n\w+day \d+ \w+ \d{4}, \d\d:\d\d\r\n> ")
        terminal.sendline("bonjour")
        terminal.expect_exact("You are connected, Zoë. /help lists the commands.\r\n> ")
        terminal.sendline("Au revoir !")
        terminal.expect_exact("Goodbye, Zoë. The connection is closed.\r\n")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert (terminal.exitstatus, terminal.signalstatus) == (0, None)

    def test_ctrl_d_leaves_the_client(self, server_folder):
        terminal = self.spawn(server_folder, "datechat")
        terminal.expect_exact("Your first name: ")
        terminal.sendline("")
        terminal.expect_exact("> ")
        terminal.sendeof()
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 0

    @pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
    def test_signal_ends_the_client(self, server_folder, signum):
        terminal = self.spawn(server_folder, "datechat")
        terminal.expect_exact("Your first name: ")
        terminal.kill(signum)
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 128 + signum
        assert "Traceback" not in terminal.before

    @pytest.mark.parametrize("terminal", ["dumb", "xterm"])
    def test_stopping_server_is_reported_at_the_prompt_and_reconnected(self, tmp_path, terminal):
        options = ("--base-port", BASE + 80, "--port-tries", 1)
        name, *arguments = command("datechat", "--port", BASE + 80, "--name", "Zoë")
        with server(*options, folder=tmp_path) as running:
            running.port()
            env = environment(tmp_path, terminal)
            terminal = pexpect.spawn(name, arguments, timeout=TIMEOUT, encoding="utf-8", env=env)
            terminal.expect(PROMPT)
            terminal.send("/zone Tokyo\r")
            terminal.expect_exact("The zone is Asia/Tokyo from now on.")
            running.stop()
            terminal.expect_exact("datechat is stopping; please connect again later; connecting again")
        with server(*options, folder=tmp_path) as running:
            terminal.expect_exact(f"datechat {__version__} at 127.0.0.1:{BASE + 80}")
            terminal.expect(PROMPT)
            terminal.send("/date\r")
            terminal.expect_exact("+09:00")
            terminal.expect(PROMPT)
            terminal.send("bonjour\r")
            terminal.expect_exact("You are connected, Zoë.")
            terminal.expect(PROMPT)
            terminal.send("au revoir\r")
            terminal.expect(pexpect.EOF)
            terminal.close()
        assert terminal.exitstatus == 0

    def test_last_name_is_the_default(self, server_folder, tmp_path):
        for typed, greeting in (("Zoë", "Hello, Zoë."), ("", "Hello, Zoë.")):
            name, *arguments = command("datechat", "--base-port", BASE)
            env = environment(tmp_path, "dumb")
            terminal = pexpect.spawn(name, arguments, timeout=TIMEOUT, encoding="utf-8", env=env)
            terminal.expect_exact("Your first name")
            terminal.sendline(typed)
            terminal.expect_exact(greeting)
            terminal.expect(PROMPT)
            terminal.close(force=True)

    def test_ctrl_c_ends_the_line(self, server_folder):
        script = f'{" ".join(command("datechat", "--base-port", BASE))}; echo "status $?"'
        env = environment(server_folder / "home", "dumb")
        terminal = pexpect.spawn("bash", ["-ic", script], timeout=TIMEOUT, encoding="utf-8", env=env)
        terminal.expect_exact("Your first name")
        terminal.sendintr()
        terminal.expect_exact("\r\nstatus 130")
        terminal.close(force=True)

    @pytest.mark.parametrize("kind", ["dumb", "xterm"])
    def test_terminal_is_left_as_it_was(self, server_folder, kind):
        script = f'{" ".join(command("datechat", "--base-port", BASE))}; echo "status $?"; cat'
        env = environment(server_folder / "home", kind)
        terminal = pexpect.spawn("sh", ["-c", script], timeout=TIMEOUT, encoding="utf-8", env=env)
        terminal.expect_exact("Your first name")
        terminal.setecho(False)
        terminal.send("\x04")
        terminal.expect_exact("status 0")
        assert terminal.getecho() is (kind == "xterm")
        terminal.sendline("cat reads this")
        terminal.expect_exact("cat reads this")
        terminal.close(force=True)


class TestEditor:
    """The client on a pseudo-terminal with a cursor: the line editor."""

    def spawn(self, home, *client, port=BASE, **variables):
        name, *arguments = command(*(client or ["datechat"]), "--base-port", port)
        env = {**environment(home, "xterm"), **variables}
        terminal = pexpect.spawn(name, arguments, timeout=TIMEOUT, encoding="utf-8", env=env)
        terminal.expect_exact("Your first name")
        terminal.expect_exact("\x1b[?25h")  # the cursor is shown: the editor reads keys
        terminal.send("Zoë\r")
        terminal.expect_exact("Hello, Zoë. You are connected.")
        self.expect_prompt(terminal)
        return terminal

    def expect_prompt(self, terminal):
        terminal.expect(PROMPT)

    def leave(self, terminal, status=0):
        terminal.send("\x04")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == status

    @pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
    def test_commands_and_places_are_completed(self, server_folder, tmp_path, client):
        terminal = self.spawn(tmp_path, *client)
        terminal.send("/ver\t")
        terminal.expect_exact("sion")
        terminal.send("\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        terminal.send("/date in Kathman\t")
        terminal.expect_exact("du")
        terminal.send(" +rfc5\t")
        terminal.expect_exact("322")
        terminal.send("\r")
        terminal.expect_exact("+0545")
        self.expect_prompt(terminal)
        self.leave(terminal)

    def test_history_is_kept_between_runs(self, server_folder, tmp_path):
        for keys in ("/date in Kathmandu\r", "\x1b[A\r", "\x12Kath\r\r"):
            terminal = self.spawn(tmp_path)
            terminal.send(keys)
            terminal.expect_exact("+05:45")
            self.expect_prompt(terminal)
            self.leave(terminal)
        history = tmp_path / ".local/state/datechat/history"
        assert stat.S_IMODE(history.stat().st_mode) == 0o600
        assert "Zoë" not in history.read_text()

    def test_ctrl_c_clears_the_line(self, server_folder, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("/quit")
        terminal.expect_exact("/quit")
        terminal.send("\x03/version\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        self.leave(terminal)

    def test_server_restarted_during_a_search_is_reconnected(self, tmp_path):
        port = free_block()
        with server("--base-port", port, folder=tmp_path) as running:
            running.port()
            terminal = self.spawn(tmp_path, port=port)
            terminal.send("/zone Tokyo\r")
            terminal.expect_exact("Asia/Tokyo")
            self.expect_prompt(terminal)
            terminal.send("\x12zo")
            terminal.expect_exact("i-search")
            running.stop()
            terminal.expect_exact("datechat is stopping")
        with server("--base-port", port, folder=tmp_path) as running:
            running.port()
            self.expect_prompt(terminal)
            terminal.send("/zone\r")
            terminal.expect_exact("Asia/Tokyo")
            self.expect_prompt(terminal)
            self.leave(terminal)

    def test_ctrl_c_leaves_a_search(self, server_folder, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("\x12x")
        terminal.expect_exact("i-search")
        terminal.send("\x03/version\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        self.leave(terminal)

    def test_pasted_text_is_sent_line_by_line(self, server_folder, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("\x1b[200~/version\n/date in Kathmandu\x1b[201~\r")
        terminal.expect_exact(f"datechat {__version__}")
        terminal.expect_exact("+05:45")
        self.expect_prompt(terminal)
        os.write(terminal.child_fd, b"caf\xe9\r")
        terminal.expect_exact("error: the line is not UTF-8")
        self.expect_prompt(terminal)
        self.leave(terminal, status=1)

    def test_error_is_shown_in_red(self, server_folder, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("/foo\r")
        terminal.expect_exact("\x1b[31merror: /foo is not a command; /help lists them\x1b[0m")
        self.expect_prompt(terminal)
        self.leave(terminal, status=1)

    def test_no_color_disables_colours(self, server_folder, tmp_path):
        terminal = self.spawn(tmp_path, NO_COLOR="1")
        terminal.send("/foo\r")
        terminal.expect_exact("error: /foo is not a command; /help lists them\r\n")
        assert "\x1b[31m" not in terminal.before
        self.expect_prompt(terminal)
        self.leave(terminal, status=1)

    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_signal_restores_the_terminal(self, server_folder, tmp_path, signum):
        client = " ".join(command("datechat", "--base-port", BASE))
        script = f'{client} & echo "pid $!;"; fg; echo "status $?"'
        env = environment(tmp_path, "xterm")
        terminal = pexpect.spawn("bash", ["-mc", script], timeout=TIMEOUT, encoding="utf-8", env=env)
        terminal.expect(r"pid (\d+);")
        pid = int(terminal.match[1])
        terminal.expect_exact("Your first name")
        terminal.expect_exact("\x1b[?25h")
        os.kill(pid, signum)
        terminal.expect_exact(f"status {128 + signum}")
        assert terminal.getecho()
        assert "Traceback" not in terminal.before
        terminal.close(force=True)

    def test_suspended_client_resumes(self, server_folder, tmp_path):
        client = " ".join(command("datechat", "--base-port", BASE, "--name", "Zoë"))
        env = environment(tmp_path, "xterm")
        terminal = pexpect.spawn("bash", ["--norc", "-i"], timeout=TIMEOUT, encoding="utf-8", env=env)
        terminal.sendline(client)
        self.expect_prompt(terminal)
        terminal.send("/vers\x1a")
        terminal.expect_exact("Stopped")
        terminal.expect_exact("# " if os.getuid() == 0 else "$ ")
        assert terminal.getecho() is not None
        terminal.sendline("fg")
        terminal.expect(r"/vers.*\x1b\[\?25h")
        assert not terminal.getecho()  # the editor has the terminal again
        terminal.send("ion\r")
        terminal.expect_exact(f"datechat {__version__}")
        terminal.close(force=True)

    def test_twenty_columns_and_no_home_directory_suffice(self, server_folder, tmp_path):
        name, *arguments = command("datechat", "--base-port", BASE, "--name", "Zoë")
        env = environment(tmp_path, "xterm")
        del env["HOME"]
        terminal = pexpect.spawn(
            name, arguments, timeout=TIMEOUT, encoding="utf-8", env=env, dimensions=(5, 20)
        )
        self.expect_prompt(terminal)
        terminal.send("/version\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        self.leave(terminal)


class HostileServer(threading.Thread):
    """A server whose replies are full of what must not reach a terminal; keeps the lines that it gets."""

    NASTY = "\x1b]0;owned\x07|\x9b2J|\u202e|\u2028|\r\n|\x00|\ud800"
    CHOICES = ("/date", "/nice", "/nasty\r\n/quit", f"/date{NASTY}", NASTY, 5, None, ["/list"], {"a": NASTY})

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines = []

    def run(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                self.lines.append(line)
                if line == b"/version\r\n":
                    connection.sendall(b"datechat 9.9 \x1b[2J\xe2\x80\xae\r\n")
                    continue
                reply = {"ok": True, "text": f"reply{self.NASTY}", "choices": self.CHOICES}
                reply["closing"] = line == b"leave\r\n"
                connection.sendall(json.dumps(reply).encode() + b"\r\n")

    def stop(self):
        self.listener.close()
        self.join(TIMEOUT)


def test_hostile_server_cannot_act_on_the_terminal(tmp_path):
    hostile = HostileServer()
    hostile.start()
    name, *arguments = command("datechat", "--host", "127.0.0.1", "--port", hostile.port, "--name", "Zoë")
    env = environment(tmp_path, "xterm")
    terminal = pexpect.spawn(name, arguments, timeout=TIMEOUT, encoding="utf-8", env=env)
    terminal.logfile_read = shown = io.StringIO()
    terminal.expect_exact("datechat 9.9")
    terminal.expect(PROMPT)
    for typed, completed in (("/ni\t", "ce"), ("/zone x\t", "/nice")):
        terminal.send(typed)
        terminal.expect_exact(completed)
        terminal.send("\r")
        terminal.expect_exact("reply")
        terminal.expect(PROMPT)
    terminal.send("leave\r")
    terminal.expect(pexpect.EOF)
    terminal.close()
    hostile.stop()
    assert terminal.exitstatus == 0
    acted = re.search("\x07|\x9b|\x1b\\[2J|[\u202e\u2028]|Traceback|Unhandled|report this", shown.getvalue())
    assert not acted, acted
    assert all(line.count(b"\n") == 1 and b"\r" not in line[:-2] for line in hostile.lines)
    assert b"/quit\r\n" not in hostile.lines
    assert b"\x1b" not in (tmp_path / ".local" / "state" / "datechat" / "history").read_bytes()
