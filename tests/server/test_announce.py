import json
import os
import socket
import tempfile
from pathlib import Path

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.trial.unittest import SynchronousTestCase

from twisted_date import __version__
from twisted_date.server.announce import CannotAnnounce, PortFile, Systemd

HERE = [IPv6Address("TCP", "::1", 50001), IPv4Address("TCP", "127.0.0.1", 50001)]


class PortFileTests(SynchronousTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "port.json"
        self.file = PortFile(self.path)

    def contents(self):
        return json.loads(self.path.read_text())

    def test_what_it_says(self):
        self.file.listening(HERE)
        self.assertEqual(
            self.contents(),
            {
                "version": __version__,
                "pid": os.getpid(),
                "port": 50001,
                "addresses": [{"host": "::1", "port": 50001}, {"host": "127.0.0.1", "port": 50001}],
            },
        )

    def test_a_socket_has_a_path_and_no_port(self):
        self.file.listening([UNIXAddress("/run/datechat")])
        self.assertEqual(self.contents()["addresses"], [{"path": "/run/datechat"}])
        self.assertIsNone(self.contents()["port"])

    def test_everybody_may_read_it_whatever_the_umask(self):
        self.addCleanup(os.umask, os.umask(0o077))
        self.file.listening(HERE)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o644)

    def test_one_that_was_left_is_replaced(self):
        self.path.write_text("stale")
        self.file.listening(HERE)
        self.assertEqual(self.contents()["port"], 50001)

    def test_it_is_never_there_in_part(self):
        self.file.listening(HERE)
        before = self.path.stat().st_ino
        self.file.listening(HERE)
        self.assertNotEqual(self.path.stat().st_ino, before)
        self.assertEqual(list(self.folder.iterdir()), [self.path])

    def test_it_goes_with_the_server(self):
        self.file.listening(HERE)
        self.file.stopping()
        self.assertEqual(list(self.folder.iterdir()), [])
        self.file.stopping()

    def test_another_servers_stays(self):
        for text in (json.dumps({"pid": os.getpid() + 1}), "[]", "{}", "nonsense"):
            self.path.write_text(text)
            self.file.stopping()
            self.assertEqual(self.path.read_text(), text)

    def test_checking_leaves_nothing(self):
        self.file.check()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_where_it_cannot_be_written_that_is_a_sentence(self):
        for path, reason in ((self.folder / "none" / "x", "No such file"), (self.folder, "it is a folder")):
            error = self.assertRaises(CannotAnnounce, PortFile(path).check)
            self.assertIn(f"cannot write the port file {path}: {reason}", str(error))
        error = self.assertRaises(CannotAnnounce, PortFile(self.folder / "none" / "x").listening, HERE)
        self.assertIn("cannot write the port file", str(error))

    def test_what_cannot_be_finished_is_taken_away(self):
        def full(*_):
            raise OSError(28, "No space left on device")

        self.patch(os, "fchmod", full)
        self.assertIn("No space", str(self.assertRaises(CannotAnnounce, self.file.listening, HERE)))
        self.assertEqual(list(self.folder.iterdir()), [])


class SystemdTests(SynchronousTestCase):
    def listen(self, name):
        receiving = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(receiving.close)
        receiving.settimeout(5)
        receiving.bind(name)
        return receiving

    def test_ready_with_a_status_and_stopping(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, path in (
                (f"\0datechat-{os.getpid()}", None),
                (f"{folder}/notify", f"{folder}/notify"),
            ):
                receiving = self.listen(name)
                systemd = Systemd(path or "@" + name[1:])
                systemd.listening(HERE)
                systemd.stopping()
                self.assertEqual(
                    receiving.recv(1000), b"READY=1\nSTATUS=listening on [::1]:50001 and 127.0.0.1:50001"
                )
                self.assertEqual(receiving.recv(1000), b"STOPPING=1")

    def test_a_socket_that_is_not_there_is_a_sentence(self):
        error = self.assertRaises(CannotAnnounce, Systemd("/nowhere/notify").listening, HERE)
        self.assertIn("cannot notify systemd at /nowhere/notify: No such file", str(error))

    def test_stopping_goes_on_without_it(self):
        Systemd("/nowhere/notify").stopping()
