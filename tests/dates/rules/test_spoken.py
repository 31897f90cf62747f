from tests.moment_specs import RuleTestCase
from twisted_date.dates.errors import Reason


class SpokenTests(RuleTestCase):
    def at(self, clock, *sentences):
        self.assert_told(f"2026-11-26 {clock}:00", *sentences)

    def test_minutes_past_and_to_an_hour(self):
        self.at("15:30", "half past 3 pm", "at half past three pm", "half past three in the afternoon")
        self.at("16:45", "quarter to five pm", "a quarter to 5pm", "quarter before five pm")
        self.at("12:15", "a quarter past noon", "quarter after 12 pm")
        self.at("17:50", "ten to six in the evening", "10 minutes to 6 pm", "ten minutes before six pm")
        self.at("17:25", "twenty-five past five pm", "twenty five past five pm")
        self.at("23:55", "five to midnight")
        self.at("17:20", "20 past 5 pm")
        self.at("20:45", "quarter of nine pm", "a quarter of 9pm")
        self.at("12:45", "quarter to one in the afternoon", "une heure moins le quart de l'après-midi")

    def test_hours_and_minutes_in_words(self):
        self.at("19:30", "seven thirty pm", "at seven thirty in the evening")
        self.at("08:45", "eight forty-five am", "eight forty five in the morning")
        self.at("13:05", "one oh five pm", "one o five pm")

    def test_french_times(self):
        self.at("08:30", "huit heures et demie", "à 8 heures et demie", "8h trente", "huit heures trente")
        self.at("09:45", "dix heures moins le quart", "10h moins le quart", "10 heures moins quinze")
        self.at("07:50", "huit heures moins dix", "à 8h moins 10")
        self.at("17:25", "cinq heures vingt-cinq du soir", "17 heures vingt cinq")
        self.at("12:15", "midi et quart", "midi quinze")
        self.at("11:45", "midi moins le quart")
        self.at("00:30", "minuit et demi", "minuit et demie", "minuit trente")
        self.at("12:05", "midi cinq")
        self.at("02:45", "deux heures et trois quarts")

    def test_full_hours(self):
        self.at("15:00", "3 o'clock pm", "three o’clock in the afternoon", "at three pm", "at 15")
        self.at("21:00", "at 2100", "à 2100", "@ 9pm", "at 21")
        self.at("20:00", "at twenty hundred hours")
        choices = ("20:00", "in twenty hundred hours")
        words = "twenty hundred hours"
        self.assert_refused(words, Reason.AMBIGUOUS_SPAN, span=words, choices=choices)
        self.assert_refused("at thirty hundred hours", Reason.NOT_UNDERSTOOD, word="at")
        self.assert_refused(
            "at twenty-four hundred hours", Reason.IMPOSSIBLE_TIME, time="twenty-four hundred hours"
        )
        self.at("14:00", "at 14 o'clock", "at 14 o clock")

    def test_hours_that_may_be_before_noon_or_after_it_are_refused_with_both(self):
        for words, time, choices in (
            ("at 5", "5", ("5:00", "17:00")),
            ("à 5", "5", ("5:00", "17:00")),
            ("at five", "five", ("5:00", "17:00")),
            ("3 o'clock", "3 o'clock", ("3:00", "15:00")),
            ("half past three", "half past three", ("3:30", "15:30")),
            ("half five", "half five", ("5:30", "17:30")),
            ("quarter to one", "quarter to one", ("0:45", "12:45")),
            ("seven thirty", "seven thirty", ("7:30", "19:30")),
            ("at 12", "12", ("0:00", "12:00")),
            ("@ 2100", "@ 2100", ("at 2100", "@2100")),
        ):
            self.assert_refused(words, Reason.AMBIGUOUS_TIME, time=time, choices=choices)

    def test_impossible_times_are_refused(self):
        for words in ("half past 25", "15 o'clock pm", "half past noon pm", "11 noon", "at 27"):
            self.assert_refused(words, Reason.IMPOSSIBLE_TIME, time=words.removeprefix("at "))

    def test_times_that_may_be_years_are_refused(self):
        for words in ("twenty fifteen", "nineteen thirty"):
            self.assert_refused(f"dec 25 {words}", Reason.AMBIGUOUS_NUMBER, number=words)
        self.at("20:15", "at twenty fifteen", "vingt heures quinze")

    def test_other_words_are_no_times(self):
        self.assert_told("2026-11-26 14:30:00", "in half an hour")
        self.assert_told("2026-11-26 13:50:00", "ten minutes ago")
        self.assert_told("2026-12-05 00:00:00", "5 december", "le 5 décembre")
        self.assert_refused("at 5 december", Reason.NOT_UNDERSTOOD, word="at")
