import json
import os
import socket
from pathlib import Path

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import temporary_folder
from twisted_date.client.errors import ServerNotFound
from twisted_date.client.port_file import MAX_SIZE, read_port_file


class PortFileTests(SynchronousTestCase):
    def setUp(self):
        self.path = temporary_folder(self) / "port.json"

    def read(self, *addresses, wrap=None):
        self.path.write_text(json.dumps({"addresses": addresses}))
        return read_port_file(self.path, MemoryReactorClock(), wrap)

    def error(self):
        """The text of the error for the file."""
        return str(self.assertRaises(ServerNotFound, read_port_file, self.path, None, None))

    def assert_not_a_port_file(self):
        self.assertEqual(self.error(), f"{self.path} is not the port file of a server")

    def test_addresses_are_read_in_order(self):
        found = self.read({"host": "::1", "port": 7}, {"host": "date.example", "port": 8})
        self.assertEqual([where for where, _ in found], ["::1 7", "date.example 8"])

    def test_wildcard_address_means_localhost(self):
        for host in ("0.0.0.0", "::"):
            ((where, endpoint),) = self.read({"host": host, "port": 7})
            self.assertEqual(where, "localhost 7")
            self.assertIn("localhost", repr(endpoint))

    def test_path_is_a_unix_socket(self):
        ((where, endpoint),) = self.read({"path": "/run/date chat\u00a0é"})
        self.assertEqual(where, "/run/date chat\u00a0é")
        self.assertEqual(type(endpoint).__name__, "UNIXClientEndpoint")

    def test_endpoints_of_both_kinds_are_wrapped(self):
        found = self.read({"host": "::1", "port": 7}, {"path": "/run/datechat"}, wrap=lambda endpoint: "TLS")
        self.assertEqual([endpoint for _, endpoint in found], ["TLS", "TLS"])

    def test_any_other_content_is_refused(self):
        for text in ("", "7", "[]", "{}", "[" * 100_000, '{"a":' * 100_000, "\x00", " " * MAX_SIZE + "{}"):
            self.path.write_text(text)
            self.assert_not_a_port_file()
        for addresses in (7, None, "text", {}, [], [7], [None], [[]], ["host"], [{}], [{"host": "::1"}]):
            self.path.write_text(json.dumps({"addresses": addresses}))
            self.assert_not_a_port_file()

    def test_impossible_addresses_are_refused(self):
        for port in (0, -1, 65536, 1e9, True, None, "7", 7.0, [7]):
            self.assertRaises(ServerNotFound, self.read, {"host": "::1", "port": port})
        hosts = (
            "",
            ".",
            "a..b",
            "a b",
            "a\x00b",
            "a\nb",
            "\x1b[2J",
            "::1%\x1b",
            "x" * 64,
            "x." * 128,
            "\ud800",
            7,
        )
        for host in hosts:
            self.assertRaises(ServerNotFound, self.read, {"host": host, "port": 7})
        for path in ("", "a\x00b", "a\nb", "\u202e", "/" + "x" * 107, "é" * 54, "\ud800", 7, None):
            self.assertRaises(ServerNotFound, self.read, {"path": path})

    def test_bytes_that_are_not_json_are_refused(self):
        for content in (b"\xff\xfe", b"\xef\xbb\xbf{", os.urandom(100)):
            self.path.write_bytes(content)
            self.assert_not_a_port_file()

    def test_fifo_device_and_endless_file_are_refused_and_not_waited_for(self):
        os.mkfifo(self.path)
        self.assert_not_a_port_file()
        self.path.unlink()
        for target in ("/dev/zero", "/dev/null"):
            self.path.symlink_to(target)
            self.assert_not_a_port_file()
            self.path.unlink()
        with self.path.open("wb") as file:
            file.truncate(1 << 40)
        self.assert_not_a_port_file()

    def test_file_that_cannot_be_read_gives_the_reason(self):
        self.assertEqual(self.error(), f"cannot read the port file {self.path}: No such file or directory")
        self.path.mkdir()
        self.assertEqual(self.error(), f"cannot read the port file {self.path}: Is a directory")
        with socket.socket(socket.AF_UNIX) as listener:
            self.path = self.path / "socket"
            listener.bind(str(self.path))
            self.assertIn("cannot read the port file", self.error())
        self.path = Path("x" * 5000)
        self.assertTrue(self.error().endswith("File name too long"))
