from datetime import time

from tests.moment_specs import RuleTestCase
from twisted_date.dates.errors import Reason
from twisted_date.dates.spec import Spoken


class SentenceTests(RuleTestCase):
    def test_parts_may_come_in_any_order(self):
        parts = {
            "year": 2026,
            "month": 12,
            "day": 25,
            "clock": time(19),
            "spoken": Spoken(days=1),
            "day_word": "tomorrow",
        }
        self.assert_spec("25 december 2026 19:00 tomorrow", "tomorrow 19h dec 25 2026", **parts)

    def test_repeated_part_is_refused(self):
        for words, word in {
            "19:00 20:00": "20:00",
            "noon 7pm": "7pm",
            "2026-12-25 dec 24": "dec 24",
            "monday tuesday": "tuesday",
            "2026-12-25T19:00 20:00": "20:00",
        }.items():
            self.assert_refused(words, Reason.SAID_TWICE, word=word)
