from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import gazetteer, spelling
from twisted_date.dates.context import Context
from twisted_date.dates.zone_names import (
    by_abbreviation,
    by_long_name,
    in_output_of_date,
    is_in_rfc_5322,
    other_meanings,
    own_zone,
    towns,
)

SUMMER = datetime(2026, 7, 1, tzinfo=timezone.utc)
HERE = Context(2026)


def at(zone):
    return Context(2026, ZoneInfo(zone))


class AbbreviationTests(SynchronousTestCase):
    def test_names_of_rfc_5322_have_its_meaning(self):
        for name, hours in {
            **{"UT": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6},
            **{"PST": -8, "PDT": -7, "cst": -6, "Pst": -8},
        }.items():
            self.assertTrue(is_in_rfc_5322(name))
            self.assertEqual(by_abbreviation(name, HERE).utcoffset(SUMMER), timedelta(hours=hours), name)
        self.assertEqual(by_abbreviation("EST", HERE).key, "EST")  # has this name in IANA's data

    def test_zone_whose_clocks_are_called_so_is_meant_as_well_in_its_own_conversations(self):
        for name, zone, east in (
            ("CST", "Asia/Shanghai", "UTC-06"),
            ("CST", "America/Havana", "UTC-06"),
            ("CDT", "America/Havana", "UTC-05"),
            ("PST", "Asia/Manila", "UTC-08"),
        ):
            self.assertEqual(by_abbreviation(name, at(zone)), (east, zone))
        self.assertEqual(by_abbreviation("CST", at("America/Chicago")).utcoffset(SUMMER), timedelta(hours=-6))
        self.assertEqual(by_abbreviation("EDT", at("Asia/Shanghai")).utcoffset(SUMMER), timedelta(hours=-4))

    def test_other_meanings_are_named(self):
        self.assertEqual(other_meanings("CST"), ("Havana", "Shanghai"))
        self.assertEqual(other_meanings("pst"), ("Quezon City",))
        for name in ("EST", "JST", "IST", "Paris", "", "#", "C T"):
            self.assertEqual(other_meanings(name), ())

    def test_zones_that_americans_and_canadians_call_so_in_summer_and_winter(self):
        for names, zone in {
            ("ET", "HNE", "HAE", "HE"): "America/New_York",
            ("CT", "HNC", "HAC", "HC"): "America/Chicago",
            ("MT", "HNR", "HAR", "HR"): "America/Denver",
            ("PT", "HNP", "HAP", "HP"): "America/Los_Angeles",
            ("AT", "HNA", "HAA", "HA"): "America/Halifax",
            ("HNT", "HAT"): "America/St_Johns",
        }.items():
            for name in names:
                self.assertEqual(by_abbreviation(name, HERE).key, zone, name)

    def test_abbreviation_with_several_meanings_has_a_town_for_each(self):
        self.assertEqual(
            [town.name for town in by_abbreviation("IST", HERE)], ["Mumbai", "Dublin", "Jerusalem"]
        )
        self.assertEqual([town.name for town in by_abbreviation("AET", HERE)], ["Sydney", "Brisbane"])

    def test_towns_stand_for_what_is_called_so(self):
        self.assertEqual([town.name for town in towns("CT")], ["Chicago"])
        self.assertEqual([town.zone for town in towns("UT")], ["UTC"])

    def test_other_words_are_no_abbreviations(self):
        for name in ("Paris", "", "C T", "c;t", "UTC+2"):
            self.assertIsNone(by_abbreviation(name, HERE))


