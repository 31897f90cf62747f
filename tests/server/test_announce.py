import json
import os
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from twisted_date import __version__
from twisted_date.server import announce
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

    def test_file_holds_version_process_and_addresses(self):
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

    def test_unix_socket_has_a_path_and_no_port(self):
        self.file.listening([UNIXAddress("/run/datechat")])
        self.assertEqual(self.contents()["addresses"], [{"path": "/run/datechat"}])

    def test_path_of_a_unix_socket_is_written_as_it_is(self):
        self.file.listening([UNIXAddress("/run/no\u00a0break \U0001f468\u200d\U0001f4bb".encode())])
        self.assertEqual(
            self.contents()["addresses"], [{"path": "/run/no\u00a0break \U0001f468\u200d\U0001f4bb"}]
        )
        self.assertIsNone(self.contents()["port"])

    def test_file_is_world_readable_whatever_the_umask(self):
        self.addCleanup(os.umask, os.umask(0o077))
        self.file.listening(HERE)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o644)

    def test_stale_file_is_replaced(self):
        self.path.write_text("stale")
        self.file.listening(HERE)
        self.assertEqual(self.contents()["port"], 50001)

    def test_urls_are_in_the_file_when_there_are_some(self):
        self.file.listening(HERE)
        self.assertNotIn("urls", self.contents())
        self.file.listening(HERE, ["http://127.0.0.1:8080/"])
        self.assertEqual(self.contents()["urls"], ["http://127.0.0.1:8080/"])

    def test_file_is_replaced_atomically(self):
        self.file.listening(HERE)
        before = self.path.stat().st_ino
        self.file.listening(HERE)
        self.assertNotEqual(self.path.stat().st_ino, before)
        self.assertEqual(list(self.folder.iterdir()), [self.path])

    def test_file_is_removed_when_the_server_stops(self):
        self.file.listening(HERE)
        self.file.stopping()
        self.assertEqual(list(self.folder.iterdir()), [])
        self.file.stopping()

    def test_file_of_another_server_is_kept(self):
        self.file.listening(HERE)
        theirs = PortFile(self.path)
        theirs.listening(HERE)
        self.file.stopping()
        self.assertEqual(self.contents()["port"], 50001)
        theirs.stopping()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_changed_file_is_kept(self):
        self.file.listening(HERE)
        os.utime(self.path, (1, 1))
        self.file.stopping()
        self.assertTrue(self.path.exists())

    def test_file_that_was_never_written_is_kept(self):
        self.path.write_text(json.dumps({"pid": os.getpid()}))
        self.file.stopping()
        self.assertTrue(self.path.exists())

    def test_whatever_is_in_its_place_is_kept_and_not_opened(self):
        for put in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)):
            self.file.listening(HERE)
            self.path.unlink()
            put(self.path)
            self.file.stopping()
            self.assertTrue(os.path.lexists(self.path))
            os.rename(self.path, self.folder / f"other-{len(list(self.folder.iterdir()))}")

    def test_check_leaves_no_file(self):
        self.file.check()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_unwritable_path_raises_a_sentence(self):
        for path, reason in ((self.folder / "none" / "x", "No such file"), (self.folder, "it is a folder")):
            error = self.assertRaises(CannotAnnounce, PortFile(path).check)
            self.assertIn(f"cannot write the port file {path}: {reason}", str(error))
        error = self.assertRaises(CannotAnnounce, PortFile(self.folder / "none" / "x").listening, HERE)
        self.assertIn("cannot write the port file", str(error))

    def test_device_raises_a_sentence(self):
        self.path.symlink_to("/dev/null")
        for path in (self.path, Path("/dev/null")):
            error = self.assertRaises(CannotAnnounce, PortFile(path).check)
            self.assertIn("it is a device; give another path", str(error))

    def test_fifo_or_link_is_replaced(self):
        target = self.folder / "target"
        target.write_text("precious")
        for put in (os.mkfifo, lambda path: path.symlink_to(target)):
            put(self.path)
            self.file.check()
            self.file.listening(HERE)
            self.assertTrue(self.path.is_file() and not self.path.is_symlink())
            self.path.unlink()
        self.assertEqual(target.read_text(), "precious")

    def test_failed_write_leaves_no_temporary_file(self):
        def fail(*_):
            raise OSError(28, "No space left on device")

        self.patch(os, "fchmod", fail)
        self.assertIn("No space", str(self.assertRaises(CannotAnnounce, self.file.listening, HERE)))
        self.assertEqual(list(self.folder.iterdir()), [])


class SystemdTests(SynchronousTestCase):
    def listen(self, name):
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(receiver.close)
        receiver.settimeout(5)
        receiver.bind(name)
        return receiver

    def test_systemd_gets_ready_with_a_status_and_stopping(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, path in (
                (f"\0datechat-{os.getpid()}", None),
                (f"{folder}/notify", f"{folder}/notify"),
            ):
                receiver = self.listen(name)
                systemd = Systemd(path or "@" + name[1:])
                systemd.listening(HERE)
                systemd.stopping()
                self.assertEqual(
                    receiver.recv(1000), b"READY=1\nSTATUS=listening on [::1]:50001 and 127.0.0.1:50001"
                )
                self.assertEqual(receiver.recv(1000), b"STOPPING=1")

    def test_socket_that_leads_nowhere_is_a_warning(self):
        for path, reason in (
            ("/nowhere/notify", "No such file or directory"),
            ("vsock:2:77777", ""),
            ("vsock:what", "Address family not supported by protocol"),
        ):
            systemd = Systemd(path)
            with capturedLogs() as logged:
                systemd.listening(HERE)
                systemd.reloading()
                systemd.reloaded()
                systemd.stopping()
            (text,) = map(formatEvent, logged)
            self.assertTrue(text.startswith(f"cannot notify systemd at {path}: {reason}"), text)
            self.assertTrue(text.endswith("; datechat goes on without."), text)

    def test_system_without_sockets_of_virtual_machines_is_told_so(self):
        self.patch(announce, "socket", SimpleNamespace(**{**vars(socket), "AF_VSOCK": None}))
        del announce.socket.AF_VSOCK
        with capturedLogs() as logged:
            Systemd("vsock:2:7").listening(HERE)
        self.assertIn("Address family not supported", formatEvent(logged[0]))

    def test_full_queue_is_waited_for_but_not_long_and_not_at_the_stop(self):
        self.patch(announce, "READY_TIMEOUT", 0.01)
        self.listen(f"\0datechat-full-{os.getpid()}")
        systemd = Systemd(f"@datechat-full-{os.getpid()}")
        with capturedLogs() as logged:
            while not logged:
                systemd.listening(HERE)
        self.assertIn("timed out", formatEvent(logged[0]))
        systemd.stopping()

    def test_stopping_ignores_a_missing_socket(self):
        Systemd("/nowhere/notify").stopping()
