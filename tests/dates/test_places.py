from datetime import datetime, timedelta, timezone

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.places_table import rows
from twisted_date.dates.errors import DateError, Reason
from twisted_date.dates.places import MAX_CHOICES, MAX_FOUND, MAX_LENGTH, search, zone_of

NOON = datetime(2026, 12, 25, 12, tzinfo=timezone.utc)

TOWN_KEYS = [key for key, records in rows().items() if sum(record[0] in "TA" for record in records) > 1]


def choices(name):
    """What a name that is refused may mean."""
    try:
        zone_of(name)
    except DateError as error:
        return error.values.get("choices", ())
    return ()


class PlaceTestCase(SynchronousTestCase):
    def assert_zones(self, **zones):
        for name, zone in zones.items():
            self.assertEqual(zone_of(name.replace("_", " ")).key, zone, name)

    def assert_zone(self, zone, *names):
        for name in names:
            self.assertEqual(getattr(zone_of(name), "key", None), zone, name)

    def assert_refused(self, name, *expected):
        error = self.assertRaises(DateError, zone_of, name)
        self.assertEqual((error.reason, error.values["choices"]), (Reason.AMBIGUOUS_PLACE, expected))


class KnownTests(PlaceTestCase):
    def test_iana_names(self):
        self.assert_zone("Europe/Paris", "Europe/Paris", "europe/paris")
        self.assert_zone("America/New_York", "america/new york")
        self.assert_zone("EST", "EST", "est")  # an exact name beats an abbreviation

    def test_offsets(self):
        for name, east in {
            "UTC+2": 120,
            "gmt-3": -180,
            "+05:30": 330,
            "UTC + 5:45": 345,
            "-0330": -210,
        }.items():
            self.assertEqual(zone_of(name).utcoffset(NOON), timedelta(minutes=east), name)

    def test_offsets_that_nobody_has(self):
        self.assertEqual(self.assertRaises(DateError, zone_of, "UTC+15").reason, Reason.IMPOSSIBLE_OFFSET)

    def test_codes(self):
        self.assert_zone("Europe/Paris", "FR")
        self.assertEqual(choices("DE"), ("Berlin", "Wilmington"))  # Germany and Delaware
        for name in ("de", "es"):  # words rather than codes
            self.assertRaises(DateError, zone_of, name)

    def test_regions_and_islands(self):
        self.assert_zone("Asia/Makassar", "Bali")
        self.assert_zone("Atlantic/Canary", "Canaries", "Canary Islands")

    def test_abbreviations(self):
        self.assert_zone("Asia/Tokyo", "JST")
        self.assertEqual(zone_of("EDT").utcoffset(NOON), timedelta(hours=-4))
        self.assert_refused("IST", "Mumbai", "Dublin", "Jerusalem")
        self.assertIn("Chicago", choices("CST"))
        self.assertIn("Shanghai", choices("CST"))

    def test_exemplar_cities_in_both_languages(self):
        self.assert_zone("Asia/Tokyo", "Tokyo", "tokyo")
        self.assert_zone("Europe/London", "London", "Londres")
        self.assert_zone("Asia/Kolkata", "Kolkata", "Calcutta")
        self.assert_zone("Africa/Cairo", "Cairo", "Le Caire", "Caire")

    def test_countries_in_both_languages(self):
        self.assert_zone("Asia/Tokyo", "Japan", "Japon")
        self.assert_zone("Europe/Berlin", "Germany", "Allemagne")
        self.assert_zone("Europe/Amsterdam", "the Netherlands", "Pays-Bas", "Holland")
        self.assert_zone("Asia/Shanghai", "China", "Chine")
        self.assert_zone("America/Argentina/Buenos_Aires", "Argentina")  # many zones, one time
        self.assert_zone("Africa/Abidjan", "Côte d’Ivoire", "Ivory Coast")

    def test_countries_of_many_zones(self):
        self.assert_refused("USA", "New York City", "Los Angeles", "Chicago", "Phoenix", "Denver")
        self.assertEqual(choices("États-Unis"), choices("United States"))
        for name in ("Russia", "Canada", "Australie", "Brésil"):
            self.assertEqual(len(choices(name)) > 1, True, name)

    def test_states_and_provinces(self):
        self.assert_zone("America/Los_Angeles", "California", "Californie")
        self.assert_refused("Texas", "Houston", "El Paso")
        self.assert_zone("America/New_York", "Washington", "Washington DC")  # the city is greater
        self.assertIn("Melbourne", choices("Victoria"))  # the state, and a city that is large too
        self.assertIn("Victoria BC", choices("Victoria"))
        self.assert_refused("NSW", "Sydney", "Broken Hill")
        self.assert_zone("America/Los_Angeles", "LA")  # the city rather than Louisiana

    def test_towns(self):
        self.assert_zone("America/Los_Angeles", "San Francisco", "san  francisco", "SanFrancisco")
        self.assert_zone("Europe/Berlin", "Munich", "München", "Muenchen")
        self.assert_zone("Asia/Ho_Chi_Minh", "Hanoi", "Saigon")
        self.assert_zone("Europe/Istanbul", "Constantinople")
        self.assert_zone("Asia/Shanghai", "Pékin", "Canton")  # not those in Illinois and Ohio

    def test_articles(self):
        self.assert_zone("Europe/Amsterdam", "The Hague", "La Haye")
        self.assert_zone("Indian/Reunion", "La Réunion", "Réunion")


