"""The client as a person and a script use it."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from tests.ports import free_block
from tests.system.processes import PATIENCE, ask as exchange, command, run, server, taken, wait_for
from twisted_date import __version__

BASE = free_block()
CLIENTS = [("datechat",), ("twist", "datechat-client")]
PROMPT = r"> |>.*\x1b\[\?25h"  # of a plain terminal, of one with a cursor once that is there
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder, in which a server runs on the base port."""
    folder = tmp_path_factory.mktemp("server")
    with server("--base-port", BASE, folder=folder) as running:
        assert running.port() == BASE
        yield folder


def ask(client, *arguments, folder, **more):
    return run(*client, "--base-port", BASE, *arguments, folder=folder, **more)


@pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
class TestAsk:
    def test_a_message_as_words(self, here, client):
        finished = ask(client, "/version", folder=here)
        assert (finished.returncode, finished.stdout) == (0, f"datechat {__version__}\n")
        assert finished.stderr == ""

    def test_dashes_belong_to_the_message(self, here, client):
        finished = ask(client, "hello", "--help", folder=here)
        assert finished.stdout == "You are connected. /help lists the commands.\n"

    def test_json(self, here, client):
        finished = ask(client, "--json", "--name", "Zoë", "/date", folder=here)
        assert set(json.loads(finished.stdout)) == {"ok", "text", "date", "unix", "zone"}

    def test_lines_from_a_pipe(self, here, client):
        finished = ask(client, folder=here, stdin="/name Alice\nbonjour\nau revoir\n/date\n")
        assert finished.stdout.splitlines() == [
            "Hello, Alice. You are connected.",
            "You are connected, Alice. /help lists the commands.",
            "Goodbye, Alice. The connection is closed.",
        ]
        assert finished.returncode == 0

    def test_lines_from_a_file(self, here, client, tmp_path):
        (tmp_path / "lines").write_text("/version\n" * 1000 + "/quit")
        with (tmp_path / "lines").open() as lines:
            finished = subprocess.run(
                command(*client, "--base-port", BASE), stdin=lines, capture_output=True, text=True, cwd=here
            )
        assert finished.stdout == f"datechat {__version__}\n" * 1000 + "Goodbye. The connection is closed.\n"

    @pytest.mark.parametrize(("ending", "pause"), [("\n", 0), ("", 0), ("\n", 0.3), ("", 0.3)])
    def test_a_pipe_that_ends_without_a_farewell(self, here, client, ending, pause):
        words = " ".join(command(*client, "--base-port", BASE))
        script = f"(printf '/version\nbonjour{ending}'; sleep {pause}) | {words}; printf '' | {words}"
        finished = subprocess.run(
            ["sh", "-c", script], capture_output=True, text=True, timeout=PATIENCE, cwd=here
        )
        assert finished.stdout == f"datechat {__version__}\nYou are connected. /help lists the commands.\n"
        assert (finished.returncode, finished.stderr) == (0, "")

    def test_no_input_at_all(self, here, client):
        finished = subprocess.run(
            command(*client, "--base-port", BASE), stdin=subprocess.DEVNULL, capture_output=True, cwd=here
        )
        assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"", b"")

    def test_an_error_reply_is_status_1(self, here, client):
        finished = ask(client, "/dat", folder=here)
        assert finished.returncode == 1
        assert finished.stdout == "error: /dat is not a command; did you mean /date?\n"

    def test_no_server_is_status_3(self, client, tmp_path):
        finished = run(*client, "--base-port", BASE + 50, "--port-tries", 3, "/date", folder=tmp_path)
        assert finished.returncode == 3
        assert finished.stdout == ""
        assert finished.stderr == (
            f"datechat: no datechat server on localhost, ports {BASE + 50} to {BASE + 52}: "
            f"Connection refused; twistd -n datechat --base-port {BASE + 50} starts one\n"
        )

    def test_a_server_that_does_not_answer_is_status_3(self, client, tmp_path):
        with taken(BASE + 50):
            finished = run(*client, "--port", BASE + 50, "--timeout", 0.3, "/date", folder=tmp_path)
        assert (finished.returncode, finished.stdout) == (3, "")
        assert "no answer came in time" in finished.stderr

    def test_where(self, here, client):
        finished = ask(client, "--where", folder=here)
        host, port = finished.stdout.split()
        assert exchange(port, "/version\n", host) == [f"datechat {__version__}"]

    def test_an_endpoint(self, here, client):
        finished = run(*client, "--connect", f"tcp:localhost:{BASE}", "/version", folder=here)
        assert finished.stdout == f"datechat {__version__}\n"

    def test_a_full_output_is_told(self, here, client):
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                command(*client, "--base-port", BASE, "/date"),
                stdin=subprocess.DEVNULL,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=here,
            )
        assert finished.returncode == 1
        assert finished.stderr == "datechat: cannot read or write: No space left on device\n"


@pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
def test_wrong_usage_is_status_2(tmp_path, client):
    for arguments, words in (
        (["--nonsense"], "datechat: option --nonsense not recognized (--help lists the options)\n"),
        (["--port", "0"], "datechat: --port is '0'; give a whole number from 1 to 65535 "),
        (["--connect", "nonsense:1"], "datechat: --connect 'nonsense:1' is not an endpoint"),
    ):
        finished = run(*client, *arguments, folder=tmp_path)
        assert finished.returncode == 2
        assert finished.stderr.startswith(words)
        assert finished.stderr.count("\n") == 1
        assert finished.stdout == ""


def test_help_and_version(tmp_path):
    told = run("datechat", "--help", folder=tmp_path).stdout
    assert told.startswith("Usage: datechat [options] [WORD...]\n")
    assert "--base-port=" in told
    assert run("datechat", "--version", folder=tmp_path).stdout == f"datechat {__version__}\n"


def test_zsh_asks_the_command_what_can_be_completed(tmp_path):
    told = run("datechat", "", "--_shell-completion", "zsh:1", folder=tmp_path).stdout
    assert told.startswith("#compdef datechat\n")
    assert "--port-file=[The file that a server wrote for its --port-file.]:port-file" in told
    assert ":host:_hosts" in told


def test_the_help_fits_on_a_screen(tmp_path):
    assert len(run("datechat", "--help", folder=tmp_path).stdout.splitlines()) < 24


def test_strangers_before_it_do_not_hide_it(tmp_path):
    with taken(BASE + 60, BASE + 61), server("--base-port", BASE + 60, folder=tmp_path) as running:
        assert running.port() == BASE + 62
        finished = run("datechat", "--base-port", BASE + 60, "/version", folder=tmp_path)
        assert (finished.returncode, finished.stdout) == (0, f"datechat {__version__}\n")


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    with socket.create_server(("127.0.0.1", BASE + 70)) as listening:
        asking = subprocess.Popen(
            command("datechat", "--port", BASE + 70, "hello"), stdout=subprocess.PIPE, cwd=tmp_path
        )
        connection, _ = listening.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b'datechat 9.9.9\r\n{"ok": true, "text": ""}\r\n')
            connection.recv(100)
            connection.sendall(b'{"ok": true, "text": "\\u001b]0;title\\u0007\\u009b2J"}\r\n')
            shown, _ = asking.communicate(timeout=PATIENCE)
    assert shown.decode() == "\ufffd]0;title\ufffd\ufffd2J\n"


