from hypothesis import given, strategies as st

from tests.moment_specs import RuleTestCase, spec
from twisted_date.dates.errors import Reason
from twisted_date.dates.spec import Spoken


class SpanFromNowTests(RuleTestCase):
    def test_spans_ahead(self):
        self.assert_told(
            "2026-12-17",
            *("in 3 weeks", "dans 3 semaines", "3 weeks from now", "in 21days", "in three weeks time"),
            *("in three weeks' time", "three weeks later", "trois semaines plus tard", "in 3w", "dans 3sem"),
        )
        self.assert_told("2027-11-26", "in a year", "dans un an", "dans 12 mois", "in 1y")
        self.assert_told("2026-11-26 16:00:00", "in 2 hours", "dans deux heures", "in 2h", "2 hours later")

    def test_spans_back(self):
        self.assert_told(
            "2026-11-24", "2 days ago", "il y a 2 jours", "two days earlier", "2d ago", "2 jours plus tôt"
        )

    def test_all_spans_count_in_the_direction_of_their_words(self):
        self.assert_told("2026-11-27 16:00:00", "in 1 day and 2 hours", "dans 1 jour et 2 heures")
        self.assert_told("2026-11-25 12:00:00", "1 day and 2 hours ago", "il y a 1 jour et 2 heures")
        self.assert_told("2026-11-26 12:30:00", "1 hour 30 minutes ago", "il y a 1 heure 30 minutes")

    def test_time_of_day_may_follow(self):
        self.assert_told(
            "2026-11-28 08:30:00", "dans 2 jours 8h30", "in 2 days 8h30", "dans 2 jours à 8 h 30"
        )

    def test_french_hours_and_minutes(self):
        self.assert_told("2026-11-26 15:30:00", "dans 1h30", "dans 1 heure 30", "in 1h30", "+1h30")
        self.assert_told("2026-11-26 15:30:00", "dans une heure trente", "d'ici une heure et demie")
        self.assert_told("2026-11-26 12:30:00", "-1h30", "il y a 1h30", "1h30 ago", "1h30 plus tôt")
        self.assert_told("2026-11-26 15:30:00", "1h30 plus tard", "1h30 from now")
        self.assert_told("2026-11-26 11:55:00", "il y a 2 heures 05")

    def test_time_with_a_colon_may_be_a_span(self):
        for words, choices in (("in 1:30", ("at 1:30", "in 1h30")), ("dans 1:30", ("à 1:30", "dans 1h30"))):
            self.assert_refused(words, Reason.AMBIGUOUS_SPAN, span=words, choices=choices)

    def test_short_units(self):
        self.assert_told("2026-11-26 14:10:00", "in 10 mn", "dans 10 min", "10 mn")
        self.assert_told("2026-11-26 14:00:30", "in 30 s", "30 s", "in 30s")
        self.assert_told("2026-11-28", "dans 2 j", "in 2 d")

    def test_units_may_be_joined(self):
        self.assert_told("2026-11-26 15:30:00", "in 1h30min", "dans 1 h30 min", "1hour30minutes from now")

    def test_m_beside_hours_or_seconds_is_minutes(self):
        self.assert_told("2026-11-26 15:30:00", "in 1h30m", "in 1h 30m", "1h30m", "in 1 hour 30m")
        self.assert_told("2026-11-26 14:05:30", "in 5m30s", "in 5m 30s")

    def test_m_alone_is_refused(self):
        for words, span, choices in (
            ("5m", "5m", ("5 minutes", "5 months")),
            ("in 5m", "in 5m", ("in 5 minutes", "in 5 months")),
            ("2.5m", "2.5m", ("2.5 minutes",)),
            ("5 m ago", "5 m ago", ("5 minutes ago", "5 months ago")),
        ):
            self.assert_refused(words, Reason.AMBIGUOUS_SPAN, span=span, choices=choices)

    def test_numbers_may_be_words(self):
        self.assert_told("2026-12-11", "in fifteen days", "dans quinze jours")
        self.assert_told("2026-11-26 13:20:00", "forty minutes ago", "il y a quarante minutes")

    def test_halves_and_quarters(self):
        self.assert_told(
            "2026-11-26 14:30:00",
            "in half an hour",
            "in a half hour",
            "dans une demi-heure",
            "dans une demi heure",
        )
        self.assert_told("2026-11-26 13:45:00", "a quarter of an hour ago", "il y a un quart d'heure")
        self.assert_told("2026-11-26 14:45:00", "in three quarters of an hour", "dans trois quarts d’heure")
        self.assert_told(
            "2026-11-26 15:30:00",
            "in an hour and a half",
            "in one and a half hours",
            "dans une heure et demie",
        )
        self.assert_told("2026-11-26 15:15:00", "dans une heure et quart", "in 1 hour and a quarter")
        self.assert_told("2026-11-26 15:30:00", "in 1 hour and half an hour", "dans une heure et demi-heure")

    def test_fractions(self):
        self.assert_told("2026-11-26 16:30:00", "in 2.5 hours", "2.5 hours", "dans 2,5 heures")
        self.assert_told(
            "2026-11-28 02:00:00", "in 1.5 days", "in one and a half days", "dans 1 jour et demi"
        )
        self.assert_told("2026-12-07 02:00:00", "in 1.5 weeks")
        self.assert_told("2028-05-26 15:00:00", "in a year and a half", "in 1.5 years")
        self.assertEqual(spec("-0.25 seconds").add_ns, -250_000_000)

    def test_months_have_no_fractions(self):
        self.assert_refused("in 1.5 months", Reason.PART_OF_A_DAY, span="1.5 months")
        self.assert_refused("half a month", Reason.PART_OF_A_DAY, span="half a month")

    def test_second_unit_on_or_back(self):
        self.assert_told("2026-12-10", "the week after next")
        self.assert_told("2024-11-26", "the year before last")
        self.assert_told("2026-11-19", "la semaine passée", "the previous week")
        self.assert_told("2027-11-26", "l'année suivante", "the following year")

    def test_next_and_last_units(self):
        self.assert_told("2026-12-03", "next week", "la semaine prochaine")
        self.assert_told("2026-10-26", "last month", "le mois dernier")
        self.assert_told("2027-11-26", "next year", "l'an prochain", "l’année prochaine")
        self.assert_told("2026-11-26 15:00:00", "next hour")
        self.assert_told("2026-11-26", "this week", "cette semaine", "this month", "now", "maintenant")