class HomonymTests(PlaceTestCase):
    def test_an_article_in_front(self):
        self.assert_zone("America/New_York", "the Bronx", "La Georgia, USA")
        self.assert_zone("Europe/Paris", "le Havre")

    def test_a_region_and_its_country(self):
        self.assert_zone("America/Los_Angeles", "California, USA")
        self.assert_zone("America/New_York", "Georgia, USA")
        error = self.assertRaises(DateError, zone_of, "California, Germany")
        self.assertEqual(error.reason, Reason.UNKNOWN_PLACE)

    def test_a_town_twice_as_large_is_meant(self):
        self.assert_zone("Europe/London", "Birmingham")
        self.assert_zone("Europe/Paris", "Paris")

    def test_one_time_is_no_ambiguity(self):
        self.assert_zone("America/New_York", "Durham")

    def test_others_are_refused(self):
        self.assert_refused(
            "Springfield",
            "Springfield MO",
            "Springfield MA",
            "Springfield IL",
            "Springfield OR",
            "Springfield OH",
        )
        self.assert_refused("Cambridge", "Cambridge GB", "Cambridge ON", "Cambridge MA", "Cambridge NZ")

    def test_with_a_country_or_a_state(self):
        self.assert_zone("America/Chicago", "Paris TX", "Paris, Texas", "paris texas usa", "Springfield MO")
        self.assert_zone("America/New_York", "Springfield MA", "New York NY", "Washington, D.C.")
        self.assert_zone("America/Toronto", "London Ontario", "London ON", "London, Canada")
        self.assert_zone("Asia/Tokyo", "Tokyo, Japan", "Tokyo Japon")
        self.assert_zone("America/Los_Angeles", "San Francisco, California, USA", "Ontario CA")

    def test_a_country_that_has_no_such_town(self):
        self.assertEqual(self.assertRaises(DateError, zone_of, "Tokyo Ireland").reason, Reason.UNKNOWN_PLACE)

    @given(st.sampled_from(TOWN_KEYS))
    def test_each_choice_works_as_typed(self, key):
        self.assertLessEqual(len(choices(key)), MAX_CHOICES)
        for choice in choices(key):
            self.assertIsNotNone(zone_of(choice), choice)


class UnknownTests(PlaceTestCase):
    def test_long_ones(self):
        for name in ("ﷺ" * MAX_LENGTH, " ".join("abcdefghij")):
            self.assertEqual(self.assertRaises(DateError, zone_of, name).reason, Reason.UNKNOWN_PLACE)

    def test_hostile_names(self):
        for name in (
            *(
                "../../etc/passwd",
                "/etc/localtime",
                "Europe",
                "Europe/Paris\0",
                "Europe/../Europe/Paris",
                "",
                " ",
            ),
            *(
                "x" * 1000,
                "a " * 500,
                "x\u202ey",
                "\0",
                "T|1",
                "munich\tT",
                "%s",
                "\ud800",
            ),
        ):
            error = self.assertRaises(DateError, zone_of, name)
            self.assertEqual((error.reason, error.values), (Reason.UNKNOWN_PLACE, {"place": name}))

    @given(st.text())
    def test_any_text(self, name):
        try:
            zone_of(name)
        except DateError as error:
            self.assertIn(error.reason, (Reason.UNKNOWN_PLACE, Reason.AMBIGUOUS_PLACE))


class SearchTests(PlaceTestCase):
    def names(self, beginning):
        return [place.name for place in search(beginning)]

    def test_the_largest_first(self):
        self.assertEqual(self.names("san f")[0], "San Francisco")
        self.assertEqual(self.names("s")[0], "Shanghai")
        self.assertEqual(len(self.names("s")), MAX_FOUND)

    def test_what_an_abbreviation_may_mean(self):
        self.assertEqual(self.names("IST")[:2], ["Mumbai", "Dublin"])

    def test_a_town_that_another_hides_is_asked_for_by_its_zone(self):
        self.assertIn("America/Cayman", self.names("George Town"))

    def test_zones_are_written_with_spaces_too(self):
        self.assertEqual(self.names("America/New York"), ["America/New_York"])

    def test_this_very_name_before_all(self):
        self.assertEqual(self.names("springs")[0], "Springs")

    def test_accents_do_not_matter(self):
        self.assertEqual(self.names("sao pau")[0], "São Paulo")
        self.assertEqual(self.names("zür"), self.names("zur"))

    def test_zones_and_countries(self):
        self.assertEqual(self.names("europe/par"), ["Europe/Paris"])
        self.assertEqual(self.names("japon")[0], "Tokyo")
        self.assertIn("Denver", self.names("usa"))

    def test_abbreviations_and_offsets(self):
        self.assertEqual([place.zone for place in search("JST")], ["Asia/Tokyo"])
        self.assertEqual([place.zone for place in search("UTC+2")], ["+02"])

    def test_nothing(self):
        for beginning in ("xyzzy", "", "#", "@", "\0", "x" * 2000):
            self.assertEqual(self.names(beginning), [])

    @given(st.text("abcdeimnorst", min_size=2, max_size=4))
    def test_each_works_as_typed(self, beginning):
        for place in search(beginning):
            self.assertIsNotNone(zone_of(place.name), place)
