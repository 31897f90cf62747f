import time

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates.wrapping import unwrap


class UnwrapTests(SynchronousTestCase):
    def test_what_stands_around_the_words_is_taken_off(self):
        for text, words in {
            "tomorrow": "tomorrow",
            "tomorrow?": "tomorrow",
            " friday !! ": "friday",
            "19:00 GMT+0100 (Central European Standard Time)": "19:00 GMT+0100",
            "5pm (EST)": "5pm  EST",
            "(tomorrow)": "tomorrow",
            "2026-12-25T19:00+01:00[Europe/Paris]": "2026-12-25T19:00+01:00 in Europe/Paris",
            "[25/Dec/2026:19:00:00 +0100]": "25/Dec/2026:19:00:00 +0100",
            "<t:1798221600:F>": "@1798221600",
            "<t:-5>": "@-5",
            '"next friday"': "next friday",
            "« demain ! »": "demain",
            "3pm->Tokyo": "3pm → Tokyo",
            "What time is it in Tokyo ?": "in Tokyo",
            "Quelle heure est-il ?": "now",
            "convertir 15h Paris vers Tokyo": "15h Paris vers Tokyo",
            "time flies": "time flies",
            "time": "time",
            '"tomorrow" "friday"': '"tomorrow" "friday"',
        }.items():
            self.assertEqual(unwrap(text), words)

    def test_nothing_is_left_of_no_text(self):
        for text in ("?", "(", "<t:x>", "[", "][", '""'):
            self.assertEqual(unwrap(text), text)

    @given(st.text(max_size=300))
    def test_words_are_never_lost(self, text):
        self.assertEqual(bool(unwrap(text)), bool(text.strip()))

    def test_repeated_signs_take_linear_time(self):
        start = time.process_time()
        for sign in '([<?!) ]9"«“':
            unwrap(sign * 100_000)
        self.assertLess(time.process_time() - start, 10)
