from tests.moment_specs import RuleTestCase, told
from twisted_date.dates.errors import Reason


class PartOfDayTests(RuleTestCase):
    def test_part_says_the_half_of_the_day(self):
        self.assert_told("2026-11-26 20:00:00", "8 in the evening", "tonight at 8", "8 tonight")
        self.assert_told("2026-11-27 09:00:00", "tomorrow morning at 9", "9 in the morning tomorrow")
        self.assert_told("2026-11-27 09:00:00", "9 tomorrow morning", "9 demain matin", "demain à 9h du mat'")
        self.assert_told("2026-11-27 15:00:00", "friday afternoon at 3", "3:00 in the afternoon on friday")
        self.assert_told("2026-11-30 22:15:00", "monday night 10:15", "10:15 at night on monday")
        self.assert_told("2026-11-26 20:30:00", "8.30 in the evening", "this evening at half past eight")

    def test_french_parts(self):
        self.assert_told("2026-11-26 20:00:00", "8h du soir", "ce soir à 20h", "ce soir à 8h", "ce soir 8")
        self.assert_told("2026-11-27 09:00:00", "demain matin 9h", "demain à 9h du matin")
        self.assert_told("2026-11-30 20:00:00", "lundi soir 20h", "lundi à 8 heures du soir")
        self.assert_told("2026-11-26 15:00:00", "3h de l'après-midi", "cet après-midi à 15h")
        self.assert_told("2026-12-03 15:00:00", "jeudi prochain après midi à 3h")
        self.assert_told("2026-11-25 23:00:00", "hier soir à 11h", "la nuit dernière à 23h")

    def test_last_night_was_yesterday(self):
        self.assert_told("2026-11-25 23:00:00", "last night at 11", "yesterday night 11pm")

    def test_midnight_ends_the_day(self):
        self.assert_told("2026-11-27 00:00:00", "tonight at 12", "midnight tonight", "ce soir à minuit")
        self.assert_told("2026-11-26 00:00:00", "midnight", "minuit", "12 midnight")

    def test_part_alone_asks_for_the_hour(self):
        for words, part, choice in (
            ("tonight", "tonight", "tonight 22:00"),
            ("ce soir", "ce soir", "ce soir 19:00"),
            ("sunday morning", "morning", "sunday morning 9:00"),
            ("demain après-midi", "après-midi", "demain après-midi 15:00"),
            ("in the morning tomorrow", "in the morning", "in the morning 9:00 tomorrow"),
            ("+1 fortnight at night", "at night", "+1 fortnight at night 22:00"),
        ):
            self.assert_refused(words, Reason.MISSING_HOUR, part=part, choice=choice)
            told(choice)

    def test_times_behind_midnight_are_refused_with_both_dates(self):
        for words, time, choices in (
            ("tonight at 2", "tonight 2", ("2026-11-26 02:00", "2026-11-27 02:00")),
            ("friday night at 1", "night 1", ("2026-11-27 01:00", "2026-11-28 01:00")),
            ("cette nuit à 7h", "cette nuit 07:00", ("2026-11-26 07:00", "2026-11-27 07:00")),
            ("cette nuit à 3h", "cette nuit 03:00", ("2026-11-26 03:00", "2026-11-27 03:00")),
            ("12:30 in the morning", "in the morning 12:30", ("2026-11-26 00:30", "2026-11-26 12:30")),
        ):
            self.assert_refused(words, Reason.AMBIGUOUS_TIME, time=time, choices=choices)

    def test_contradictions_are_refused(self):
        self.assert_refused("3pm in the morning", Reason.WRONG_PART, time="15:00", part="in the morning")
        self.assert_refused("9 in the afternoon", Reason.WRONG_PART, time="9", part="in the afternoon")
        self.assert_refused("morning evening 9:00", Reason.SAID_TWICE, word="evening")
        self.assert_refused("tomorrow tonight 9", Reason.SAID_TWICE, word="tonight")
        self.assert_refused("tonight at the same time", Reason.SAID_TWICE, word="tonight")
        self.assert_refused("next night at 9", Reason.SAID_TWICE, word="next night")
