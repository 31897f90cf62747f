"""Dates in the languages that CLDR knows.

Babel carries them. It is loaded when something is first asked for that is not plain English.
"""

import re
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

from ..i18n.messages import ENGLISH
from .errors import DateError, Reason
from .moment import DAYS

MAX_TAG = 40  # characters: longer than those that exist

_LOADED = 16  # languages at a time: a megabyte each

LENGTHS = ("short", "medium", "long", "full")  # CLDR's, from 12/25/26 to Friday, December 25, 2026

# Invisible marks that turn the writing around: right in a document, but a reply may not hold them.
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PLAIN_TAG = re.compile(
    r"[a-z]{2,3}(?:_[a-z]{4})?(?:_(?:[a-z]{2}|[0-9]{3}))?(?:_[a-z0-9]{5,8})?", re.IGNORECASE
)


@lru_cache(256)
def parse_tag(tag: str) -> str:
    """CLDR's identifier of a language.

    :param tag: ``fr``, ``fr-CA``, or as in ``LANG``: ``fr_CA.UTF-8``. An unknown country is left out.
    :raises DateError: the language is not known.
    """
    plain = re.split("[.@]", tag.strip())[0].replace("-", "_")
    if plain.lower() in ("en", "en_us", "c", "posix"):
        return ENGLISH
    parts = plain.split("_") if _PLAIN_TAG.fullmatch(plain) and len(tag) <= MAX_TAG else []
    for end in range(len(parts), 0, -1):
        known = _identifier("_".join(parts[:end]))
        if known is not None:
            return known
    raise DateError(Reason.UNKNOWN_LANGUAGE, tag=tag)


def _identifier(tag: str) -> str | None:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(tag))
    except (UnknownLocaleError, ValueError):
        return None


def _locale(language: str) -> "Locale":
    """The data of a language."""
    if language not in _loaded:
        if len(_loaded) == _LOADED:
            _, (_, oldest) = _loaded.popitem(last=False)
            oldest.clear()  # its parts refer to the whole: it would stay until Python looks for such cycles
        _loaded[language] = _load(language)
    _loaded.move_to_end(language)
    return _loaded[language][0]


def _load(language: str) -> "tuple[Locale, dict[str, object]]":
    """The data of a language, read anew, and the dictionary in which it keeps it.

    Babel shares parts between the languages that it has loaded, and writes in one of them what it found for
    another; it would also keep all, 200 MB of them.
    """
    from babel import Locale, localedata

    shared: dict[str, dict[str, object]] = getattr(localedata, "_cache", {})
    shared.clear()
    locale = Locale.parse(language)
    _ = locale.days  # loads it
    data = shared.get(str(locale), {})
    shared.clear()
    rule = data.get("plural_form")
    if rule is not None:
        # It becomes a function that refers to itself. There are many languages, but few such rules.
        data["plural_form"] = _plural_rules.setdefault(str(rule), rule)
    return locale, data


_loaded: "OrderedDict[str, tuple[Locale, dict[str, object]]]" = OrderedDict()  # the one used last at the end
_plural_rules: dict[str, object] = {}


def language_name(language: str) -> str:
    """What the language calls itself."""
    if language == ENGLISH:
        return "English"
    return _locale(language).display_name or language


def weekday_name(number: int, language: str) -> str:
    """The name of a day of the week, 0 for Monday."""
    if language == ENGLISH:
        return DAYS[number]
    return _without_direction(_locale(language).days["stand-alone"]["wide"][number])


def format_datetime(local: datetime, length: str, language: str) -> str:
    """A date and time, as long as one of :data:`LENGTHS` says."""
    from babel.dates import format_datetime as babel_format_datetime

    return _without_direction(babel_format_datetime(local, length, locale=_locale(language)))


def format_timedelta(seconds: int, language: str) -> str:
    """How long until a moment, or since it, in its largest unit: ``in 33 Tagen``."""
    from babel.dates import format_timedelta as babel_format_timedelta

    size = timedelta(seconds=seconds)
    return _without_direction(
        babel_format_timedelta(size, threshold=1, add_direction=True, locale=_locale(language))
    )


def _without_direction(text: str) -> str:
    """The text without invisible marks of direction."""
    return _DIRECTION_MARKS.sub("", text)
