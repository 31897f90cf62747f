import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

from babel import localedata
from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import PARIS
from twisted_date.dates import languages
from twisted_date.dates.errors import DateError, Reason

ROOT = Path(__file__).parents[2]
CHRISTMAS = datetime(2026, 12, 25, 19, tzinfo=PARIS)
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class ParseTagTests(SynchronousTestCase):
    def test_tags_give_cldr_identifiers(self):
        for tag, language in {
            "fr": "fr",
            "FR": "fr",
            "fr-CA": "fr_CA",
            "fr_CA.UTF-8": "fr_CA",
            "de_DE@euro": "de_DE",
            "zh-Hant-TW": "zh_Hant_TW",
            "fr-XX": "fr",
            "en": "en",
            "C": "en",
            "C.UTF-8": "en",
            "POSIX": "en",
        }.items():
            self.assertEqual(languages.parse_tag(tag), language, tag)

    def test_country_of_a_language_that_was_asked_for_is_preferred(self):
        for tag, country in {
            **{"fr": "FR", "fr-CA": "CA", "fr_be": "BE", "de": "DE", "pt": "BR", "zh-Hant-TW": "TW"},
            **{"en-GB": "GB", "en-US": "US", "en": None, "C": None, "POSIX": None},
            **{"fr_CA.UTF-8": None, "de_DE@euro": None, "en_GB.UTF-8": None},
        }.items():
            self.assertEqual(languages.preferences(tag).country, country, tag)

    def test_order_of_dates_in_digits_is_that_of_the_country(self):
        for tag, day_first in {
            **{"en-GB": True, "en-AU": True, "fr": True, "fr_BE": True, "fr-ch": True, "en-US": False},
            **{"en": None, "en-CA": None, "fr-CA": None, "de": None, "fr_FR.UTF-8": None},
        }.items():
            self.assertEqual(languages.preferences(tag).day_first, day_first, tag)

    def test_tags_are_written_as_bcp_47_has_them(self):
        for tag, written in {
            "en_us": "en-US",
            "EN-gb": "en-GB",
            "pt_br": "pt-BR",
            "en": "en",
            "C": "en",
        }.items():
            self.assertEqual(languages.written_tag(tag), written)

    def test_unknown_tags_are_refused(self):
        for tag in ("xx", "", "klingon", "../../etc/passwd", "x" * 1000, "fr\0", "é", "f", "12"):
            error = self.assertRaises(DateError, languages.parse_tag, tag)
            self.assertEqual((error.reason, error.values), (Reason.UNKNOWN_LANGUAGE, {"tag": tag}))

    def test_languages_name_themselves(self):
        self.assertEqual(languages.language_name("en"), "English")
        self.assertEqual(languages.language_name("de"), "Deutsch")