class SumTests(RuleTestCase):
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 99),
                st.sampled_from([("h", 3600), ("hours", 3600), ("min", 60), ("minutes", 60), ("s", 1)]),
                st.sampled_from(["", " ", " and ", " et "]),
            ),
            min_size=1,
            max_size=4,
        )
    )
    def test_spans_are_added_however_they_are_joined(self, parts):
        words = "".join(f"{number}{unit}{joint}" for number, (unit, _), joint in parts)
        text = words.removesuffix(" and ").removesuffix(" et ").strip()
        seconds = sum(number * size for number, (_, size), _ in parts)
        self.assertEqual(spec(f"{text} ago").add_ns, -seconds * 10**9, text)


class SpanFromAMomentTests(RuleTestCase):
    def test_moment_stands_behind_the_span(self):
        self.assert_told("2026-11-29 00:00:00", "2 days from friday", "two days after friday")
        self.assert_told("2026-11-29 00:00:00", "deux jours après vendredi")
        self.assert_told("2026-11-26 13:15:00", "15 minutes from 1pm", "15 minutes après 13h")
        self.assert_told("2026-12-11 00:00:00", "2 weeks before dec 25", "2 semaines avant le 25 décembre")
        self.assert_told("2026-11-28", "a day from tomorrow", "un jour après demain")
        self.assert_told("2026-11-29 09:00:00", "at 9am 2 days after friday", "2 days after friday 9am")
        self.assert_told("2026-11-26 15:00:00", "an hour from now", "an hour after now")

    def test_french_day_behind_a_span_is_two_words(self):
        self.assert_told("2026-11-30", "trois jours après demain")
        self.assert_told("2026-11-22", "trois jours avant hier")
        choices = ("dans trois jours", "il y a trois jours")
        self.assert_refused("trois jours après-demain", Reason.BARE_SPAN, span="trois jours", choices=choices)

    def test_hours_need_a_time(self):
        self.assert_told("2026-11-27 14:00:00", "2 hours after friday noon", "2 hours after noon tomorrow")
        self.assert_told("2026-11-26 12:30:00", "half an hour past noon", "half an hour after noon")
        for words in ("2 hours after friday", "2 hours after tomorrow"):
            self.assert_refused(words, Reason.MISSING_TIME, span="2 hours after")

    def test_midnight_before_and_after_a_day(self):
        self.assert_told("2026-11-27 02:00:00", "2 hours after midnight tomorrow")
        choices = ("2026-11-25 22:00:00", "2026-11-26 22:00:00")
        self.assert_refused(
            "2 hours before midnight", Reason.AMBIGUOUS_SPAN, span="2 hours before midnight", choices=choices
        )

    def test_moment_is_missing(self):
        for words in ("2 days after", "19:00 2 days before", "2 hours after in Tokyo"):
            span = words.removeprefix("19:00 ").removesuffix(" in Tokyo")
            self.assert_refused(words, Reason.MISSING_ANCHOR, span=span)

    def test_moment_in_front_is_refused(self):
        self.assert_refused("friday 2 days after monday", Reason.SAID_TWICE, word="2 days after")
        self.assert_refused("19:00 2 hours after noon", Reason.SAID_TWICE, word="2 hours after")


