from importlib import resources
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import NOW, make_session
from twisted_date import __version__
from twisted_date.conversation.commands import COMMANDS, MAX_NAME
from twisted_date.conversation.health import Health


class CommandTestCase(SynchronousTestCase):
    def setUp(self):
        self.session = make_session()

    def ask(self, line):
        return self.session.reply_to(line.encode())

    def assert_refused(self, line, code, *words):
        reply = self.ask(line)
        self.assertEqual(reply.error, code)
        self.assertFalse(reply.closing)
        for word in words:
            self.assertIn(word, reply.text)


def without_words(fields):
    """The fields of a date that are for programs."""
    return {name: value for name, value in fields.items() if name not in ("words", "distance", "here")}


class DateTests(CommandTestCase):
    def test_json_fields_hold_the_date_in_words(self):
        self.ask("/json")
        words = {"words": "Friday 25 December 2026, 19:00"}
        self.assertEqual(dict(self.ask("/date").fields), {**without_words(self.ask("/date").fields), **words})
        fields = self.ask("/date 26 december 15:00 in Tokyo").fields
        self.assertEqual(fields["words"], "Saturday 26 December 2026, 15:00 in Tokyo")
        self.assertEqual((fields["distance"], fields["here"]), ("in 12 hours", "07:00 here"))
        fields = self.ask("/date yesterday 5:00 in New York").fields
        self.assertEqual(fields["here"], "11:00 here")
        self.assertEqual(
            self.ask("/date 19:00 in Lima").fields["here"], "Saturday 26 December 2026, 01:00 here"
        )
        self.ask("/lang fr")
        fields = self.ask("/date 26 décembre 15h à Tokyo").fields
        self.assertEqual(fields["words"], "samedi 26 décembre 2026, 15:00 à Tokyo")
        self.assertEqual((fields["distance"], fields["here"]), ("dans 12 heures", "07:00 ici"))

    def test_current_time_is_in_the_session_zone(self):
        self.assertEqual(self.ask("/date").text, NOW)

    def test_json_fields_hold_date_unix_and_zone(self):
        self.ask("/json")
        fields = {"date": NOW, "unix": 1798221600, "zone": "Europe/Paris"}
        self.assertEqual(without_words(self.ask("/date").fields), fields)

    def test_json_fields_do_not_depend_on_the_format(self):
        self.ask("/json")
        reply = self.ask("/date @0 in asia/tokyo +%H h")
        self.assertEqual(reply.text, "09 h")
        fields = {"date": "1970-01-01T09:00:00+09:00", "unix": 0, "zone": "Asia/Tokyo"}
        self.assertEqual(without_words(reply.fields), fields)

    def test_several_places_have_their_dates(self):
        line = "/date 19:00 New York in Berlin, Tokyo and UTC+5:30"
        shown = ("2026-12-26T01:00:00+01:00", "2026-12-26T09:00:00+09:00", "2026-12-26T05:30:00+05:30")
        named = ("Berlin", "Tokyo", "UTC+5:30")
        text = ", ".join(f"{place} {date}" for place, date in zip(named, shown, strict=True))
        self.assertEqual(self.ask(line).text, text)
        self.assertEqual(self.ask(f"{line} +%H:%M").text, "Berlin 01:00, Tokyo 09:00, UTC+5:30 05:30")
        self.ask("/json")
        fields = self.ask(f"{line} +%H").fields
        self.assertEqual((fields["date"], fields["zone"]), (shown[0], "Europe/Berlin"))
        self.assertEqual([date["text"] for date in fields["dates"]], ["01", "09", "05"])
        first = {
            "place": "Berlin",
            "date": shown[0],
            "unix": 1798243200,
            "zone": "Europe/Berlin",
            "text": "01",
        }
        self.assertEqual(fields["dates"][0], first)
        self.assertNotIn("zone", fields["dates"][2])

    def test_text_of_all_places_has_its_limit(self):
        places = ", ".join(["Rome", "Paris", "Tokyo", "Oslo", "Cairo", "Lima", "Quito", "Delhi"])
        self.assertIsNone(self.ask(f"/date now in {places}").error)
        self.assert_refused(f"/date now in {places} +%100s", "format-too-long", "512")
        self.assert_refused(f"/date now in {places}, Seoul", "too-many-places", "Seoul")

    def test_zone_without_a_name_is_left_out(self):
        with (resources.files("tzdata.zoneinfo.Europe") / "Paris").open("rb") as data:
            session = make_session(zone=ZoneInfo.from_file(data, key="local"))
        session.reply_to(b"/json")
        reply = session.reply_to(b"/date")
        self.assertEqual((reply.text, sorted(without_words(reply.fields))), (NOW, ["date", "unix"]))

    def test_clock_is_read_for_each_request(self):
        ticks = iter([0, 1_000_000_000])
        session = make_session(now_ns=lambda: next(ticks))
        texts = [session.reply_to(b"/date").text for _ in range(2)]
        self.assertEqual(texts, ["1970-01-01T01:00:00+01:00", "1970-01-01T01:00:01+01:00"])

    def test_unusable_requests_are_refused(self):
        self.assert_refused("/date in Xyzzy", "unknown-place", "Xyzzy", "/zones")
        self.assert_refused("/date in Springfield", "ambiguous-place", "Springfield MO, Springfield MA")
        self.assert_refused("/date @1e9", "not-understood", "@1e9")
        self.assert_refused("/date -x", "unknown-option", "-x", "-I[")
        self.assert_refused("/date -Ix", "unknown-precision", "x does", "date, hours, minutes, seconds, ns")
        self.assert_refused("/date +%600d", "format-too-long", "512")

    def test_long_words_are_excerpted_in_errors(self):
        reply = self.ask("/date in " + "x\u202e" * 300)
        self.assertLess(len(reply.text), 150)
        self.assertNotIn("\u202e", reply.text)


