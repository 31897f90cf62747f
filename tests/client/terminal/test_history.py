import stat
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import temporary_folder
from twisted_date.client.terminal.history import History, state_directory


class StateDirectoryTests(SynchronousTestCase):
    def test_directory_follows_xdg(self):
        for environment, path in (
            ({"HOME": "/home/zoe"}, "/home/zoe/.local/state/datechat"),
            ({"HOME": "/home/zoe", "XDG_STATE_HOME": "/state"}, "/state/datechat"),
            ({"HOME": "/home/zoe", "XDG_STATE_HOME": "relative"}, "/home/zoe/.local/state/datechat"),
            ({"XDG_STATE_HOME": "/state"}, "/state/datechat"),
        ):
            self.assertEqual(state_directory(environment), Path(path))

    def test_environment_without_a_home_has_no_directory(self):
        self.assertIsNone(state_directory({}))
        self.assertIsNone(state_directory({"HOME": ""}))


class HistoryTests(SynchronousTestCase):
    def setUp(self):
        self.state_directory = temporary_folder(self) / "state" / "datechat"
        self.history = History(self.state_directory)

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_name_is_stored(self):
        self.assertEqual(self.history.name(), "")
        self.history.save_name("Zoë")
        self.assertEqual(History(self.state_directory).name(), "Zoë")

    def test_files_are_readable_by_their_owner_only(self):
        self.history.save_name("Zoë")
        lines_path = self.history.lines_path()
        for path in (lines_path, self.state_directory / "name"):
            self.assertEqual(self.mode(path), 0o600)
        self.assertEqual(self.mode(self.state_directory), 0o700)
        lines_path.chmod(0o644)
        self.assertEqual(self.mode(self.history.lines_path()), 0o600)

    def test_link_is_followed_and_its_target_keeps_its_mode(self):
        elsewhere = self.state_directory.parent / "elsewhere"
        self.history.save_name("Zoë")
        elsewhere.touch(0o644)
        (self.state_directory / "history").symlink_to(elsewhere)
        self.assertIsNotNone(self.history.lines_path())
        self.assertEqual(self.mode(elsewhere), 0o644)

    def test_device_is_not_a_history_file(self):
        self.history.save_name("Zoë")
        (self.state_directory / "history").symlink_to("/dev/null")
        self.assertIsNone(self.history.lines_path())

    def test_history_without_a_directory_stores_nothing(self):
        history = History(None)
        history.save_name("Zoë")
        self.assertEqual((history.name(), history.lines_path()), ("", None))

    def test_unwritable_directory_stores_nothing(self):
        history = History(Path("/proc/datechat"))
        history.save_name("Zoë")
        self.assertEqual((history.name(), history.lines_path()), ("", None))

    def test_invalid_stored_name_is_ignored(self):
        self.history.save_name("")
        for content in (b"\xff", b"a\x1b[2J", b"a\nb"):
            (self.state_directory / "name").write_bytes(content)
            self.assertEqual(self.history.name(), "")
