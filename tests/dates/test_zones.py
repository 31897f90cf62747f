from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.zones import find


class ZoneTests(SynchronousTestCase):
    def test_iana_names_in_any_case(self):
        for name in ("Europe/Paris", "europe/paris", "EUROPE/PARIS"):
            self.assertEqual(find(name).key, "Europe/Paris")
        self.assertEqual(find("utc").key, "UTC")

    def test_other_names(self):
        for name in (
            "Atlantis",
            "",
            "../../etc/passwd",
            "/etc/localtime",
            "Europe",
            "Europe/Paris\0",
            "x" * 1000,
        ):
            error = self.assertRaises(DateError, find, name)
            self.assertEqual((error.reason, error.values), (Reason.UNKNOWN_PLACE, {"place": name}))
