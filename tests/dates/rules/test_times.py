from datetime import time

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests import gnu
from tests.moment_specs import RuleTestCase, spec
from twisted_date.dates.errors import Reason
from twisted_date.dates.spec import MomentSpec
from twisted_date.dates.when import GRAMMAR

fractions = st.one_of(
    st.just(""), st.builds("{}{}".format, st.sampled_from(".,"), st.text("0123456789", min_size=1))
)
points = st.builds("@{}{}{}".format, st.sampled_from(["", "-", "+"]), st.integers(0, 10**11), fractions)


class UnixTests(RuleTestCase):
    def test_seconds_since_1970_are_read(self):
        self.assert_spec("@1798221600", unix_ns=1_798_221_600_000_000_000)
        self.assert_spec("@-1", unix_ns=-1_000_000_000)

    def test_fractions_are_rounded_down(self):
        self.assert_spec("@1.5", unix_ns=1_500_000_000)
        self.assert_spec("@0,1234567899", unix_ns=123_456_789)
        self.assert_spec("@-0.0000000001", unix_ns=-1)

    def test_other_words_are_no_unix_time(self):
        for word in ("@", "@x", "@1e9", "1", "@١", "@0x10"):
            self.assertIsNone(GRAMMAR.read(GRAMMAR.line(word), 0, MomentSpec()), word)

    def test_unix_time_excludes_other_parts(self):
        self.assert_refused("@0 19:00", Reason.SAID_TWICE, word="19:00")
        self.assert_refused("monday @0", Reason.SAID_TWICE, word="@0")


class GnuTests(SynchronousTestCase):
    skip = gnu.missing()

    @given(st.lists(points, min_size=1, max_size=50))
    def test_unix_times_match_gnu_date(self, words):
        output = gnu.run("-f", "-", "+%s %N", lines="".join(f"{word}\n" for word in words)).decode()
        expected = [int(seconds) * 10**9 + int(ns) for seconds, ns in map(str.split, output.splitlines())]
        self.assertEqual([spec(word).unix_ns for word in words], expected)