class FormatTests(SynchronousTestCase):
    def test_dates_weekdays_and_spans_are_localized(self):
        self.assertTrue(
            languages.format_datetime(CHRISTMAS, "full", "fr").startswith("vendredi 25 décembre 2026")
        )
        self.assertTrue(
            languages.format_datetime(CHRISTMAS, "full", "de").startswith("Freitag, 25. Dezember 2026")
        )
        self.assertEqual(languages.weekday_name(0, "fr"), "lundi")
        self.assertEqual(languages.weekday_name(6, "en"), "Sunday")
        self.assertEqual(languages.format_timedelta(86400, "de"), "in 1 Tag")
        self.assertEqual(languages.format_timedelta(-2 * 3600, "de"), "vor 2 Stunden")

    def test_zone_has_the_name_of_its_offset_where_daylight_saving_is_negative(self):
        for key, year, month, names in (
            ("Europe/Dublin", 2026, 7, ("Irish Standard Time", "heure d’été irlandaise")),
            ("Europe/Dublin", 2026, 12, ("Greenwich Mean Time", "heure moyenne de Greenwich")),
            ("Eire", 1969, 1, ("Irish Standard Time", "heure d’été irlandaise")),
            ("Eire", 1960, 7, ("Irish Standard Time", "heure d’été irlandaise")),
            ("Europe/London", 2026, 7, ("British Summer Time", "heure d’été britannique")),
            ("Africa/Casablanca", 2027, 2, ("GMT+00:00", "UTC+00:00")),
            ("Europe/Prague", 1947, 1, ("GMT+00:00", "UTC+00:00")),
            ("Africa/Windhoek", 2010, 7, ("GMT+01:00", "UTC+01:00")),
        ):
            local = datetime(year, month, 10, 12, tzinfo=ZoneInfo(key))
            for language, name in zip(("en_GB", "fr"), names, strict=True):
                text = languages.format_datetime(local, "full", language)
                self.assertTrue(text.endswith(f"12:00:00 {name}"), (key, text))

    def test_zone_of_negative_daylight_saving_has_its_offset_where_that_is_the_name(self):
        for month, offset in ((7, "+0100"), (12, "+0000")):
            local = datetime(2026, month, 10, 12, tzinfo=ZoneInfo("Europe/Dublin"))
            self.assertTrue(languages.format_datetime(local, "long", "de").endswith(f"12:00:00 {offset}"))

    def test_zone_has_the_name_of_its_offset_where_its_standard_time_was_another(self):
        for key, year, name in (
            ("Africa/Sao_Tome", 2018, "GMT+01:00"),
            ("Africa/Sao_Tome", 2026, "Greenwich Mean Time"),
            ("Europe/Moscow", 2012, "GMT+04:00"),
            ("Europe/Moscow", 2026, "Moscow Standard Time"),
        ):
            text = languages.format_datetime(datetime(year, 7, 10, 12, tzinfo=ZoneInfo(key)), "full", "en")
            self.assertTrue(text.endswith(name), (key, text))

    def test_offset_with_minutes_west_of_greenwich_is_right(self):
        for month, offset in ((1, "-0330"), (7, "-0230")):
            moment = datetime(2026, month, 1, 12, tzinfo=ZoneInfo("America/St_Johns"))
            self.assertTrue(languages.format_datetime(moment, "long", "en").endswith(offset))
        moment = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Pacific/Marquesas"))
        self.assertTrue(languages.format_datetime(moment, "long", "fr").endswith("-0930"))

    def test_every_language_gives_clean_text(self):
        for language in localedata.locale_identifiers():
            identifier = languages.parse_tag(language)
            texts = [languages.format_datetime(CHRISTMAS, length, identifier) for length in languages.LENGTHS]
            texts += [
                languages.format_timedelta(90_061, identifier),
                languages.weekday_name(4, identifier),
                languages.language_name(identifier),
            ]
            for text in texts:
                self.assertTrue(text, language)
                self.assertIsNone(FORBIDDEN.search(text), (language, text))

    def test_loading_a_language_does_not_change_another(self):
        """Babel shares cached data between languages, and can mix them up."""
        before = languages.weekday_name(0, "fr")
        for language in localedata.locale_identifiers()[::5]:
            languages.weekday_name(0, languages.parse_tag(language))
        self.assertEqual((before, languages.weekday_name(0, "fr")), ("lundi", "lundi"))

    def test_other_babel_caches_are_tolerated(self):
        class EmptyCache(dict):
            def get(self, *key):
                return {}

        with mock.patch.object(localedata, "_cache", EmptyCache()):
            locale, data = languages._load("nb")
        self.assertEqual((locale.days["format"]["wide"][0], data), ("mandag", {}))


class CostTests(SynchronousTestCase):
    def test_plain_english_never_loads_babel(self):
        code = (
            "import sys; from tests.helpers import make_session; session = make_session()\n"
            "for line in (b'/date', b'/date noon in Tokyo +%c', b'/lang en', b'/until 20:00', b'x'):\n"
            "    session.encode(session.reply_to(line))\n"
            "sys.exit('babel' in sys.modules)"
        )
        finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
        self.assertEqual(finished.returncode, 0)