class MomentTests(CommandTestCase):
    def test_words_of_both_languages_are_understood(self):
        self.assertEqual(self.ask("/date 19:00 New York in Berlin").text, "2026-12-26T01:00:00+01:00")
        self.assertEqual(self.ask("/date demain 15h à Tokyo").text, "2026-12-27T15:00:00+09:00")

    def test_repeated_local_time_gets_a_note(self):
        self.ask("/json")
        self.assertIn("twice", self.ask("/date 2026-10-25 02:30").fields["note"])
        self.assertNotIn("note", self.ask("/date 2026-10-25 03:30").fields)

    def test_abbreviation_that_is_used_elsewhere_too_gets_a_note(self):
        self.ask("/json")
        note = self.ask("/date 19:00 CST").fields["note"]
        self.assertEqual(
            note, "CST is meant as RFC 5322 has it; clocks are called so in Havana, Shanghai, too."
        )
        self.assertIn("twice", self.ask("/date 2026-10-25 02:30 in Paris").fields["note"])
        for line in ("/date 19:00 EST", "/date 19:00 JST"):
            self.assertNotIn("note", self.ask(line).fields)

    def test_abbreviation_of_the_own_zone_is_refused_where_rfc_5322_has_another(self):
        self.ask("/zone Shanghai")
        self.assert_refused("/date 19:00 CST", "ambiguous-place", "UTC-06", "Asia/Shanghai")
        self.assertEqual(self.ask("/date 19:00 UTC-06").text, "2026-12-25T19:00:00-06:00")

    def test_skipped_time_is_refused(self):
        self.assert_refused(
            "/date 2027-03-28 02:30", "skipped-time", "2027-03-28 02:00:00", "2027-03-28 03:00:00"
        )

    def test_unreadable_word_is_named(self):
        self.assert_refused("/date tomorow 19:00", "not-understood", "tomorow")
        self.assert_refused("/date 11/12/2026", "ambiguous-date", "2026-11-12, 2026-12-11")
        self.assert_refused("/date 2024", "ambiguous-number", "2024")


