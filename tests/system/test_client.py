"""The client's command: its arguments, pipes and exit statuses."""

import json
import socket
import subprocess

import pytest

from tests.certificates import write_certificate
from tests.ports import free_block
from tests.system.processes import CLIENTS, TIMEOUT, ask, command, occupied, run, server, wait_for
from twisted_date import __version__

BASE = free_block()


def run_client(client, *arguments, folder, **options):
    """Run a client against the server on the base port."""
    return run(*client, "--base-port", BASE, *arguments, folder=folder, **options)


@pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
class TestOneShot:
    def test_words_are_sent_as_a_message(self, server_folder, client):
        finished = run_client(client, "/version", folder=server_folder)
        assert (finished.returncode, finished.stdout) == (0, f"datechat {__version__}\n")
        assert finished.stderr == ""

    def test_dashes_after_the_first_word_belong_to_the_message(self, server_folder, client):
        finished = run_client(client, "hello", "--help", folder=server_folder)
        assert finished.stdout == "You are connected. /help lists the commands.\n"

    def test_json_option_prints_the_reply_as_json(self, server_folder, client):
        finished = run_client(client, "--json", "--name", "Zoë", "/date", folder=server_folder)
        assert set(json.loads(finished.stdout)) == {"ok", "text", "date", "unix", "zone", "words"}

    def test_lines_from_a_pipe_are_answered_until_the_farewell(self, server_folder, client):
        finished = run_client(client, folder=server_folder, stdin="/name Alice\nbonjour\nau revoir\n/date\n")
        assert finished.stdout.splitlines() == [
            "Hello, Alice. You are connected.",
            "You are connected, Alice. /help lists the commands.",
            "Goodbye, Alice. The connection is closed.",
        ]
        assert finished.returncode == 0

    def test_lines_from_a_file_are_all_answered(self, server_folder, client, tmp_path):
        (tmp_path / "lines").write_text("/version\n" * 1000 + "/quit")
        with (tmp_path / "lines").open() as lines:
            finished = subprocess.run(
                command(*client, "--base-port", BASE),
                stdin=lines,
                capture_output=True,
                text=True,
                cwd=server_folder,
            )
        assert finished.stdout == f"datechat {__version__}\n" * 1000 + "Goodbye. The connection is closed.\n"

    @pytest.mark.parametrize(("ending", "pause"), [("\n", 0), ("", 0), ("\n", 0.3), ("", 0.3)])
    def test_pipe_without_a_farewell_ends_with_status_0(self, server_folder, client, ending, pause):
        words = " ".join(command(*client, "--base-port", BASE))
        script = f"(printf '/version\nbonjour{ending}'; sleep {pause}) | {words}; printf '' | {words}"
        finished = subprocess.run(
            ["sh", "-c", script], capture_output=True, text=True, timeout=TIMEOUT, cwd=server_folder
        )
        assert finished.stdout == f"datechat {__version__}\nYou are connected. /help lists the commands.\n"
        assert (finished.returncode, finished.stderr) == (0, "")

    def test_empty_input_prints_nothing(self, server_folder, client):
        finished = subprocess.run(
            command(*client, "--base-port", BASE),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=server_folder,
        )
        assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"", b"")

    def test_error_reply_gives_status_1(self, server_folder, client):
        finished = run_client(client, "/dat", folder=server_folder)
        assert finished.returncode == 1
        assert finished.stdout == "error: /dat is not a command; did you mean /date?\n"

    def test_missing_server_gives_status_3(self, client, tmp_path):
        finished = run(*client, "--base-port", BASE + 50, "--port-tries", 3, "/date", folder=tmp_path)
        assert finished.returncode == 3
        assert finished.stdout == ""
        assert finished.stderr == (
            f"datechat: no datechat server on localhost, ports {BASE + 50} to {BASE + 52}: "
            f"Connection refused; twistd -n datechat --base-port {BASE + 50} starts one\n"
        )

    def test_silent_server_gives_status_3(self, client, tmp_path):
        with occupied(BASE + 50):
            finished = run(*client, "--port", BASE + 50, "--timeout", 0.3, "/date", folder=tmp_path)
        assert (finished.returncode, finished.stdout) == (3, "")
        assert "no answer came in time" in finished.stderr

    def test_where_prints_the_server_address(self, server_folder, client):
        finished = run_client(client, "--where", folder=server_folder)
        host, port = finished.stdout.split()
        assert ask(port, "/version\n", host) == [f"datechat {__version__}"]

    def test_connect_takes_an_endpoint_description(self, server_folder, client):
        finished = run(*client, "--connect", f"tcp:localhost:{BASE}", "/version", folder=server_folder)
        assert finished.stdout == f"datechat {__version__}\n"

    def test_full_output_device_is_reported(self, server_folder, client):
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                command(*client, "--base-port", BASE, "/date"),
                stdin=subprocess.DEVNULL,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=server_folder,
            )
        assert finished.returncode == 1
        assert finished.stderr == "datechat: cannot read or write: No space left on device\n"