class TimeTests(RuleTestCase):
    def test_24_hour_times_are_read(self):
        self.assert_spec("19:00", "at 19:00", "19h", "à 19h", "19 h 00", "19 heures", clock=time(19))
        self.assert_spec("15h30", "15:30", "15 heures 30", clock=time(15, 30))
        self.assert_spec("0:00:07.25", clock=time(0, 0, 7), nanosecond=250_000_000, half_said=True)

    def test_12_hour_times_are_read(self):
        self.assert_spec("7pm", "7 PM", "7 p.m.", "7:00pm", "7p", "7:00p", clock=time(19), half_said=True)
        self.assert_spec("8.30pm", "at 8.30p", "8:30p", clock=time(20, 30), half_said=True)
        self.assert_spec("12am", "12a", clock=time(0), half_said=True)
        self.assert_told("2026-11-26 00:00:00", "midnight", "minuit", "12 midnight", "12:00 midnight")
        self.assert_spec("12pm", "noon", "midi", "à midi", "12 noon", clock=time(12), half_said=True)

    def test_joined_12_hour_times_are_read(self):
        self.assert_spec("730pm", "0730 pm", "7:30 p.m.", clock=time(19, 30), half_said=True)
        self.assert_spec("7 p", "7p", clock=time(19), half_said=True)
        self.assert_told("2026-11-26 18:00:00", "1700Z")

    def test_twelve_is_noon_or_midnight(self):
        self.assert_spec("12:00 noon", "12 noon", "ce midi", clock=time(12), half_said=True)
        self.assert_told("2026-11-27 00:00:00", "tomorrow 12:00 midnight")
        self.assert_refused("11:00 noon", Reason.IMPOSSIBLE_TIME, time="11:00 noon")

    def test_midnight_of_today_or_of_an_eve_is_refused_with_both(self):
        for words, text, days in (
            ("today at midnight", "midnight", ("2026-11-26", "2026-11-27")),
            ("minuit aujourd'hui", "minuit", ("2026-11-26", "2026-11-27")),
            ("new year's eve at midnight", "midnight", ("2026-12-31", "2027-01-01")),
            ("31 décembre à minuit", "minuit", ("2026-12-31", "2027-01-01")),
            ("12 midnight on christmas eve", "12 midnight", ("2026-12-24", "2026-12-25")),
        ):
            choices = tuple(f"{day} 00:00:00" for day in days)
            self.assert_refused(words, Reason.AMBIGUOUS_TIME, time=text, choices=choices)
        self.assert_told("2026-11-27 00:00:00", "tomorrow at midnight", "ce soir à minuit", "tonight 12")
        self.assert_told("2026-12-31 00:00:00", "new year's eve 0:00")

    def test_words_behind_a_time_change_nothing(self):
        self.assert_spec("8pm sharp", "8pm on the dot", clock=time(20), half_said=True)
        self.assert_spec("8h pile", "8 heures précises", clock=time(8))
        self.assert_refused("tomorrow sharp", Reason.MISSING_HOUR, part="sharp", choice="19:00 sharp")

    def test_french_hours_may_be_words(self):
        self.assert_spec("dix heures", "à dix heures", "10 heures", clock=time(10))
        self.assert_spec("une heure", "1 heure", clock=time(1))
        self.assert_spec("à vingt-deux heures", "22h", clock=time(22))

    def test_day_of_a_month_is_no_minute(self):
        self.assert_spec("15h 25 décembre 2026", year=2026, month=12, day=25, clock=time(15))

    def test_impossible_times_are_refused(self):
        for words in ("25:00", "24:00", "19:60", "19:00:60", "13pm", "0am", "25h"):
            self.assert_refused(words, Reason.IMPOSSIBLE_TIME, time=words)

    def test_impossible_offsets_are_refused(self):
        self.assert_refused("19:00+20:00", Reason.IMPOSSIBLE_OFFSET, offset="+20:00")

    def test_hours_and_a_half(self):
        self.assert_spec("une heure et demie", "à 1h et demie", clock=time(1, 30))
        self.assert_spec("huit heures et quart", clock=time(8, 15))

    def test_time_of_now_on_another_day(self):
        self.assert_told(
            "2026-11-27", "tomorrow at the same time", "same time tomorrow", "this time tomorrow"
        )
        self.assert_told("2026-12-04", "friday next week, same time", "vendredi en huit à la même heure")
        self.assert_told("2026-12-25", "25 december at the same time")
        self.assert_refused("same time tomorrow 19:00", Reason.SAID_TWICE, word="19:00")
        self.assert_refused("19:00 this time", Reason.SAID_TWICE, word="this time")

    def test_military_times(self):
        self.assert_spec("0600h", "0600 hours", "at 0600 hours", clock=time(6))
        self.assert_spec("at 1900 hours", "à 1900 h", clock=time(19))
        self.assert_told("2026-11-27 15:00:00", "1500 hours tomorrow", "tomorrow 1500 hrs")
        self.assert_spec("2400 hours", "2400 hours", add_ns=2400 * 3600 * 10**9, bare="2400 hours")
        choices = ("at 1900 hours", "in 1900 hours")
        self.assert_refused("1900 hours", Reason.AMBIGUOUS_SPAN, span="1900 hours", choices=choices)

    def test_hours_and_minutes_in_full_are_a_time_behind_a_date_or_a_preposition(self):
        self.assert_told("2026-11-27 01:30:00", "demain 1 h 30 min", "demain à 1 heure 30 minutes")
        self.assert_told("2026-11-27 01:30:00", "1 h 30 min demain")
        self.assert_told("2026-11-26 01:30:00", "à 1 h 30 min")
        choices = ("à 1 h 30 min", "dans 1 h 30 min")
        self.assert_refused("1 h 30 min", Reason.AMBIGUOUS_SPAN, span="1 h 30 min", choices=choices)

    def test_decimal_hours_may_be_a_time(self):
        choices = ("15:30", "in 15.30 hours")
        for words in ("15.30h", "15.30 heures"):
            self.assert_refused(words, Reason.AMBIGUOUS_TIME, time=words, choices=choices)
        self.assert_told("2026-11-26 15:30:00", "à 15.30h", "at 15.30 heures")
        self.assert_refused(
            "8h5min", Reason.AMBIGUOUS_SPAN, span="8h5min", choices=("à 8h5min", "dans 8h5min")
        )

    def test_offset_behind_a_date_of_iso_8601(self):
        self.assert_told("2026-12-25 16:00:00", "2026-12-25 10:00-05:00", "2026-12-25T10:00-05:00")
        self.assert_told("2026-11-27 01:00:00", "19:00:00-05:00")
        self.assert_told("2026-11-26 14:00:00", "19:00+06:00")

    def test_two_times_are_refused(self):
        for words, choices in {
            "10:00-12:00": ("10:00", "10:00 UTC-12:00"),
            "tomorrow 10:00 - 12:00": ("10:00", "10:00 UTC-12:00"),
            "19:00-20:00": ("19:00", "20:00"),
            "9:00-14:00": ("9:00", "9:00 UTC-14:00"),
            "9:00-14:30": ("9:00", "14:30"),  # further from UTC than any place
            "9h30 - 11h": ("9h30", "11h"),
            "9am-11am": ("9am", "11am"),
        }.items():
            span = words.removeprefix("tomorrow ")
            self.assert_refused(words, Reason.TIME_RANGE, time=span, choices=choices)
