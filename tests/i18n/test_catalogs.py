import re
import runpy
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.client.protocol import CLOSED_BY_SERVER
from twisted_date.conversation.errors import ErrorKind
from twisted_date.conversation.session import CONNECTED
from twisted_date.conversation.text import is_clean
from twisted_date.endpoints.arguments import NOT_OF_THIS_FORM, WrongArgument
from twisted_date.i18n import catalogs
from twisted_date.i18n.messages import Plural, Sentence, SentenceError

DAYS = Plural("{number} day", "{number} days")
ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "catalogs.py"))
FILES = sorted((ROOT / "twisted_date" / "i18n" / "locale").glob("*.po"))


def messages(file):
    """Return the sentences of a catalog."""
    with file.open("rb") as catalog_file:
        return [message for message in read_po(catalog_file) if message.id]


def texts(forms):
    """Return the forms of a sentence, which may be a single one."""
    return forms if isinstance(forms, list | tuple) else (forms,)


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


class CatalogTests(SynchronousTestCase):
    def test_catalogs_are_up_to_date(self):
        template = TOOL["extracted"]()
        for file in FILES:
            catalog = TOOL["updated"](file, template)
            self.assertEqual(TOOL["as_po"](catalog), file.read_bytes(), "run: python -m tools")
            self.assertEqual(TOOL["as_mo"](catalog), file.with_suffix(".mo").read_bytes(), "the same")

    def test_every_sentence_is_translated(self):
        for file in FILES:
            for message in messages(file):
                self.assertTrue(all(texts(message.string)), f"{file.name}: {message.id}")
                self.assertFalse(message.fuzzy, f"{file.name}: {message.id}")

    def test_translations_keep_the_placeholders(self):
        for file in FILES:
            for message in messages(file):
                expected = placeholders(texts(message.id)[-1])
                for text in texts(message.string):
                    self.assertEqual(placeholders(text), expected, f"{file.name}: {text}")

    def test_every_sentence_is_one_clean_line(self):
        sentences = [text for message in TOOL["extracted"]() if message.id for text in texts(message.id)]
        self.assertGreater(len(sentences), 200)
        for sentence in sentences:
            self.assertTrue(is_clean(sentence), sentence)

    def test_every_sentence_is_extracted(self):
        extracted = {texts(message.id)[0] for message in TOOL["extracted"]() if message.id}
        for sentence in (CONNECTED, DAYS.one, "/zones TEXT", "the server's name and version"):
            self.assertIn(sentence, extracted)

    def test_closing_errors_start_alike_in_every_language(self):
        """Clients identify such an error by its first word."""
        for file in FILES:
            for kind in (
                ErrorKind.INTERNAL,
                ErrorKind.STOPPING,
                ErrorKind.FULL,
                ErrorKind.TOO_MANY_FROM_HOST,
            ):
                self.assertTrue(catalogs.translate(kind.sentence, file.stem).startswith("datechat "))


class FrenchTests(SynchronousTestCase):
    def texts(self):
        return [
            text
            for message in messages(ROOT / "twisted_date/i18n/locale/fr.po")
            for text in texts(message.string)
        ]

    def test_apostrophes_are_typographic(self):
        self.assertEqual([text for text in self.texts() if "'" in text], [])

    def test_spaces_before_punctuation_are_non_breaking(self):
        wrong = re.compile("(?<!\u202f)[;?!]|(?<!\u00a0):(?= |$)")
        texts = [re.sub("{.*?}|fallback:|proxy:", "x", text) for text in self.texts()]
        self.assertEqual([text for text in texts if wrong.search(text)], [])


class LookupTests(SynchronousTestCase):
    def test_sentence_is_translated(self):
        self.assertEqual(catalogs.translate(CONNECTED, "en"), CONNECTED)
        self.assertTrue(catalogs.translate(CONNECTED, "fr").startswith("La connexion"))

    def test_country_falls_back_to_its_language(self):
        self.assertEqual(catalogs.translate(CONNECTED, "fr_CA"), catalogs.translate(CONNECTED, "fr"))

    def test_language_without_a_catalog_falls_back_to_english(self):
        self.assertEqual(catalogs.translate(CONNECTED, "de"), CONNECTED)
        self.assertFalse(catalogs.has_catalog("de"))
        self.assertTrue(catalogs.has_catalog("fr_BE"))
        self.assertTrue(catalogs.has_catalog("en_GB"))

    def test_invalid_language_names_fall_back_to_english(self):
        for name in ("x" * 300, "../locale/fr", "/etc/passwd", "", ".", "..", "fr\0", "\ud800"):
            self.assertEqual(catalogs.translate(CONNECTED, name), CONNECTED)

    def test_plural_form_depends_on_the_number(self):
        self.assertEqual(
            [catalogs.ngettext(DAYS, number, "fr") for number in (1, 2)], ["{number} jour", "{number} jours"]
        )
        self.assertEqual(
            [catalogs.ngettext(DAYS, number, "en") for number in (1, 2)], [DAYS.one, DAYS.several]
        )

    def test_error_and_its_cause_are_translated(self):
        cause = SentenceError(CLOSED_BY_SERVER)
        no_server = Sentence("no datechat server at {where}: {error}")
        error = SentenceError(no_server, where="tcp:x:1", error=cause)
        self.assertEqual(str(error), "no datechat server at tcp:x:1: the server closed the connection")
        self.assertIn("le serveur a fermé la connexion", catalogs.translate_error(error, "fr_FR.UTF-8"))

    def test_endpoint_errors_are_translated(self):
        error = WrongArgument(NOT_OF_THIS_FORM, wrong="x", form="y")
        self.assertIn("ne connaît pas x", catalogs.translate_error(error, "fr"))
        self.assertEqual(str(error), "fallback: does not know x; its form is y")

    def test_other_errors_and_texts_are_unchanged(self):
        self.assertEqual(catalogs.translate_error(OSError("{broken} pipe"), "fr"), "{broken} pipe")
        self.assertEqual(catalogs.translate("{braces", "fr"), "{braces")
        self.assertEqual(catalogs.translate("", "fr"), "")

    def test_unknown_sentence_is_unchanged(self):
        self.assertEqual(catalogs.translate(Sentence("xyzzy"), "fr"), "xyzzy")