@pytest.mark.parametrize("client", CLIENTS, ids=" ".join)
def test_wrong_usage_gives_status_2(tmp_path, client):
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


def test_help_and_version_are_printed(tmp_path):
    shown = run("datechat", "--help", folder=tmp_path).stdout
    assert shown.startswith("Usage: datechat [options] [WORD...]\n")
    assert "--base-port=" in shown
    assert run("datechat", "--version", folder=tmp_path).stdout == f"datechat {__version__}\n"


def test_zsh_completion_is_generated_by_the_command(tmp_path):
    script = run("datechat", "", "--_shell-completion", "zsh:1", folder=tmp_path).stdout
    assert script.startswith("#compdef datechat\n")
    assert "--port-file=[The file that a server wrote for its --port-file.]:port-file" in script
    assert ":host:_hosts" in script


def test_help_fits_on_a_screen(tmp_path):
    assert len(run("datechat", "--help", folder=tmp_path).stdout.splitlines()) < 24


def test_other_programs_on_earlier_ports_do_not_hide_the_server(tmp_path):
    with occupied(BASE + 60, BASE + 61), server("--base-port", BASE + 60, folder=tmp_path) as running:
        assert running.port() == BASE + 62
        finished = run("datechat", "--base-port", BASE + 60, "/version", folder=tmp_path)
        assert (finished.returncode, finished.stdout) == (0, f"datechat {__version__}\n")


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    with socket.create_server(("127.0.0.1", BASE + 70)) as listener:
        client = subprocess.Popen(
            command("datechat", "--port", BASE + 70, "hello"), stdout=subprocess.PIPE, cwd=tmp_path
        )
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b'datechat 9.9.9\r\n{"ok": true, "text": ""}\r\n')
            connection.recv(100)
            connection.sendall(b'{"ok": true, "text": "\\u001b]0;title\\u0007\\u009b2J"}\r\n')
            shown, _ = client.communicate(timeout=TIMEOUT)
    assert shown.decode() == "\ufffd]0;title\ufffd\ufffd2J\n"


