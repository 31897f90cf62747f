"""The sentences in other languages: gettext's catalogs in ``catalogs/``, from ``tools/catalogs.py``.

A language that has none gets English ones.
"""

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from .sentences import Plural, Sentence

_ENGLISH = NullTranslations()


def translated(sentence: Sentence, language: str) -> str:
    """The sentence in a language, its placeholders as they are.

    :param language: CLDR's identifier, as in ``fr_CA``.
    """
    return _catalog(language).gettext(sentence)


def counted(sentence: Plural, number: int, language: str) -> str:
    """The form of the sentence for this number."""
    return _catalog(language).ngettext(sentence.one, sentence.several, number)


def exists(language: str) -> bool:
    """Whether there are sentences in this language."""
    return language.split("_")[0] == "en" or _catalog(language) is not _ENGLISH


@lru_cache(64)
def _catalog(language: str) -> NullTranslations:
    """That of the language as it is spoken in its country, or of the language."""
    folder = resources.files("twisted_date") / "catalogs"
    for name in (language, language.split("_")[0]):
        file = folder / f"{name}.mo"
        if file.is_file():
            with file.open("rb") as catalog:
                return GNUTranslations(catalog)
    return _ENGLISH
