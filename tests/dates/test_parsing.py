from datetime import time
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import PARIS
from twisted_date.dates.context import Context
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.parsing import parse, place

HERE = Context(2026, PARIS)
SFO = "America/Los_Angeles"

WORDS = [
    *("in", "to", "a", "à", "en", "here", "Paris", "Springfield", "New", "York", "IST", "USA", "st", "from"),
    *("now", "next", "last", "monday", "prochain", "semaine", "le", "la", "il", "y", "days", "ago", "and"),
    *("19:00", "7pm", "15h", "30", "25", "december", "2026-12-25", "12/11/13", "@0", "+1", "-2", "+", "-"),
    *(",", ".", "é", "\N{RIGHT-TO-LEFT OVERRIDE}", "\0"),
]


def zones_of(phrase):
    """The zone in which the words are read, if a place says it, and those in which the moment is shown."""
    source = () if phrase.source is None else (phrase.source,)
    return (*source, *(target.zone for target in phrase.targets))


class ParsingTestCase(SynchronousTestCase):
    def assert_places(self, text, *keys):
        self.assertEqual(tuple(zone.key for zone in zones_of(parse(text, HERE))), keys, text)

    def assert_refused(self, text, reason, **values):
        error = self.assertRaises(DateError, parse, text, HERE)
        self.assertEqual((error.reason, error.values), (reason, values), text)