class UntilTests(CommandTestCase):
    def test_span_has_at_most_two_units(self):
        for words, span in {
            "2027-01-28 06:00": "in 33 days and 11 hours",
            "2026-12-26 19:00": "in 1 day",
            "20:01": "in 1 hour and 1 minute",
            "in 1 day and 5 minutes": "in 1 day",
            "+90 seconds": "in 1 minute and 30 seconds",
            "+1 second": "in 1 second",
            "2 days ago": "2 days ago",
            "today 17:30": "1 hour and 30 minutes ago",
            "now": "now",
        }.items():
            self.assertEqual(self.ask(f"/until {words}").text, span, words)

    def test_json_fields_hold_the_seconds(self):
        self.assertEqual(self.ask("/until 20:00").fields, {"seconds": 3600})
        self.assertEqual(self.ask("/until today 18:00").fields, {"seconds": -3600})

    def test_unusable_requests_are_refused(self):
        self.assert_refused("/until", "missing-moment", "tomorrow 19:00")
        self.assert_refused("/until Tokyo", "missing-moment")
        self.assert_refused("/until 20:00 +%H", "format-of-span", "+FORMAT")


class BetweenTests(CommandTestCase):
    def test_span_is_told_in_days_or_in_all_its_units(self):
        for words, span in {
            "2026-01-01 and 2026-12-25": "358 days",
            "2026-12-25 and 2026-12-24": "minus 1 day",
            "now and 2026-12-27 22:05": "2 days, 3 hours and 5 minutes",
            "now and 2 hours ago": "minus 2 hours",
            "now and now": "0 seconds",
            "today and today": "0 days",
        }.items():
            self.assertEqual(self.ask(f"/between {words}").text, span, words)
        self.ask("/lang fr")
        self.assertEqual(self.ask("/between demain et hier").text, "moins 2 jours")

    def test_json_fields_hold_the_numbers(self):
        fields = {"seconds": 864000, "days": 10, "weeks": 1, "working_days": 6}
        self.assertEqual(self.ask("/between today and 2027-01-04").fields, fields)

    def test_unusable_requests_are_refused(self):
        self.assert_refused("/between", "missing-moments", "now and christmas")
        self.assert_refused("/between now and xyzzy", "not-understood", "xyzzy")


class ChangesTests(CommandTestCase):
    def test_next_two_changes_are_told(self):
        text = (
            "Europe/Paris: clocks go forward on 2027-03-28 from 02:00:00 to 03:00:00,"
            " and back on 2027-10-31 from 03:00:00 to 02:00:00"
        )
        self.assertEqual(self.ask("/changes").text, text)
        self.assertTrue(
            self.ask("/changes in New York").text.startswith("America/New_York: clocks go forward")
        )
        self.assertEqual(self.ask("/changes Tokyo").text, "Asia/Tokyo: no further changes are known")
        self.ask("/lang fr")
        self.assertIn("les horloges avancent le 2027-03-28 de 02:00:00 à 03:00:00", self.ask("/changes").text)

    def test_last_change_and_a_day_that_is_left_out(self):
        session = make_session(now_ns=lambda: 1325200000 * 10**9)  # 2011-12-29
        text = session.reply_to(b"/changes Apia").text
        self.assertIn("forward on 2011-12-30 from 00:00:00 to 2011-12-31 00:00:00, and", text)
        session = make_session(now_ns=lambda: 1400000000 * 10**9)
        self.assertTrue(session.reply_to(b"/changes Moscow").text.endswith("; no further changes are known"))

    def test_json_fields_hold_the_changes(self):
        reply = self.ask("/changes")
        self.assertEqual(
            reply.fields["changes"][0],
            {
                "date": "2027-03-28T03:00:00+02:00",
                "unix": 1806195600,
                "from": "2027-03-28T02:00:00",
                "to": "2027-03-28T03:00:00",
                "offset_before": "+01:00",
                "offset_after": "+02:00",
            },
        )
        self.assertEqual(reply.fields["zone"], "Europe/Paris")

    def test_unknown_places_are_refused(self):
        self.assert_refused("/changes Xyzzy", "unknown-place", "Xyzzy")


