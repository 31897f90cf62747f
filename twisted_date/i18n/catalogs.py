"""Translates sentences, with the gettext catalogs in ``locale/`` that ``tools/catalogs.py`` compiles.

A language without a catalog gets English.
"""

import re
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from .messages import ENGLISH, Plural, Sentence

_UNTRANSLATED = NullTranslations()
_TRANSLATED = (Exception, Sentence)  # among the values of a sentence
_LOCALE = resources.files(__package__) / "locale"


def translate(sentence: str, language: str, /, **values: object) -> str:
    """Translate a sentence and fill in its placeholders; a text that is in no catalog is not translated.

    :param language: a CLDR identifier, or a name as in ``LANG``: ``fr_CA.UTF-8``.
    :param values: the values of the placeholders. Errors and sentences among them are translated, too.
    :return: the translated text. Without values, it is not formatted, and ``{braces}`` stay.
    """
    # For an empty text, gettext returns the header of the catalog.
    text = _catalog(language).gettext(sentence) if sentence else sentence
    if not values:  # a text from elsewhere may contain braces
        return text
    for name, value in values.items():
        if isinstance(value, _TRANSLATED):
            values[name] = _translate_value(value, language)
    return text.format(**values)


def translate_error(error: Exception, language: str) -> str:
    """Return the text of an error, translated if it is a sentence."""
    sentence = getattr(error, "sentence", None)
    return str(error) if sentence is None else translate(sentence, language, **getattr(error, "values", {}))


def _translate_value(value: Exception | Sentence, language: str) -> str:
    return translate_error(value, language) if isinstance(value, Exception) else translate(value, language)


def ngettext(sentence: Plural, number: int, language: str) -> str:
    """Return the form of a sentence for a number, translated, with ``{number}`` still to be filled in."""
    return _catalog(language).ngettext(sentence.one, sentence.several, number)


def has_catalog(language: str) -> bool:
    """Whether the sentences exist in a language. English needs no catalog."""
    return base_language(language) == ENGLISH or _catalog(language) is not _UNTRANSLATED


def base_language(language: str) -> str:
    """Return the language without region and script: ``fr`` of ``fr-CA`` or ``fr_CA.UTF-8``."""
    return re.split("[_.@-]", language)[0].lower()


@lru_cache(64)
def _catalog(language: str) -> NullTranslations:
    """Return the catalog of the full name, else of its language, else an empty catalog."""
    for name in (language, base_language(language)):
        if name in languages():
            with (_LOCALE / f"{name}.mo").open("rb") as catalog:
                return GNUTranslations(catalog)
    return _UNTRANSLATED


@lru_cache(1)
def languages() -> frozenset[str]:
    """Return the names that have a catalog. Only their files are opened, whatever name is requested."""
    return frozenset(file.name.removesuffix(".mo") for file in _LOCALE.iterdir() if file.name.endswith(".mo"))