class PlaceTests(ParsingTestCase):
    def test_one_place_is_found_anywhere(self):
        for text in (
            "in Tokyo",
            "Tokyo",
            "to tokyo",
            "à Tokyo",
            "a Tokyo",
            "en Tokyo",
            "au Japon",
            "19:00 in Tokyo",
        ):
            self.assert_places(text, "Asia/Tokyo")

    def test_two_places_are_kept_in_order(self):
        self.assert_places("19:00 New York in Berlin", "America/New_York", "Europe/Berlin")
        self.assert_places("19:00 in New York to Berlin", "America/New_York", "Europe/Berlin")
        self.assert_places("New York 19:00 in Berlin tomorrow", "America/New_York", "Europe/Berlin")

    def test_here_means_the_given_zone(self):
        self.assert_places("19:00 here in Berlin", "Europe/Paris", "Europe/Berlin")
        self.assert_places("19:00 Tokyo à ici", "Asia/Tokyo", "Europe/Paris")

    def test_longest_known_name_wins(self):
        self.assert_places(
            "Paris Texas in Mar del Plata", "America/Chicago", "America/Argentina/Buenos_Aires"
        )
        self.assert_places("in In Salah", "Africa/Algiers")
        self.assert_places("In Salah", "Africa/Algiers")

    def test_preposition_is_no_area_code(self):
        self.assert_places("Vincennes in Tokyo", "Europe/Paris", "Asia/Tokyo")

    def test_place_name_ends_where_a_moment_begins(self):
        self.assert_places("19:00 in London on friday", "Europe/London")
        self.assert_places("9am in Athens on monday", "Europe/Athens")
        self.assert_places("à Chicago il y a 2 jours", "America/Chicago")
        self.assert_places("5pm in New York to London on friday", "America/New_York", "Europe/London")

    def test_month_alone_is_no_town(self):
        for text in ("March", "in March", "March 2027", "tomorrow in March"):
            self.assert_refused(text, Reason.MISSING_DAY, month="March")

    def test_ordinary_words_are_no_towns_unless_a_preposition_leads(self):
        for text, word in (
            ("9:00 sur dimanche prochain", "sur"),
            ("jeudi gras", "gras"),
            ("Manger", "Manger"),
            ("can", "can"),
            ("tomorrow the rest", "rest"),
            ("19:00 come on", "come"),
            ("SUR", "SUR"),
        ):
            self.assert_refused(text, Reason.NOT_UNDERSTOOD, word=word)
        self.assert_places("in Sur", "Asia/Muscat")
        self.assert_places("2 days from friday in Of", "Europe/Istanbul")
        self.assert_places("Of, Turkey", "Europe/Istanbul")

    def test_town_that_is_an_ordinary_word_is_told_so(self):
        self.assert_refused("tomorrow Reading", Reason.ORDINARY_WORD, word="Reading")
        self.assert_places("tomorrow in Reading", "Europe/London")
        self.assert_refused("tomorrow reading", Reason.NOT_UNDERSTOOD, word="reading")

    def test_words_of_moments_are_never_places_behind_a_preposition(self):
        for text, word in (("in one", "one"), ("in Wed", "Wed"), ("à mai", None), ("in sam", "sam")):
            if word is None:
                self.assert_refused(text, Reason.MISSING_DAY, month="mai")
            else:
                self.assertRaises(DateError, parse, text, HERE)

    def test_zones_with_the_name_of_a_word_are_meant_in_capitals_and_behind_a_time(self):
        for text in ("EST", "19:00 est", "7pm est tomorrow", "tomorrow EST", "in EST"):
            self.assert_places(text, "EST")
        for text, word in (("est", "est"), ("tomorrow met", "met"), ("19:00 tomorrow eat", "eat")):
            self.assert_refused(text, Reason.NOT_UNDERSTOOD, word=word)
        self.assert_refused("19:00 in met", Reason.UNKNOWN_PLACE, place="met")
        self.assert_places("19:00 eat", "Africa/Dar_es_Salaam")

    def test_codes_are_zones_right_behind_a_time_of_day(self):
        self.assert_places("23:00 ET", "America/New_York")
        self.assert_places("1pm CT", "America/Chicago")
        self.assert_places("10:00 UT", "UTC")
        self.assert_places("tomorrow 7pm et", "America/New_York")
        self.assert_refused("19h et à Tokyo", Reason.NOT_UNDERSTOOD, word="et")
        self.assert_places("19:00 AT in Rome", "America/Halifax", "Europe/Rome")
        for text in ("ET", "19:00 in ET", "CT 19:00"):
            self.assertEqual(self.assertRaises(DateError, parse, text, HERE).reason, Reason.AMBIGUOUS_PLACE)
        for text, key in (("19:00 UK", "Europe/London"), ("19:00 NYC", "America/New_York")):
            self.assert_places(text, key)

    def test_abbreviations_of_rfc_5322_that_others_use_too_are_kept(self):
        self.assertEqual(parse("19:00 CST", HERE).abbreviations, ("CST",))
        self.assertEqual(parse("19:00 CST in Tokyo", HERE).abbreviations, ("CST",))
        self.assertEqual(parse("19:00 EST", HERE).abbreviations, ())

    def test_output_of_date_has_its_zone_in_front_of_the_year(self):
        here = Context(2026, ZoneInfo("Asia/Shanghai"))
        self.assertEqual(zones_of(parse("Wed Sep  6 13:05:24 CST 2028", here)), (here.home,))
        self.assert_places("Wed Apr 14 10:56:52 +06 2021", "Etc/GMT-6")
        self.assert_places("Fri Dec 25 19:00:00 JST 2026", "Asia/Tokyo")

    def test_offset_counts_as_a_place(self):
        self.assertEqual(zones_of(parse("19:00 +02:00", HERE)), (ZoneInfo("Etc/GMT-2"),))

    def test_zone_of_posix_in_front_is_where_the_words_are_read(self):
        """As in the manual of GNU date."""
        self.assert_places('TZ="America/Los_Angeles" 09:00 next Fri', "America/Los_Angeles", "Europe/Paris")
        self.assert_places('TZ="Europe/Rome" 09:00 in Tokyo', "Europe/Rome", "Asia/Tokyo")
        self.assert_places('TZ="UTC"', "UTC", "Europe/Paris")
        self.assert_refused('TZ="Xyzzy" 09:00', Reason.UNKNOWN_PLACE, place="Xyzzy")
        self.assert_refused('TZ="UTC" 09:00 Rome in Paris', Reason.TOO_MANY_PLACES, place="Paris")

    def test_islands_named_after_holidays_are_places(self):
        self.assert_places("19:00 in Christmas Island", "Indian/Christmas")
        self.assert_places("Christmas Island", "Indian/Christmas")
        self.assert_places("in Easter Island", "Pacific/Easter")
        self.assert_places("19:00 à l'île de Pâques", "Pacific/Easter")

    def test_third_place_is_refused(self):
        self.assert_refused("Paris in Rome in Berlin", Reason.TOO_MANY_PLACES, place="Berlin")

    def test_parts_of_a_moment_are_no_towns(self):
        for text, word in (
            ("midi trois", "trois"),
            ("8h30 PM", "PM"),
            ("friday thirty", "thirty"),
        ):
            self.assert_refused(text, Reason.NOT_UNDERSTOOD, word=word)

    def test_arrows_to_and_from_say_where_it_is_shown_and_read(self):
        phrase = parse("3pm to Tokyo", HERE)
        self.assertEqual((phrase.source, [target.name for target in phrase.targets]), (None, ["Tokyo"]))
        for text in ("3pm -> Tokyo", "3pm→Tokyo", "15h vers Tokyo", "3pm => Tokyo"):
            self.assertEqual(parse(text, HERE).targets, phrase.targets, text)
        for text in ("3pm from Rome to Tokyo", "from Rome 3pm in Tokyo", "15h de Rome à Tokyo"):
            self.assert_places(text, "Europe/Rome", "Asia/Tokyo")
        self.assertEqual(parse("3pm from Rome", HERE).source.key, "Europe/Rome")

    def test_lists_of_places(self):
        for text in (
            "19:00 New York in Berlin, Tokyo and Sydney",
            "19:00 New York to Berlin, Tokyo, Sydney",
            "19:00 from New York in Berlin and Tokyo et Sydney",
            "19h New York → Berlin, Tokyo et Sydney",
        ):
            zones = ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney")
            self.assert_places(text, *zones)
        self.assert_places("now in LON, EST, TYO and SFO", "Europe/London", "EST", "Asia/Tokyo", SFO)
        self.assert_places("19:00 EST, tomorrow", "EST")
        self.assert_places("19:00 EST.", "EST")
        self.assert_places("now in SFO.", SFO)
        names = [target.name for target in parse("now in Berlin, Tokyo and here", HERE).targets]
        self.assertEqual(names, ["Berlin", "Tokyo", "here"])

    def test_list_without_a_source_needs_a_moment_that_is_the_same_everywhere(self):
        for text in ("now", "@0", "in 2 hours", "19:00Z", ""):
            self.assert_places(f"{text} in Rome, Tokyo", "Europe/Rome", "Asia/Tokyo")
        choices = ("19:00 Rome in Rome, Tokyo", "19:00 here in Rome, Tokyo")
        self.assert_refused("19:00 in Rome, Tokyo", Reason.AMBIGUOUS_SOURCE, place="Rome", choices=choices)
        for choice in choices:
            parse(choice, HERE)
        error = self.assertRaises(DateError, parse, "demain à Rome et Tokyo", HERE, "fr")
        self.assertEqual(error.values["choices"][1], "demain ici à Rome et Tokyo")

    def test_longest_name_wins_in_lists(self):
        names = [
            target.name for target in parse("now in Trinidad and Tobago, Paris Texas and Rome", HERE).targets
        ]
        self.assertEqual(names, ["Trinidad and Tobago", "Paris Texas", "Rome"])
        names = [target.name for target in parse("now in Paris, Texas and Tokyo", HERE).targets]
        self.assertEqual(names, ["Paris, Texas", "Tokyo"])

    def test_state_behind_the_only_comma_says_where_the_town_is(self):
        for area in ("Ontario", "Georgia", "Japan"):
            self.assert_refused(f"now in Paris, {area}", Reason.UNKNOWN_PLACE, place=f"Paris, {area}")
        self.assert_places("now in Paris and Japan", "Europe/Paris", "Asia/Tokyo")
        self.assert_places("now in Paris, Rome, Japan", "Europe/Paris", "Europe/Rome", "Asia/Tokyo")
        self.assert_places("now in Paris, New York", "Europe/Paris", "America/New_York")
        self.assert_refused("now in Rome and Paris, Xyzzy", Reason.NOT_UNDERSTOOD, word="Xyzzy")
        error = self.assertRaises(DateError, parse, "now in Rome and Georgia", HERE)
        self.assertEqual(error.reason, Reason.AMBIGUOUS_PLACE)

    def test_time_of_a_place(self):
        for text in ("5pm London time", "London time", "5pm UK time", "17h heure de Londres"):
            self.assert_places(text, "Europe/London")
        self.assert_places("17h à l'heure de Londres à Tokyo", "Europe/London", "Asia/Tokyo")
        for text in ("17h Tokyo to my time", "17h Tokyo en heure locale", "5pm Tokyo to local time"):
            self.assert_places(text, "Asia/Tokyo", "Europe/Paris")
        self.assert_places("17h heure du Pacifique", "America/Los_Angeles")

    def test_questions_are_asked(self):
        for text in (
            "what time is it in Tokyo?",
            "what's the time in Tokyo",
            "time in Tokyo",
            "quelle heure est-il à Tokyo ?",
            "il est quelle heure à Tokyo",
        ):
            self.assert_places(text, "Asia/Tokyo")
        self.assert_places("convert 3pm Rome to Tokyo", "Europe/Rome", "Asia/Tokyo")
        self.assert_places("what is 3pm EST in Tokyo", "EST", "Asia/Tokyo")
        self.assert_places("what time is it")

    def test_unknown_word_after_two_places_is_named(self):
        self.assert_refused("Paris in Berlin tomorow", Reason.NOT_UNDERSTOOD, word="tomorow")
        self.assert_refused("Paris in Berlin in", Reason.NOT_UNDERSTOOD, word="in")

    def test_second_place_in_a_row_must_be_a_town_behind_a_moment(self):
        self.assert_places("19:00 Rome Berlin", "Europe/Rome", "Europe/Berlin")
        self.assert_places("now EST JST", "EST", "Asia/Tokyo")
        for text, word in (
            ("19:00 Rome Japan", "Japan"),
            ("19:00 Paris Ontario", "Ontario"),
            ("Rome Berlin", "Berlin"),
            ("Rome 19:00 Berlin", "Berlin"),
            ("19:00 Rome Berlin Tokyo", "Tokyo"),
        ):
            self.assert_refused(text, Reason.NOT_UNDERSTOOD, word=word)

    def test_unknown_and_ambiguous_places_are_refused(self):
        self.assert_refused("in Xyzzy", Reason.UNKNOWN_PLACE, place="Xyzzy")
        error = self.assertRaises(DateError, parse, "tomorrow Springfield", HERE)
        self.assertEqual((error.reason, error.values["place"]), (Reason.AMBIGUOUS_PLACE, "Springfield"))


