from datetime import timedelta

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.dates import gazetteer, spelling
from twisted_date.dates.context import Context, Preferences
from twisted_date.dates.gazetteer import Town
from twisted_date.dates.homonyms import decide, distinct, offsets, spelled_so


class HomonymsTestCase(SynchronousTestCase):
    def meant(self, name, country=None):
        """The countries and zones that a name may mean."""
        context = Context(2026, preferences=Preferences(country))
        records = gazetteer.records(spelling.key(name))
        return [(town.country, town.zone) for town in decide(name, records, context)]


class CityAndCountryTests(HomonymsTestCase):
    def test_country_and_a_state_with_a_tenth_of_its_people_are_both_meant(self):
        self.assertEqual(self.meant("Georgia"), [("GE", "Asia/Tbilisi"), ("US", "America/New_York")])
        self.assertEqual(self.meant("Salvador"), [("BR", "America/Bahia"), ("SV", "America/El_Salvador")])

    def test_exemplar_city_and_a_town_with_a_tenth_of_its_people_are_both_meant(self):
        self.assertIn(("PR", "America/Puerto_Rico"), self.meant("San Juan"))
        self.assertIn(("AR", "America/Argentina/San_Juan"), self.meant("San Juan"))
        self.assertEqual(self.meant("Halifax"), [("CA", "America/Halifax"), ("GB", "Europe/London")])

    def test_larger_town_that_is_called_so_in_another_language_is_meant_as_well(self):
        self.assertEqual(self.meant("Grenade"), [("ES", "Europe/Madrid"), ("GD", "America/Grenada")])
        self.assertEqual(self.meant("Cancún"), [("MX", "America/Cancun")])

    def test_exemplar_city_wins_over_smaller_towns(self):
        for name, zone in {
            "London": "Europe/London",
            "Paris": "Europe/Paris",
            "Melbourne": "Australia/Melbourne",
            "Vancouver": "America/Vancouver",
        }.items():
            self.assertEqual([zone for _, zone in self.meant(name)], [zone])

    def test_town_with_ten_times_the_people_wins_over_an_exemplar_city(self):
        self.assertEqual(self.meant("Norfolk"), [("US", "America/New_York")])
        self.assertEqual(self.meant("Hamilton"), [("CA", "America/Toronto")])

    def test_names_decided_by_hand_have_no_rivals(self):
        self.assertEqual(self.meant("Athens"), [("GR", "Europe/Athens")])
        self.assertEqual(self.meant("Odessa"), [("UA", "Europe/Kyiv")])


class PreferenceTests(HomonymsTestCase):
    def test_towns_of_the_country_are_preferred(self):
        self.assertEqual(self.meant("Brest"), [("BY", "Europe/Minsk")])
        self.assertEqual(self.meant("Brest", country="FR"), [("FR", "Europe/Paris")])
        self.assertEqual(self.meant("Cambridge", country="GB"), [("GB", "Europe/London")])
        self.assertEqual(self.meant("Cambridge", country="CA"), [("CA", "America/Toronto")])

    def test_far_larger_town_elsewhere_is_meant_all_the_same(self):
        self.assertEqual(self.meant("Birmingham", country="US"), [("GB", "Europe/London")])

    def test_capitals_and_exemplar_cities_elsewhere_are_meant_all_the_same(self):
        self.assertEqual(self.meant("Paris", country="US"), self.meant("Paris"))
        self.assertEqual(self.meant("Wellington", country="US"), self.meant("Wellington"))
        self.assertEqual(self.meant("London", country="CA"), [("GB", "Europe/London")])

    def test_country_without_such_a_town_changes_nothing(self):
        self.assertEqual(self.meant("Springfield", country="FR"), self.meant("Springfield"))


class TownTests(HomonymsTestCase):
    def test_spelling_as_typed_wins_over_one_that_only_folds_to_it(self):
        self.assertEqual(self.meant("St. Louis"), [("US", "America/Chicago")])
        self.assertEqual(self.meant("st louis"), [("US", "America/Chicago")])
        self.assertEqual(self.meant("Saint-Louis"), [("SN", "Africa/Dakar")])
        self.assertGreater(len(self.meant("Saint Louis")), 1)

    def test_far_larger_town_wins_over_the_spelling(self):
        self.assertEqual(self.meant("St. Petersburg"), [("RU", "Europe/Moscow")])

    def test_accents_are_no_other_spelling(self):
        towns = [
            Town(10, "MX", "", "America/Mexico_City", "León"),
            Town(9, "NI", "", "America/Managua", "Leon"),
        ]
        self.assertEqual(spelled_so("Leon", towns), towns)

    def test_unknown_name_means_nothing(self):
        self.assertEqual(self.meant("xyzzy"), [])


class TimeTests(SynchronousTestCase):
    def test_zones_count_as_one_only_where_they_agree_around_the_year(self):
        towns = [
            Town(2, "AR", "", "America/Argentina/Buenos_Aires", "A"),
            Town(1, "BR", "", "America/Sao_Paulo", "B"),
        ]
        self.assertEqual(len(distinct(towns, 2026)), 1)
        self.assertEqual(len(distinct(towns, 2018)), 2)  # Brazil had summer time until 2019

    def test_offsets_are_those_of_the_year_and_half_a_year_around_it(self):
        self.assertEqual(set(offsets("Europe/Paris", 2026)), {timedelta(hours=1), timedelta(hours=2)})
        self.assertIn(timedelta(hours=4), offsets("Europe/Moscow", 2014))
        self.assertEqual(set(offsets("Europe/Moscow", 2016)), {timedelta(hours=3)})

    def test_any_year_of_the_calendar_has_offsets(self):
        for year in (1, 9999):
            self.assertIn(timedelta(hours=9), offsets("Asia/Tokyo", 9999))
            self.assertTrue(offsets("Asia/Tokyo", year))