class ZoneTests(CommandTestCase):
    def test_zone_is_shown(self):
        self.assertEqual(self.ask("/zone").text, "The zone is Europe/Paris.")

    def test_zone_is_set(self):
        self.assertEqual(self.ask("/zone new york").text, "The zone is America/New_York from now on.")
        self.assertEqual(self.ask("/date").text, "2026-12-25T13:00:00-05:00")
        self.assertEqual(self.ask("/zone").text, "The zone is America/New_York.")

    def test_offset_is_accepted(self):
        self.assertEqual(self.ask("/zone UTC+5:30").text, "The zone is +0530 from now on.")
        self.assertEqual(self.ask("/date").text, "2026-12-25T23:30:00+05:30")

    def test_abbreviations_and_codes_need_no_capitals(self):
        for typed, shown in (("est", "EST"), ("jst", "Asia/Tokyo"), ("fr", "Europe/Paris")):
            self.assertEqual(self.ask(f"/zone {typed}").text, f"The zone is {shown} from now on.")

    def test_refused_place_changes_nothing(self):
        self.assert_refused("/zone Xyzzy", "unknown-place")
        self.assertEqual(self.ask("/date").text, NOW)

    def test_json_fields_hold_the_zone(self):
        self.assertEqual(self.ask("/zone Tokyo").fields, {"zone": "Asia/Tokyo"})

    def test_zone_belongs_to_one_session(self):
        self.ask("/zone Tokyo")
        self.assertEqual(make_session().reply_to(b"/date").text, NOW)


class LangTests(CommandTestCase):
    def test_language_applies_to_sentences_and_dates(self):
        self.assertIn("français", self.ask("/lang fr").text)
        self.assertEqual(self.ask("/until 2027-01-28 06:00").text, "dans 33 jours et 11 heures")
        self.assertTrue(self.ask("/date +full").text.startswith("vendredi 25 décembre 2026"))
        self.assertIn("vendredi", self.ask("/date jeudi 25 décembre").text)
        self.assertIn("demain 19h à Tokyo", self.ask("/date xyzzy").text)

    def test_codes_keys_and_date1_formats_are_not_translated(self):
        self.ask("/lang fr")
        self.ask("/json")
        self.assertEqual(self.ask("/date in Xyzzy").error, "unknown-place")
        self.assertEqual(self.ask("/date +%A").text, "Friday")
        self.assertEqual(sorted(without_words(self.ask("/date").fields)), ["date", "unix", "zone"])

    def test_language_without_catalog_applies_to_dates_only(self):
        self.assertIn("Deutsch", self.ask("/lang de").text)
        self.assertEqual(self.ask("/until tomorrow").text, "in 1 Tag")
        self.assertEqual(self.ask("/zone").text, "The zone is Europe/Paris.")
        self.assertIn("Friday", self.ask("/date jeudi 25 december").text)

    def test_language_that_is_asked_for_prefers_the_towns_of_its_country(self):
        in_belarus, in_france = "2026-12-25T19:00:00+03:00", "2026-12-25T19:00:00+01:00"
        for lang, shown in (
            ("fr", in_france),
            ("fr_FR.UTF-8", in_belarus),  # of the environment, and not asked for
            ("fr-FR", in_france),
            ("en", in_belarus),
            ("en-GB", in_belarus),
        ):
            self.ask(f"/lang {lang}")
            self.assertEqual(self.ask("/date 19:00 in Brest").text, shown, lang)
        self.ask("/lang en-US")
        self.assertEqual(self.ask("/date 19:00 in Cambridge").text, "2026-12-25T19:00:00-05:00")
        self.ask("/lang en-GB")
        self.assertEqual(self.ask("/date 19:00 in Cambridge").text, "2026-12-25T19:00:00+00:00")

    def test_language_that_is_asked_for_decides_the_order_of_digits(self):
        for lang, shown in (
            ("en-GB", "2026-12-11"),
            ("fr", "2026-12-11"),
            ("en-US", "2026-11-12"),
        ):
            self.ask(f"/lang {lang}")
            self.assertTrue(self.ask("/date 11/12/2026").text.startswith(shown), lang)
            self.assertTrue(self.ask("/date 25/12/2026").text.startswith("2026-12-25"), lang)
        for lang in ("en", "en-CA", "fr-CA", "fr_FR.UTF-8"):
            self.ask(f"/lang {lang}")
            self.assertEqual(self.ask("/date 11/12/2026").error, "ambiguous-date", lang)
        self.assertEqual(self.ask("/lang en-us").fields, {"lang": "en-US"})

    def test_language_is_shown(self):
        self.assertEqual(self.ask("/lang").text, "The language is English.")
        self.assertEqual(self.ask("/lang pt-br").fields, {"lang": "pt-BR"})

    def test_unknown_language_changes_nothing(self):
        self.assert_refused("/lang xyzzy", "unknown-language", "xyzzy", "fr")
        self.assertEqual(self.ask("/lang").text, "The language is English.")

    def test_server_language_is_the_default(self):
        session = make_session(language="fr")
        self.assertTrue(session.reply_to(b"").text.startswith("La connexion"))