class MomentTests(ParsingTestCase):
    def test_words_of_a_moment_win_over_towns(self):
        phrase = parse("monday noon", HERE)
        self.assertEqual((phrase.spec.weekday, phrase.spec.clock, zones_of(phrase)), (0, time(12), ()))
        self.assertTrue(phrase.has_moment)

    def test_in_before_a_span_is_no_preposition(self):
        phrase = parse("in 2 hours in Tokyo", HERE)
        self.assertEqual(len(zones_of(phrase)), 1)

    def test_places_alone_are_no_moment(self):
        self.assertFalse(parse("Tokyo", HERE).has_moment)

    def test_commas_do_not_matter(self):
        self.assertEqual(zones_of(parse("19:00 (EST)", HERE)), zones_of(parse("19:00 EST", HERE)))
        self.assertEqual(parse("Fri, 25 dec , 19:00", HERE), parse("Fri 25 dec 19:00", HERE))


class NotUnderstoodTests(ParsingTestCase):
    def test_first_unknown_word_is_named(self):
        self.assert_refused("tomorrow xyzzy at 19:00", Reason.NOT_UNDERSTOOD, word="xyzzy")
        self.assert_refused("xyzzy", Reason.NOT_UNDERSTOOD, word="xyzzy")
        self.assert_refused("in", Reason.NOT_UNDERSTOOD, word="in")
        self.assert_refused("...", Reason.NOT_UNDERSTOOD, word="...")

    def test_leading_words_are_skipped_in_the_error(self):
        self.assert_refused("next firday", Reason.NOT_UNDERSTOOD, word="firday")
        self.assert_refused("on xyzzy", Reason.NOT_UNDERSTOOD, word="xyzzy")

    def test_furthest_word_that_no_reading_passes_is_named(self):
        for text, word in {
            "friday of next wek": "wek",
            "two hours and xyzzy ago": "xyzzy",
            "in 3 xyzzy": "xyzzy",
            "dans 3 jourss": "jourss",
            "le 25 décembrre": "décembrre",
            "on se voit demain": "se",
            "tomorrow at 5 xyzzy": "xyzzy",
        }.items():
            self.assert_refused(text, Reason.NOT_UNDERSTOOD, word=word)

    def test_signs_alone_are_refused(self):
        for text in (",", "[]"):
            self.assert_refused(text, Reason.NOT_UNDERSTOOD, word=text)

    def test_days_of_saints_are_no_towns(self):
        for text in ("la Saint-Nicolas", "la Sainte-Catherine", "la St Georges"):
            self.assertRaises(DateError, parse, text, HERE)

    def test_unknown_place_is_named_whole(self):
        self.assert_refused("19:00 in Xyzzy Town", Reason.UNKNOWN_PLACE, place="Xyzzy Town")

    def test_place_that_is_nearly_known_is_hinted_at(self):
        for text, name, hint in (
            ("in Pariss", "Pariss", "Paris"),
            ("19:00 in Pariss and Tokyo", "Pariss", "Paris"),
            ("in New Yorkk tomorrow", "New Yorkk", "New York"),
        ):
            self.assert_refused(text, Reason.UNKNOWN_PLACE_NEAR, place=name, choices=(hint,))
        for text, name, hint in (
            ("Los Angles", "Los Angles", "Los Angeles"),
            ("19:00 in Los Angles", "Los Angles", "Los Angeles"),
            ("lodnon 19:00", "lodnon", "London"),
        ):
            self.assert_refused(text, Reason.NOT_UNDERSTOOD_NEAR, word=name, choices=(hint,))
        error = self.assertRaises(DateError, place, "pariss", HERE)
        self.assertEqual(error.values["choices"], ("Paris",))
        self.assert_refused("New Yorkk Cityy tomorrow", Reason.NOT_UNDERSTOOD, word="Yorkk")

    def test_english_article_is_no_preposition_in_an_error(self):
        self.assert_refused("a few hours ago", Reason.NOT_UNDERSTOOD, word="few")
        self.assert_refused("à Xyzzy", Reason.UNKNOWN_PLACE, place="Xyzzy")

    def test_second_moment_behind_a_preposition_is_no_place(self):
        for text, word in (("monday to friday", "friday"), ("5pm to 6pm tomorrow", "6pm tomorrow")):
            self.assert_refused(text, Reason.SAID_TWICE, word=word)
        self.assert_refused("next next monday", Reason.NOT_UNDERSTOOD, word="next")

    def test_bare_number_is_ambiguous(self):
        for number in ("2024", "7", "25"):
            self.assert_refused(f"tomorrow {number}", Reason.AMBIGUOUS_NUMBER, number=number)

    def test_ambiguous_place_further_on_is_not_the_wrong_word(self):
        self.assert_refused("friday of Springfield", Reason.NOT_UNDERSTOOD, word="of")

    def test_bare_seconds_need_their_sign(self):
        for number, choice in (("1798221600", "@1798221600"), ("1798221600123", "@1798221600.123")):
            self.assert_refused(number, Reason.BARE_SECONDS, number=number, choice=choice)
            parse(choice, HERE)

    def test_signed_number_is_no_zone(self):
        self.assert_refused("19:00 +3", Reason.NOT_UNDERSTOOD, word="+3")
        self.assert_refused("19:00 in +3", Reason.UNKNOWN_PLACE, place="+3")
        self.assert_refused("19:00 + 3", Reason.NOT_UNDERSTOOD, word="+")
        self.assert_refused("2026-12-25T19:00+05:75", Reason.NOT_UNDERSTOOD, word="2026-12-25T19:00+05:75")
        self.assert_refused("now - 5", Reason.NOT_UNDERSTOOD, word="-")


class PlaceAloneTests(SynchronousTestCase):
    def test_prepositions_and_here_are_accepted(self):
        for text in ("Tokyo", "in Tokyo", "à Tokyo"):
            self.assertEqual(place(text, HERE).key, "Asia/Tokyo")
        self.assertIs(place("here", HERE), PARIS)
        self.assertIs(place("in here", HERE), PARIS)

    def test_ordinary_words_and_codes_need_no_capitals(self):
        for text, key in (("can", "Europe/Istanbul"), ("est", "EST"), ("fr", "Europe/Paris")):
            self.assertEqual(place(text, HERE).key, key)

    def test_unknown_names_are_refused(self):
        for text in ("xyzzy", "in", "in xyzzy", "in in in"):
            self.assertRaises(DateError, place, text, HERE)


class AnythingTests(ParsingTestCase):
    @given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)))
    def test_any_text_is_parsed_or_refused(self, text):
        try:
            parse(text, HERE)
        except DateError as error:
            self.assertIsInstance(error.reason, Reason)