class TestPipes:
    def test_hundred_thousand_lines_are_answered_in_order(self, server_folder, tmp_path):
        lines = tmp_path / "lines"
        lines.write_text("".join(f"/date @{number} +%s\n" for number in range(100_000)))
        with lines.open() as stdin:
            finished = subprocess.run(
                command("datechat", "--base-port", BASE),
                stdin=stdin,
                capture_output=True,
                text=True,
                timeout=300,
            )
        assert (finished.returncode, finished.stderr) == (0, "")
        assert finished.stdout == "".join(f"{number}\n" for number in range(100_000))

    def test_closed_output_ends_the_client(self, server_folder):
        words = " ".join(command("datechat", "--base-port", BASE))
        script = f"yes /version | {words} | head -n 3; echo ${{PIPESTATUS[1]}}"
        finished = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=TIMEOUT)
        assert finished.stdout == f"datechat {__version__}\n" * 3 + "1\n"
        assert finished.stderr == "datechat: cannot read or write: Broken pipe\n"

    def test_reply_arrives_before_the_next_line_is_sent(self, server_folder):
        with subprocess.Popen(
            command("datechat", "--base-port", BASE), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as client:
            for _ in range(3):
                client.stdin.write("/version\n")
                client.stdin.flush()
                assert client.stdout.readline() == f"datechat {__version__}\n"
            client.stdin.close()
            assert client.wait(TIMEOUT) == 0

    def test_closed_standard_streams_are_handled(self, server_folder):
        words = " ".join(command("datechat", "--base-port", BASE, "/version"))
        version = f"datechat {__version__}\n"
        unwritable = "datechat: cannot read or write: Bad file descriptor\n"
        for redirection, expected in (
            ("<&-", (0, version, "")),
            (">&-", (1, "", unwritable)),
            ("2>&-", (0, version, "")),
        ):
            finished = subprocess.run(["sh", "-c", f"{words} {redirection}"], capture_output=True, text=True)
            assert (finished.returncode, finished.stdout, finished.stderr) == expected

    @pytest.mark.parametrize("option", ["--help", "--version"])
    def test_unwritable_help_is_reported(self, tmp_path, option):
        with open("/dev/full", "w") as full:
            finished = subprocess.run(
                command("datechat", option), stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path
            )
        assert finished.returncode == 1
        assert finished.stderr == "datechat: cannot read or write: No space left on device\n"


class TestTargets:
    def test_port_file_names_the_server(self, tmp_path):
        path = tmp_path / "port.json"
        with server("--base-port", BASE + 90, "--port-file", path, folder=tmp_path):
            wait_for(path.exists)
            finished = run("datechat", "--port-file", path, "/version", folder=tmp_path)
            assert (finished.returncode, finished.stdout) == (0, f"datechat {__version__}\n")
        finished = run("datechat", "--port-file", path, "/version", folder=tmp_path)
        assert finished.returncode == 3
        assert "a server started with --port-file writes one" in finished.stderr

    def test_environment_variables_name_the_server(self, server_folder, monkeypatch):
        monkeypatch.setenv("DATECHAT_HOST", "127.0.0.1")
        monkeypatch.setenv("DATECHAT_PORT", str(BASE))
        assert run("datechat", "/version", folder=server_folder).stdout == f"datechat {__version__}\n"
        assert run("datechat", "--where", folder=server_folder).stdout == f"127.0.0.1 {BASE}\n"

    def test_tls_verifies_the_certificate_and_the_host(self, tmp_path, certificate, monkeypatch):
        with server("--base-port", BASE + 90, "--tls", certificate, folder=tmp_path) as running:
            client = ("datechat", "--port", running.port(), "--tls")
            finished = run(*client, "/version", folder=tmp_path)
            assert finished.returncode == 3
            assert "its certificate is not trusted; SSL_CERT_FILE can name" in finished.stderr
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            finished = run(*client, "/version", folder=tmp_path)
            assert (finished.returncode, finished.stdout) == (0, f"datechat {__version__}\n")
            finished = run("datechat", "--port", running.port(), "/version", folder=tmp_path)
            assert "closes the connection at once; --tls is for a server that speaks TLS" in finished.stderr
            finished = run(*client, "--host", "127.0.0.1", "/version", folder=tmp_path)
            assert finished.returncode == 3
            assert "the certificate is not for 127.0.0.1; --host names the host it is for" in finished.stderr
            assert finished.stderr.count("\n") == 1

    def test_certificate_without_a_host_is_refused_in_one_sentence(self, tmp_path, monkeypatch):
        pem = write_certificate(tmp_path / "nobody.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        with server("--base-port", BASE + 90, "--tls", pem, folder=tmp_path) as running:
            port = running.port()
            for target in (
                ("--tls", "--port", port),
                ("--tls", "--port", port, "--host", "127.0.0.1"),
                ("--connect", f"tls:localhost:{port}"),
                ("--connect", f"TLS:localhost:{port}"),
            ):
                finished = run("datechat", *target, "/version", folder=tmp_path)
                assert (finished.returncode, finished.stdout) == (3, "")
                assert "names no host; it needs a subjectAltName" in finished.stderr
                assert finished.stderr.count("\n") == 1


SEARCH = ("--port", BASE + 70, "--host", "127.0.0.1")
CLOSE_NOTIFY = bytes([21, 3, 3, 0, 2, 1, 0])  # a TLS alert


@pytest.mark.parametrize(
    ("target", "reply", "words"),
    [
        (SEARCH, b"\x1b[2J\x1b]0;owned\x07\r\n", "not datechat"),
        (SEARCH, b"datechat 9.9.9\r\n\x1b[2J\r\n", "does not speak as datechat does"),
        (SEARCH, b"x" * 10_000, "longer lines"),
        (SEARCH, b"", "no answer came in time"),
        (SEARCH, None, "closes the connection at once; --tls is for"),
        ((*SEARCH, "--tls"), CLOSE_NOTIFY, "no TLS with what answers there (close notify)"),
        (("--connect", f"tls:127.0.0.1:{BASE + 70}"), CLOSE_NOTIFY, "no TLS with what answers there"),
    ],
    ids=["escapes", "garbage later", "long", "silent", "closing", "no TLS", "no TLS for Twisted"],
)
def test_foreign_server_gives_one_clean_sentence(tmp_path, target, reply, words):
    with socket.create_server(("127.0.0.1", BASE + 70)) as listener:
        client = subprocess.Popen(
            command("datechat", *target, "--timeout", 1, "hello"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
        )
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            if reply is not None:
                connection.sendall(reply)
                out, err = client.communicate(timeout=TIMEOUT)
        if reply is None:
            out, err = client.communicate(timeout=TIMEOUT)
    assert (client.returncode, out) == (3, b"")
    assert words in err.decode()
    assert err.count(b"\n") == 1
    assert b"\x1b" not in err
