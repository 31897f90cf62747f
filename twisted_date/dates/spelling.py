"""Names as people write them: what must not matter when two are compared."""

import re
import unicodedata

# Letters that Unicode does not take apart into a letter and an accent
_PLAIN = str.maketrans(
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
    """The words in small letters without accents and apostrophes.

    ``Saint`` and its like are shortened, ``and`` is left out.
    """
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return [short for word in _WORDS.findall(plain) if (short := _SHORT.get(word, word))]


def key(text: str) -> str:
    """What all spellings of a name share: ``Saint-Étienne``, ``st etienne`` and ``StEtienne`` are one."""
    return "".join(words(text))