def environment(home, terminal):
    """A person's environment, with a home of its own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": terminal,
        "LANG": "C.UTF-8",
        "PROMPT_TOOLKIT_NO_CPR": "1",  # nobody answers here when the terminal is asked where its cursor is
    }


class TestTerminal:
    """The dialogue on a pseudo-terminal that knows nothing but lines."""

    def spawn(self, here, *client):
        name, *arguments = command(*client, "--base-port", BASE)
        env = environment(here / f"home-{time.monotonic_ns()}", "dumb")
        return pexpect.spawn(
            name, arguments, cwd=str(here), timeout=PATIENCE, encoding="utf-8", echo=False, env=env
        )

    @pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
    def test_the_first_name_then_the_conversation(self, here, client):
        terminal = self.spawn(here, *client)
        terminal.expect_exact(f"datechat {__version__} at 127.0.0.1:{BASE}")
        terminal.expect_exact("Your first name: ")
        terminal.sendline("Zoë")
        terminal.expect_exact("Hello, Zoë. You are connected.\r\n> ")
        terminal.sendline("/date")
        terminal.expect(r"\d{4}-\d\d-\d\dT[\d:+-]+\r\n> ")
        terminal.sendline("bonjour")
        terminal.expect_exact("You are connected, Zoë. /help lists the commands.\r\n> ")
        terminal.sendline("Au revoir !")
        terminal.expect_exact("Goodbye, Zoë. The connection is closed.\r\n")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert (terminal.exitstatus, terminal.signalstatus) == (0, None)

    def test_ctrl_d_leaves(self, here):
        terminal = self.spawn(here, "datechat")
        terminal.expect_exact("Your first name: ")
        terminal.sendline("")
        terminal.expect_exact("> ")
        terminal.sendeof()
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 0

    @pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_leaves(self, here, name):
        terminal = self.spawn(here, "datechat")
        terminal.expect_exact("Your first name: ")
        terminal.kill(name)
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 128 + name
        assert "Traceback" not in terminal.before

    @pytest.mark.parametrize("terminal", ["dumb", "xterm"])
    def test_a_server_that_stops_is_told_at_the_prompt_and_found_again(self, tmp_path, terminal):
        options = ("--base-port", BASE + 80, "--port-tries", 1)
        name, *arguments = command("datechat", "--port", BASE + 80, "--name", "Zoë")
        with server(*options, folder=tmp_path) as running:
            running.port()
            env = environment(tmp_path, terminal)
            terminal = pexpect.spawn(name, arguments, timeout=PATIENCE, encoding="utf-8", env=env)
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

    def test_the_last_name_is_the_default(self, here, tmp_path):
        for typed, told in (("Zoë", "Hello, Zoë."), ("", "Hello, Zoë.")):
            name, *arguments = command("datechat", "--base-port", BASE)
            env = environment(tmp_path, "dumb")
            terminal = pexpect.spawn(name, arguments, timeout=PATIENCE, encoding="utf-8", env=env)
            terminal.expect_exact("Your first name")
            terminal.sendline(typed)
            terminal.expect_exact(told)
            terminal.expect(PROMPT)
            terminal.close(force=True)

    def test_ctrl_c_ends_the_line(self, here):
        script = f'{" ".join(command("datechat", "--base-port", BASE))}; echo "status $?"'
        env = environment(here / "home", "dumb")
        terminal = pexpect.spawn("bash", ["-ic", script], timeout=PATIENCE, encoding="utf-8", env=env)
        terminal.expect_exact("Your first name")
        terminal.sendintr()
        terminal.expect_exact("\r\nstatus 130")
        terminal.close(force=True)

    @pytest.mark.parametrize("kind", ["dumb", "xterm"])
    def test_the_terminal_stays_as_it_was(self, here, kind):
        script = f'{" ".join(command("datechat", "--base-port", BASE))}; echo "status $?"; cat'
        env = environment(here / "home", kind)
        terminal = pexpect.spawn("sh", ["-c", script], timeout=PATIENCE, encoding="utf-8", env=env)
        terminal.expect_exact("Your first name")
        terminal.setecho(False)
        terminal.send("\x04")
        terminal.expect_exact("status 0")
        assert terminal.getecho() is (kind == "xterm")
        terminal.sendline("cat reads this")
        terminal.expect_exact("cat reads this")
        terminal.close(force=True)


class TestEditor:
    """The dialogue on a pseudo-terminal with a cursor."""

    def spawn(self, home, *client, port=BASE, **more):
        name, *arguments = command(*(client or ["datechat"]), "--base-port", port)
        env = {**environment(home, "xterm"), **more}
        terminal = pexpect.spawn(name, arguments, timeout=PATIENCE, encoding="utf-8", env=env)
        terminal.expect_exact("Your first name")
        terminal.expect_exact("\x1b[?25h")  # the cursor is there: it can be typed
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
    def test_commands_and_places_are_completed(self, here, tmp_path, client):
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

    def test_lines_are_kept_between_runs(self, here, tmp_path):
        for keys in ("/date in Kathmandu\r", "\x1b[A\r", "\x12Kath\r\r"):
            terminal = self.spawn(tmp_path)
            terminal.send(keys)
            terminal.expect_exact("+05:45")
            self.expect_prompt(terminal)
            self.leave(terminal)
        history = tmp_path / ".local/state/datechat/history"
        assert stat.S_IMODE(history.stat().st_mode) == 0o600
        assert "Zoë" not in history.read_text()

    def test_ctrl_c_clears_the_line(self, here, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("/quit")
        terminal.expect_exact("/quit")
        terminal.send("\x03/version\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        self.leave(terminal)

    def test_a_server_that_goes_during_a_search_is_found_again(self, tmp_path):
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

    def test_ctrl_c_leaves_a_search(self, here, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("\x12x")
        terminal.expect_exact("i-search")
        terminal.send("\x03/version\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        self.leave(terminal)

    def test_what_is_pasted(self, here, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("\x1b[200~/version\n/date in Kathmandu\x1b[201~\r")
        terminal.expect_exact(f"datechat {__version__}")
        terminal.expect_exact("+05:45")
        self.expect_prompt(terminal)
        os.write(terminal.child_fd, b"caf\xe9\r")
        terminal.expect_exact("error: the line is not UTF-8")
        self.expect_prompt(terminal)
        self.leave(terminal, status=1)

    def test_an_error_looks_like_one(self, here, tmp_path):
        terminal = self.spawn(tmp_path)
        terminal.send("/foo\r")
        terminal.expect_exact("\x1b[31merror: /foo is not a command; /help lists them\x1b[0m")
        self.expect_prompt(terminal)
        self.leave(terminal, status=1)

    def test_without_colours(self, here, tmp_path):
        terminal = self.spawn(tmp_path, NO_COLOR="1")
        terminal.send("/foo\r")
        terminal.expect_exact("error: /foo is not a command; /help lists them\r\n")
        assert "\x1b[31m" not in terminal.before
        self.expect_prompt(terminal)
        self.leave(terminal, status=1)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_a_signal_leaves_the_terminal_as_it_was(self, here, tmp_path, number):
        client = " ".join(command("datechat", "--base-port", BASE))
        script = f'{client} & echo "pid $!;"; fg; echo "status $?"'
        env = environment(tmp_path, "xterm")
        terminal = pexpect.spawn("bash", ["-mc", script], timeout=PATIENCE, encoding="utf-8", env=env)
        terminal.expect(r"pid (\d+);")
        pid = int(terminal.match[1])
        terminal.expect_exact("Your first name")
        terminal.expect_exact("\x1b[?25h")
        os.kill(pid, number)
        terminal.expect_exact(f"status {128 + number}")
        assert terminal.getecho()
        assert "Traceback" not in terminal.before
        terminal.close(force=True)

    def test_suspended_and_gone_on_with(self, here, tmp_path):
        client = " ".join(command("datechat", "--base-port", BASE, "--name", "Zoë"))
        env = environment(tmp_path, "xterm")
        terminal = pexpect.spawn("bash", ["--norc", "-i"], timeout=PATIENCE, encoding="utf-8", env=env)
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

    def test_twenty_columns_and_no_home(self, here, tmp_path):
        name, *arguments = command("datechat", "--base-port", BASE, "--name", "Zoë")
        env = environment(tmp_path, "xterm")
        del env["HOME"]
        terminal = pexpect.spawn(
            name, arguments, timeout=PATIENCE, encoding="utf-8", env=env, dimensions=(5, 20)
        )
        self.expect_prompt(terminal)
        terminal.send("/version\r")
        terminal.expect_exact(f"datechat {__version__}")
        self.expect_prompt(terminal)
        self.leave(terminal)


@pytest.mark.parametrize(
    ("example", "program", "arguments"),
    [("client.sh", "bash", ("localhost", BASE)), ("client.mjs", "node", (BASE,))],
)
class TestExamples:
    """Clients in other languages, written from docs/protocol.rst."""

    def ask(self, example, program, arguments, stdin):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; .ci/run installs it")
        return subprocess.run(
            [program, str(EXAMPLES / example), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def test_a_conversation(self, here, example, program, arguments):
        finished = self.ask(example, program, arguments, "/name Zoë\n/json maybe\nbonjour\nau revoir\n")
        assert finished.stdout.splitlines() == [
            "Hello, Zoë. You are connected.",
            "error: maybe is more than /json understands; the usage is /json [on|off]",
            "You are connected, Zoë. /help lists the commands.",
            "Goodbye, Zoë. The connection is closed.",
        ]
        assert finished.stderr == ""

    def test_many_lines(self, here, example, program, arguments):
        finished = self.ask(example, program, arguments, "/version\n" * 500)
        assert finished.returncode == 0
        assert finished.stdout == f"datechat {__version__}\n" * 500

    def test_no_server(self, example, program, arguments):
        *host, _ = arguments
        assert self.ask(example, program, (*host, 65535), "/date\n").returncode != 0


def test_the_users_own_first_client(here):
    script = [sys.executable, str(EXAMPLES / "first_client.py"), str(BASE)]
    finished = subprocess.run(
        script,
        input="Alice\n/date\nbonjour\nau revoir\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    shown = finished.stdout.replace("> ", "").splitlines()
    assert shown[0] == "Your first name: Hello, Alice. You are connected."
    assert len(shown) == 4
    assert shown[3] == "Goodbye, Alice. The connection is closed."


class TestPipes:
    def test_a_hundred_thousand_lines_in_order(self, here, tmp_path):
        lines = tmp_path / "lines"
        lines.write_text("".join(f"/date @{number} +%s\n" for number in range(100_000)))
        with lines.open() as asked:
            finished = subprocess.run(
                command("datechat", "--base-port", BASE),
                stdin=asked,
                capture_output=True,
                text=True,
                timeout=300,
            )
        assert (finished.returncode, finished.stderr) == (0, "")
        assert finished.stdout == "".join(f"{number}\n" for number in range(100_000))

    def test_whoever_reads_may_stop(self, here):
        words = " ".join(command("datechat", "--base-port", BASE))
        script = f"yes /version | {words} | head -n 3; echo ${{PIPESTATUS[1]}}"
        finished = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=PATIENCE)
        assert finished.stdout == f"datechat {__version__}\n" * 3 + "1\n"
        assert finished.stderr == "datechat: cannot read or write: Broken pipe\n"

    def test_a_reply_comes_before_the_next_line(self, here):
        with subprocess.Popen(
            command("datechat", "--base-port", BASE), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as talking:
            for _ in range(3):
                talking.stdin.write("/version\n")
                talking.stdin.flush()
                assert talking.stdout.readline() == f"datechat {__version__}\n"
            talking.stdin.close()
            assert talking.wait(PATIENCE) == 0

    def test_closed_streams(self, here):
        words = " ".join(command("datechat", "--base-port", BASE, "/version"))
        version = f"datechat {__version__}\n"
        unwritten = "datechat: cannot read or write: Bad file descriptor\n"
        for closed, told in (
            ("<&-", (0, version, "")),
            (">&-", (1, "", unwritten)),
            ("2>&-", (0, version, "")),
        ):
            finished = subprocess.run(["sh", "-c", f"{words} {closed}"], capture_output=True, text=True)
            assert (finished.returncode, finished.stdout, finished.stderr) == told

    @pytest.mark.parametrize("option", ["--help", "--version"])
    def test_help_that_cannot_be_written(self, tmp_path, option):
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                command("datechat", option), stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path
            )
        assert finished.returncode == 1
        assert finished.stderr == "datechat: cannot read or write: No space left on device\n"


class TestWays:
    def test_a_port_file(self, tmp_path):
        path = tmp_path / "port.json"
        with server("--base-port", BASE + 90, "--port-file", path, folder=tmp_path):
            wait_for(path.exists)
            told = run("datechat", "--port-file", path, "/version", folder=tmp_path)
            assert (told.returncode, told.stdout) == (0, f"datechat {__version__}\n")
        told = run("datechat", "--port-file", path, "/version", folder=tmp_path)
        assert told.returncode == 3
        assert "a server started with --port-file writes one" in told.stderr

    def test_the_environment(self, here, monkeypatch):
        monkeypatch.setenv("DATECHAT_HOST", "127.0.0.1")
        monkeypatch.setenv("DATECHAT_PORT", str(BASE))
        assert run("datechat", "/version", folder=here).stdout == f"datechat {__version__}\n"
        assert run("datechat", "--where", folder=here).stdout == f"127.0.0.1 {BASE}\n"

    def test_tls(self, tmp_path, certificate, monkeypatch):
        with server("--base-port", BASE + 90, "--tls", certificate, folder=tmp_path) as running:
            asked = ("datechat", "--port", running.port(), "--tls")
            told = run(*asked, "/version", folder=tmp_path)
            assert told.returncode == 3
            assert "its certificate is not trusted; SSL_CERT_FILE can name" in told.stderr
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            told = run(*asked, "/version", folder=tmp_path)
            assert (told.returncode, told.stdout) == (0, f"datechat {__version__}\n")
            told = run("datechat", "--port", running.port(), "/version", folder=tmp_path)
            assert "closes the connection at once; --tls is for a server that speaks TLS" in told.stderr
            told = run(*asked, "--host", "127.0.0.1", "/version", folder=tmp_path)
            assert told.returncode == 3
            assert "is another host's" in told.stderr
            assert told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x1b[2J\x1b]0;owned\x07\r\n", "not datechat"),
        (b"datechat 9.9.9\r\n\x1b[2J\r\n", "does not speak as datechat does"),
        (b"x" * 10_000, "longer lines"),
        (b"", "no answer came in time"),
        (None, "closes the connection at once; --tls is for"),
    ],
    ids=["escapes", "garbage later", "long", "silent", "closing"],
)
def test_strangers(tmp_path, answer, words):
    with socket.create_server(("127.0.0.1", BASE + 70)) as listening:
        asking = subprocess.Popen(
            command("datechat", "--port", BASE + 70, "--host", "127.0.0.1", "--timeout", 1, "hello"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
        )
        connection, _ = listening.accept()
        with connection:
            connection.recv(100)
            if answer is not None:
                connection.sendall(answer)
                out, err = asking.communicate(timeout=PATIENCE)
        if answer is None:
            out, err = asking.communicate(timeout=PATIENCE)
    assert (asking.returncode, out) == (3, b"")
    assert words in err.decode()
    assert err.count(b"\n") == 1
    assert b"\x1b" not in err
