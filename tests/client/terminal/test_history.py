import stat
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import temporary_folder
from twisted_date.client.terminal.history import Memory, folder


class FolderTests(SynchronousTestCase):
    def test_where_xdg_has_it(self):
        for environment, where in (
            ({"HOME": "/home/zoe"}, "/home/zoe/.local/state/datechat"),
            ({"HOME": "/home/zoe", "XDG_STATE_HOME": "/state"}, "/state/datechat"),
            ({"HOME": "/home/zoe", "XDG_STATE_HOME": "relative"}, "/home/zoe/.local/state/datechat"),
            ({"XDG_STATE_HOME": "/state"}, "/state/datechat"),
        ):
            self.assertEqual(folder(environment), Path(where))

    def test_without_a_home(self):
        self.assertIsNone(folder({}))
        self.assertIsNone(folder({"HOME": ""}))


class MemoryTests(SynchronousTestCase):
    def setUp(self):
        self.folder = temporary_folder(self) / "state" / "datechat"
        self.memory = Memory(self.folder)

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_a_name_is_kept(self):
        self.assertEqual(self.memory.name(), "")
        self.memory.keep_name("Zoë")
        self.assertEqual(Memory(self.folder).name(), "Zoë")

    def test_nobody_else_can_read_it(self):
        self.memory.keep_name("Zoë")
        history = self.memory.history()
        for path in (history, self.folder / "name"):
            self.assertEqual(self.mode(path), 0o600)
        self.assertEqual(self.mode(self.folder), 0o700)
        history.chmod(0o644)
        self.assertEqual(self.mode(self.memory.history()), 0o600)

    def test_a_link_is_followed_and_left_as_it_is(self):
        elsewhere = self.folder.parent / "elsewhere"
        self.memory.keep_name("Zoë")
        elsewhere.touch(0o644)
        (self.folder / "history").symlink_to(elsewhere)
        self.assertIsNotNone(self.memory.history())
        self.assertEqual(self.mode(elsewhere), 0o644)

    def test_what_is_no_file(self):
        self.memory.keep_name("Zoë")
        (self.folder / "history").symlink_to("/dev/null")
        self.assertIsNone(self.memory.history())

    def test_without_a_folder_nothing_is_kept(self):
        memory = Memory(None)
        memory.keep_name("Zoë")
        self.assertEqual((memory.name(), memory.history()), ("", None))

    def test_where_nothing_can_be_written(self):
        memory = Memory(Path("/proc/datechat"))
        memory.keep_name("Zoë")
        self.assertEqual((memory.name(), memory.history()), ("", None))

    def test_a_name_that_cannot_be_one(self):
        self.memory.keep_name("")
        for content in (b"\xff", b"a\x1b[2J", b"a\nb"):
            (self.folder / "name").write_bytes(content)
            self.assertEqual(self.memory.name(), "")