class ZonesTests(CommandTestCase):
    def test_places_are_listed_with_their_zones(self):
        self.assertTrue(self.ask("/zones san fr").text.startswith("San Francisco (America/Los_Angeles), "))
        self.assertEqual(self.ask("/zones europe/par").text, "Europe/Paris")

    def test_json_fields_hold_names_that_can_be_typed(self):
        self.assertEqual(self.ask("/zones springf").fields["choices"][0], "Springfield MO")

    def test_unknown_beginning_is_refused(self):
        self.assert_refused("/zones xyzzy", "unknown-place", "xyzzy")

    def test_missing_text_is_refused(self):
        self.assert_refused("/zones", "missing-text", "/zones san")


class NameTests(CommandTestCase):
    def test_name_is_greeted(self):
        self.assertEqual(self.ask("/name Alice").text, "Hello, Alice. You are connected.")

    def test_name_is_remembered(self):
        self.ask("/name Alice")
        self.assertIn("Alice", self.ask("bonjour").text)
        self.assertIn("Alice", self.ask("au revoir").text)

    def test_any_letters_and_spaces_are_accepted(self):
        for name in ("Jean-Pierre", "Ana María", "李", "O'Brien", "{name}", "%s"):
            self.assertIn(name, self.ask(f"/name {name}").text)
            self.assertIn(name, self.ask("bonjour").text)

    def test_name_can_be_changed(self):
        self.ask("/name Alice")
        self.ask("/name Bob")
        self.assertIn("Bob", self.ask("bonjour").text)

    def test_missing_name_is_refused(self):
        self.assert_refused("/name", "missing-name", "/name NAME")
        self.assert_refused("/name   ", "missing-name")

    def test_overlong_name_is_refused(self):
        self.assertIsNone(self.ask("/name " + "é" * MAX_NAME).error)
        self.assert_refused("/name " + "é" * (MAX_NAME + 1), "invalid-name", str(MAX_NAME))

    def test_control_characters_and_direction_marks_are_refused(self):
        for character in "\x1b\x00\u202e":
            self.assert_refused(f"/name Al{character}ice", "invalid-name")

    def test_refused_name_does_not_replace_the_old_one(self):
        self.ask("/name Alice")
        self.ask("/name \x1b")
        self.assertIn("Alice", self.ask("bonjour").text)


