"""The sentences in other languages: gettext's catalogs in ``catalogs/``, from ``tools/catalogs.py``.

A language that has none gets English ones.
"""

import re
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from .messages import ENGLISH, Plural, Sentence

_ENGLISH = NullTranslations()
_FOLDER = resources.files(__package__) / "locale"


def translate(sentence: str, language: str, /, **values: object) -> str:
    """The sentence in a language, its placeholders filled in; other words than the catalogue's as they are.

    :param language: CLDR's identifier, or a name as in ``LANG``: ``fr_CA.UTF-8``.
    """
    # Of nothing, gettext tells its header.
    text = _catalog(language).gettext(sentence) if sentence else sentence
    if not values:  # somebody else's words may hold braces
        return text
    for name, value in values.items():
        if isinstance(value, Exception | Sentence):
            values[name] = _in_language(value, language)
    return text.format(**values)


def translate_error(error: Exception, language: str) -> str:
    """The text of an error, translated where it is a sentence."""
    sentence = getattr(error, "sentence", None)
    return str(error) if sentence is None else translate(sentence, language, **getattr(error, "values", {}))


def _in_language(words: Exception | Sentence, language: str) -> str:
    return translate_error(words, language) if isinstance(words, Exception) else translate(words, language)


def ngettext(sentence: Plural, number: int, language: str) -> str:
    """The form of the sentence for this number."""
    return _catalog(language).ngettext(sentence.one, sentence.several, number)


def has_catalog(language: str) -> bool:
    """Whether there are sentences in this language."""
    return _short(language) == ENGLISH or _catalog(language) is not _ENGLISH


def _short(language: str) -> str:
    return re.split("[_.@-]", language)[0].lower()


@lru_cache(64)
def _catalog(language: str) -> NullTranslations:
    """That of the language as it is spoken in its country, or of the language."""
    for name in (language, _short(language)):
        if name in _languages():
            with (_FOLDER / f"{name}.mo").open("rb") as catalog:
                return GNUTranslations(catalog)
    return _ENGLISH


@lru_cache(1)
def _languages() -> frozenset[str]:
    """Those that have a catalog: whatever somebody calls a language, only these are opened."""
    return frozenset(file.name.removesuffix(".mo") for file in _FOLDER.iterdir() if file.name.endswith(".mo"))