class SignedSpanTests(RuleTestCase):
    def test_hour_behind_a_dash_and_a_space_may_be_a_time(self):
        self.assert_refused("demain - 15h", Reason.AMBIGUOUS_SPAN, span="- 15h", choices=("15h", "-15h"))
        self.assert_told("2026-11-25 23:00:00", "- 15h")

    def test_signs_are_arithmetic(self):
        self.assert_spec("+3 weeks", "+ 21 days", days=21)
        self.assert_spec("-2 days", "- 2 days", "-3 days +1 day", days=-2)
        self.assert_spec("-2 days ago", days=2)
        self.assert_told("2026-12-14 00:00:00", "monday +2 weeks")
        self.assert_told("2026-11-30 11:00:00", "monday 9am +2 hours")
        self.assert_told("2026-11-26 17:00:00", "19:00 -2 hours")

    def test_plus_counts_for_all(self):
        self.assert_told("2026-11-26 16:05:00", "+2 hours 5 minutes", "now + 2 hours and 5 minutes")

    def test_minus_before_several_spans_is_refused(self):
        self.assert_refused(
            "-2 hours 5 minutes",
            Reason.AMBIGUOUS_SPAN,
            span="-2 hours 5 minutes",
            choices=("-2 hours -5 minutes", "-2 hours +5 minutes"),
        )
        choices = ("- two hours -5 minutes", "- two hours +5 minutes")
        self.assert_refused(
            "- two hours 5 minutes", Reason.AMBIGUOUS_SPAN, span="- two hours 5 minutes", choices=choices
        )


class BareSpanTests(RuleTestCase):
    def test_alone_it_is_from_now(self):
        self.assert_told("2026-12-17", "3 weeks", "21 days")
        self.assert_told("2026-11-26 15:30:00", "90 min", "1 hour 30 minutes")
        self.assert_told("2026-11-28", "2j", "2d", "2 days now")

    def test_beside_a_day_or_a_time_it_is_refused(self):
        for words in (
            "1 march 2 weeks",
            "friday 2 weeks",
            "tomorrow 2 weeks",
            "19:00 2 weeks",
            "2 weeks next week",
        ):
            choices = ("in 2 weeks", "2 weeks ago")
            self.assert_refused(words, Reason.BARE_SPAN, span="2 weeks", choices=choices)

    def test_halves_and_quarters_need_a_direction(self):
        for words, choices in {
            "half an hour": ("in half an hour", "half an hour ago"),
            "demi-heure": ("dans demi-heure", "il y a demi-heure"),
            "un quart d'heure": ("dans un quart d'heure", "il y a un quart d'heure"),
        }.items():
            self.assert_refused(words, Reason.BARE_SPAN, span=words, choices=choices)


class WeekTests(RuleTestCase):
    def test_spans_are_kept_apart(self):
        self.assert_spec("in 1 year 2 months 1 fortnight 1 week 2 days", spoken=Spoken(14, 3, 2))

    def test_week_beside_another_day_is_refused(self):
        for words, word in {
            "next week dec 1": "dec 1",
            "dec 1 next week": "next week",
            "in 2 days next week": "next week",
            "next week in 2 days": "in 2 days",
            "next week last week": "last week",
            "next friday this week": "this week",
            "this week next friday": "next friday",
        }.items():
            self.assert_refused(words, Reason.SAID_TWICE, word=word)


class ContradictionTests(RuleTestCase):
    def test_hours_from_now_stand_without_a_time(self):
        for words in ("in 3 hours at 5pm", "noon in 3 hours", "friday in 3 hours"):
            self.assert_refused(words, Reason.SAID_TWICE, word="in 3 hours")
        self.assert_told("2026-11-26 20:00:00", "5pm +3 hours", "17:00 3 hours later")  # as in GNU date

    def test_span_beside_a_day_word_is_refused(self):
        self.assert_refused("tomorrow in 3 days", Reason.SAID_TWICE, word="in 3 days")
        self.assert_refused("in 3 days tomorrow", Reason.SAID_TWICE, word="tomorrow")

    def test_numbers_that_may_have_thousands_are_refused(self):
        for words, choices in {
            "1,000 days ago": ("1000 days ago", "1 days ago"),
            "in 1.500 hours": ("in 1500 hours", "in 1.5 hours"),
        }.items():
            self.assert_refused(words, Reason.AMBIGUOUS_SPAN, span=words, choices=choices)
        self.assert_told("2026-11-26 15:30:00", "in 1.5 hours", "in 1,50 hours")
