from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.server.web.negotiation import MAX_CHOICES, preferred_language, prefers_json


class JSONTests(SynchronousTestCase):
    def test_json_is_named_and_text_is_not_before_it(self):
        for accept in (
            "application/json",
            "Application/JSON",
            "application/json, */*",
            "application/json, text/plain, */*",
            "text/plain;q=0.5, application/json",
            "text/plain;q=oops, application/json",
            "application/json;charset=utf-8;q=0.9",
        ):
            self.assertTrue(prefers_json(accept), accept)

    def test_text_is_the_form_otherwise(self):
        for accept in (
            "",
            "*/*",
            "text/plain, application/json",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/json;q=0",
            "application/json;q=2",
            "application/json;q=0.1, text/plain",
            ", ;, ;q=",
        ):
            self.assertFalse(prefers_json(accept), accept)


class LanguageTests(SynchronousTestCase):
    def test_first_known_language_counts(self):
        for field, expected in (
            ("fr-CA,fr;q=0.9,en;q=0.8", "fr-ca"),
            ("en;q=0.5, fr", "fr"),
            ("xx, zz-ZZ;q=0.9, de;q=0.1", "de"),
            ("fr;q=0, en", "en"),
            ("*", ""),
            ("", ""),
            ("\x1b[31m, fr", "fr"),
        ):
            self.assertEqual(preferred_language(field), expected, field)

    def test_endless_field_is_cut_off(self):
        self.assertEqual(preferred_language("xx," * MAX_CHOICES + "fr"), "")
        self.assertEqual(preferred_language("xx," * (MAX_CHOICES - 1) + "fr," * 5), "fr")

    @given(st.text())
    def test_any_field_is_read(self, field):
        prefers_json(field)
        preferred_language(field)
