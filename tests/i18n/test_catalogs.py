import re
import runpy
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po
from twisted.trial.unittest import SynchronousTestCase

from twisted_date.client.protocol import CLOSED_BY_SERVER
from twisted_date.conversation.commands import DAYS
from twisted_date.conversation.errors import ErrorKind
from twisted_date.conversation.session import CONNECTED
from twisted_date.conversation.text import is_clean
from twisted_date.endpoints.arguments import NOT_OF_THIS_FORM, WrongArgument
from twisted_date.i18n import catalogs
from twisted_date.i18n.messages import Sentence, SentenceError

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "catalogs.py"))
FILES = sorted((ROOT / "twisted_date" / "i18n" / "locale").glob("*.po"))


def messages(file):
    """The sentences of a catalog."""
    with file.open("rb") as written:
        return [message for message in read_po(written) if message.id]


def texts(of):
    """A sentence's forms, one or several."""
    return of if isinstance(of, list | tuple) else (of,)


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


class CatalogTests(SynchronousTestCase):
    def test_each_is_as_the_tool_makes_it(self):
        template = TOOL["extracted"]()
        for file in FILES:
            catalog = TOOL["updated"](file, template)
            self.assertEqual(TOOL["as_po"](catalog), file.read_bytes(), "run: python -m tools.catalogs")
            self.assertEqual(TOOL["as_mo"](catalog), file.with_suffix(".mo").read_bytes(), "the same")

    def test_no_sentence_is_missing(self):
        for file in FILES:
            for message in messages(file):
                self.assertTrue(all(texts(message.string)), f"{file.name}: {message.id}")
                self.assertFalse(message.fuzzy, f"{file.name}: {message.id}")

    def test_placeholders_are_the_same(self):
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

    def test_clients_know_a_dismissal_in_any_language(self):
        """By its first word."""
        for file in FILES:
            for sentence in (ErrorKind.STOPPING.sentence, ErrorKind.INTERNAL.sentence):
                self.assertTrue(catalogs.translate(sentence, file.stem).startswith("datechat "))


class FrenchTests(SynchronousTestCase):
    def texts(self):
        return [
            text
            for message in messages(ROOT / "twisted_date/i18n/locale/fr.po")
            for text in texts(message.string)
        ]

    def test_apostrophes(self):
        self.assertEqual([text for text in self.texts() if "'" in text], [])

    def test_spaces_before_punctuation_do_not_break(self):
        wrong = re.compile("(?<!\u202f)[;?!]|(?<!\u00a0):(?= |$)")
        texts = [re.sub("{.*?}|fallback:|proxy:", "x", text) for text in self.texts()]
        self.assertEqual([text for text in texts if wrong.search(text)], [])


class LookupTests(SynchronousTestCase):
    def test_a_language(self):
        self.assertEqual(catalogs.translate(CONNECTED, "en"), CONNECTED)
        self.assertTrue(catalogs.translate(CONNECTED, "fr").startswith("La connexion"))

    def test_of_a_country(self):
        self.assertEqual(catalogs.translate(CONNECTED, "fr_CA"), catalogs.translate(CONNECTED, "fr"))

    def test_english_where_there_is_none(self):
        self.assertEqual(catalogs.translate(CONNECTED, "de"), CONNECTED)
        self.assertFalse(catalogs.has_catalog("de"))
        self.assertTrue(catalogs.has_catalog("fr_BE"))
        self.assertTrue(catalogs.has_catalog("en_GB"))

    def test_names_that_are_no_language(self):
        for name in ("x" * 300, "../locale/fr", "/etc/passwd", "", ".", "..", "fr\0", "\ud800"):
            self.assertEqual(catalogs.translate(CONNECTED, name), CONNECTED)

    def test_numbers(self):
        self.assertEqual(
            [catalogs.ngettext(DAYS, number, "fr") for number in (1, 2)], ["{number} jour", "{number} jours"]
        )
        self.assertEqual(
            [catalogs.ngettext(DAYS, number, "en") for number in (1, 2)], [DAYS.one, DAYS.several]
        )

    def test_errors_that_have_a_sentence(self):
        cause = SentenceError(CLOSED_BY_SERVER)
        no_server = Sentence("no datechat server at {where}: {error}")
        error = SentenceError(no_server, where="tcp:x:1", error=cause)
        self.assertEqual(str(error), "no datechat server at tcp:x:1: the server closed the connection")
        self.assertIn("le serveur a fermé la connexion", catalogs.translate_error(error, "fr_FR.UTF-8"))

    def test_errors_of_endpoints(self):
        error = WrongArgument(NOT_OF_THIS_FORM, wrong="x", form="y")
        self.assertIn("ne connaît pas x", catalogs.translate_error(error, "fr"))
        self.assertEqual(str(error), "fallback: does not know x; its form is y")

    def test_other_errors_and_words_stay(self):
        self.assertEqual(catalogs.translate_error(OSError("{broken} pipe"), "fr"), "{broken} pipe")
        self.assertEqual(catalogs.translate("{braces", "fr"), "{braces")
        self.assertEqual(catalogs.translate("", "fr"), "")

    def test_an_unknown_sentence_stays(self):
        self.assertEqual(catalogs.translate(Sentence("xyzzy"), "fr"), "xyzzy")