class OwnNameTests(SynchronousTestCase):
    def own(self, name, zone):
        own = own_zone(name, gazetteer.records(spelling.key(name)), at(zone))
        return own and own.key

    def test_what_the_clocks_of_the_conversation_are_called_is_their_zone(self):
        for name, zone in (
            ("IST", "Europe/Dublin"),
            ("EET", "Africa/Cairo"),
            ("Mountain Standard Time", "America/Phoenix"),
            ("heure normale des Rocheuses", "America/Phoenix"),
            ("British Summer Time", "Europe/London"),
            ("WET", "Africa/Casablanca"),
        ):
            self.assertEqual(self.own(name, zone), zone)

    def test_names_of_rfc_5322_and_of_other_zones_are_not(self):
        for name, zone in (
            ("CST", "Asia/Shanghai"),
            ("EST", "America/New_York"),
            ("IST", "Europe/Paris"),
            ("Mountain Time", "America/Phoenix"),
            ("Paris", "Europe/Paris"),
        ):
            self.assertIsNone(self.own(name, zone))

    def test_output_of_date_has_the_own_name(self):
        self.assertTrue(in_output_of_date("CST", at("Asia/Shanghai")))
        self.assertTrue(in_output_of_date("-03", at("America/Sao_Paulo")))
        self.assertFalse(in_output_of_date("CST", at("Europe/Paris")))


class LongNameTests(SynchronousTestCase):
    def zone(self, name, context=HERE):
        return by_long_name(gazetteer.records(spelling.key(name)), context)

    def test_american_zones_are_known_by_their_names(self):
        for zone, english, french in (
            ("America/New_York", "Eastern", "de l'Est"),
            ("America/Chicago", "Central", "du Centre"),
            ("America/Denver", "Mountain", "des Rocheuses"),
            ("America/Los_Angeles", "Pacific", "du Pacifique"),
            ("America/Halifax", "Atlantic", "de l'Atlantique"),
            ("America/Anchorage", "Alaska", "de l'Alaska"),
            ("Pacific/Honolulu", "Hawaii", "d'Hawaï"),
        ):
            for name in (english, f"{english} Time", f"{english} standard time", f"{english} Daylight Time"):
                self.assertEqual(self.zone(name).key, zone, name)
            for name in (f"heure {french}", f"heure normale {french}", f"Heure avancée {french}"):
                self.assertEqual(self.zone(name).key, zone, name)

    def test_names_of_cldr_are_known_in_both_languages(self):
        for name, zone in {
            "Central European Time": "Europe/Berlin",
            "Central European Summer Time": "Europe/Berlin",
            "heure normale d’Europe centrale": "Europe/Berlin",
            "heure d’été d’Europe de l’Ouest": "Europe/Lisbon",
            "Eastern European Time": "Europe/Kyiv",
            "Japan Standard Time": "Asia/Tokyo",
            "heure du Japon": "Asia/Tokyo",
            "India Standard Time": "Asia/Kolkata",
            "Greenwich Mean Time": "GMT",
        }.items():
            self.assertEqual(self.zone(name).key, zone, name)

    def test_name_that_australians_have_for_their_zone_means_both_there(self):
        meant = self.zone("Eastern time", at("Australia/Sydney"))
        self.assertEqual([town.zone for town in meant], ["America/New_York", "Australia/Sydney"])
        self.assertEqual(self.zone("Eastern time", at("Asia/Tokyo")).key, "America/New_York")

    def test_zone_of_the_conversation_with_other_clocks_is_meant_as_well(self):
        meant = self.zone("Mountain time", at("America/Phoenix"))
        self.assertEqual([town.zone for town in meant], ["America/Denver", "America/Phoenix"])
        self.assertEqual(self.zone("Eastern time", at("America/Toronto")).key, "America/New_York")

    def test_australian_zones_with_and_without_summer_time_are_both_meant_elsewhere(self):
        self.assertEqual([town.name for town in self.zone("Australian Eastern Time")], ["Sydney", "Brisbane"])
        self.assertEqual(
            self.zone("Australian Eastern Time", at("Australia/Brisbane")).key, "Australia/Brisbane"
        )

    def test_other_names_have_no_zone(self):
        self.assertIsNone(self.zone("Paris"))
