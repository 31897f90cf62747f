import stat
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import temporary_folder
from twisted_date.client.terminal.history import History, state_directory


class FolderTests(SynchronousTestCase):
    def test_where_xdg_has_it(self):
        for environment, where in (
            ({"HOME": "/home/zoe"}, "/home/zoe/.local/state/datechat"),
            ({"HOME": "/home/zoe", "XDG_STATE_HOME": "/state"}, "/state/datechat"),
            ({"HOME": "/home/zoe", "XDG_STATE_HOME": "relative"}, "/home/zoe/.local/state/datechat"),
            ({"XDG_STATE_HOME": "/state"}, "/state/datechat"),
        ):
            self.assertEqual(state_directory(environment), Path(where))

    def test_without_a_home(self):
        self.assertIsNone(state_directory({}))
        self.assertIsNone(state_directory({"HOME": ""}))


class MemoryTests(SynchronousTestCase):
    def setUp(self):
        self.state_directory = temporary_folder(self) / "state" / "datechat"
        self.lines_path = History(self.state_directory)

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_a_name_is_kept(self):
        self.assertEqual(self.lines_path.name(), "")
        self.lines_path.save_name("Zoë")
        self.assertEqual(History(self.state_directory).name(), "Zoë")

    def test_nobody_else_can_read_it(self):
        self.lines_path.save_name("Zoë")
        history = self.lines_path.lines_path()
        for path in (history, self.state_directory / "name"):
            self.assertEqual(self.mode(path), 0o600)
        self.assertEqual(self.mode(self.state_directory), 0o700)
        history.chmod(0o644)
        self.assertEqual(self.mode(self.lines_path.lines_path()), 0o600)

    def test_a_link_is_followed_and_left_as_it_is(self):
        elsewhere = self.state_directory.parent / "elsewhere"
        self.lines_path.save_name("Zoë")
        elsewhere.touch(0o644)
        (self.state_directory / "history").symlink_to(elsewhere)
        self.assertIsNotNone(self.lines_path.lines_path())
        self.assertEqual(self.mode(elsewhere), 0o644)

    def test_what_is_no_file(self):
        self.lines_path.save_name("Zoë")
        (self.state_directory / "history").symlink_to("/dev/null")
        self.assertIsNone(self.lines_path.lines_path())

    def test_without_a_folder_nothing_is_kept(self):
        history = History(None)
        history.save_name("Zoë")
        self.assertEqual((history.name(), history.lines_path()), ("", None))

    def test_where_nothing_can_be_written(self):
        history = History(Path("/proc/datechat"))
        history.save_name("Zoë")
        self.assertEqual((history.name(), history.lines_path()), ("", None))

    def test_a_name_that_cannot_be_one(self):
        self.lines_path.save_name("")
        for content in (b"\xff", b"a\x1b[2J", b"a\nb"):
            (self.state_directory / "name").write_bytes(content)
            self.assertEqual(self.lines_path.name(), "")
