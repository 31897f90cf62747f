"""Normalizes names for comparison: case, accents, punctuation and common abbreviations do not matter."""

import re
import unicodedata

# Letters that Unicode does not decompose into a letter and an accent
_BASE_LETTERS = str.maketrans(
    {
        **{
            "æ": "ae",
            "œ": "oe",
            "ø": "o",
            "ł": "l",
            "đ": "d",
            "ð": "d",
            "þ": "th",
            "ħ": "h",
            "ı": "i",
            "ŋ": "n",
        },
        **{"ə": "e", "ƙ": "k", "ɓ": "b", "ɗ": "d", "&": " "},
        **dict.fromkeys("'’‘ʼʻʿʾ`´′", ""),
    }
)
_SHORT = {"saint": "st", "sankt": "st", "sainte": "ste", "mount": "mt", "fort": "ft", "and": "", "et": ""}
_WORDS = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words in lower case, without accents and apostrophes.

    ``Saint`` and similar words are abbreviated, ``and`` is left out.
    """
    return [short for word in _WORDS.findall(_folded(text)) if (short := _SHORT.get(word, word))]


def plain(text: str) -> str:
    """The text in lower case, without accents, apostrophes and full stops: hyphens and ``Saint`` stay."""
    return " ".join(_folded(text).replace(".", "").split())


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_BASE_LETTERS)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def key(text: str) -> str:
    """The common key of all spellings of a name, as ``Saint-Étienne``, ``st etienne`` and ``StEtienne``."""
    return "".join(words(text))