class JsonTests(CommandTestCase):
    def encoded(self, line):
        return self.session.encode(self.ask(line))

    def test_json_is_switched_on_and_off(self):
        self.assertTrue(self.encoded("/json").startswith(b'{"ok": true'))
        self.assertTrue(self.encoded("/json ON").startswith(b'{"ok": true'))
        self.assertFalse(self.encoded("/json off").startswith(b"{"))
        self.assertTrue(self.encoded("/json on").startswith(b"{"))

    def test_other_words_are_refused_and_change_nothing(self):
        self.assert_refused("/json maybe", "unexpected-argument", "maybe", "[on|off]")
        self.assertFalse(self.encoded("/version").startswith(b"{"))


class HealthTests(CommandTestCase):
    def ask_about(self, health, line=b"/health"):
        return make_session(health=lambda: health).reply_to(line)

    def test_health_is_described(self):
        for health, text in (
            (Health(True, 12.3, "2026f"), "The clock is synchronised, at most 13 ms off; zone data 2026f."),
            (Health(False, 16_000.0, "2026f"), "The clock is not synchronised; zone data 2026f."),
            (Health(), "Whether the clock is synchronised is not known; zone data of an unknown version."),
        ):
            self.assertEqual(self.ask_about(health).text, text)

    def test_json_fields_hold_the_health(self):
        fields = self.ask_about(Health(True, 12.3, "2026f")).fields
        self.assertEqual(fields, {"synchronised": True, "error_ms": 12.3, "zone_data": "2026f"})


class HelpTests(CommandTestCase):
    def test_help_lists_every_command_and_the_farewell(self):
        text = self.ask("/help").text
        for command in COMMANDS.values():
            self.assertIn(command.usage, text)
        self.assertIn("au revoir", text)

    def test_help_names_the_configured_farewell(self):
        session = make_session(farewell="tschüss")
        self.assertIn("tschüss", session.reply_to(b"/help").text)

    def test_json_choices_hold_the_command_names(self):
        self.assertEqual(self.ask("/help").fields["choices"], list(COMMANDS))

    def test_slash_is_optional_in_the_argument(self):
        self.assertEqual(self.ask("/help /date").text, self.ask("/help date").text)
        self.assertTrue(self.ask("/help date").text.startswith("/date [OPTIONS]"))

    def test_each_command_has_help(self):
        for name, command in COMMANDS.items():
            self.assertEqual(self.ask(f"/help {name}").text, f"{command.usage}: {command.summary}")

    def test_unknown_command_is_refused(self):
        self.assert_refused("/help dat", "unknown-command", "/date")


class VersionTests(CommandTestCase):
    def test_program_name_comes_first(self):
        self.assertEqual(self.ask("/version").text, f"datechat {__version__}")

    def test_addresses_for_browsers_are_for_programs(self):
        self.assertEqual(self.ask("/version").fields, {})
        self.session = make_session(urls=["http://[::1]:8080/"])
        self.assertEqual(self.ask("/version").fields, {"urls": ["http://[::1]:8080/"]})

    def test_argument_is_refused(self):
        self.assert_refused("/version 2", "unexpected-argument")


class QuitTests(CommandTestCase):
    def test_quit_confirms_and_closes(self):
        reply = self.ask("/quit")
        self.assertEqual((reply.text, reply.closing), ("Goodbye. The connection is closed.", True))

    def test_argument_is_refused(self):
        self.assert_refused("/quit now", "unexpected-argument", "now")


class FindTests(CommandTestCase):
    def test_case_does_not_matter(self):
        self.assertEqual(self.ask("/DATE").text, NOW)

    def test_any_white_space_ends_the_name(self):
        self.assertIsNone(self.ask("/name\tAlice").error)

    def test_similar_command_is_suggested(self):
        for typed, suggestion in (("/dat", "/date"), ("/hlep", "/help"), ("/VERSIO", "/version")):
            self.assert_refused(typed, "unknown-command", typed, suggestion)

    def test_help_is_suggested_when_nothing_is_similar(self):
        for typed in ("/", "/xyzzy", "/ date", "//", "/" + "q" * 1000):
            self.assert_refused(typed, "unknown-command", "/help")
