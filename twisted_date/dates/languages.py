"""Dates in the languages of CLDR.

The data comes with Babel, which is loaded on first use: plain English and date(1)'s formats do not need it.
"""

import re
from collections import OrderedDict
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

from ..i18n.messages import ENGLISH
from .context import NO_PREFERENCES, Preferences
from .errors import DateError, Reason
from .moment import WEEKDAYS

MAX_TAG = 40  # characters: longer than any existing tag

_LOADED = 16  # languages in memory: one megabyte each
_YEAR_OF_NAMES = 2030  # the names of CLDR are for the present, and the zone data ends its changes before

LENGTHS = ("short", "medium", "long", "full")  # of CLDR, from 12/25/26 to Friday, December 25, 2026

# Invisible direction marks: correct in a document, but not allowed in a reply
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"[a-z]{2,3}(?:_[a-z]{4})?(?:_(?:[a-z]{2}|[0-9]{3}))?(?:_[a-z0-9]{5,8})?", re.IGNORECASE)


@lru_cache(256)
def parse_tag(tag: str) -> str:
    """Parse a language tag into CLDR's identifier, as in ``fr_CA``.

    :param tag: ``fr``, ``fr-CA``, or as in ``LANG``: ``fr_CA.UTF-8``. An unknown country is ignored.
    :raises DateError: when the language is unknown.
    """
    normalized = re.split("[.@]", tag.strip())[0].replace("-", "_")
    if normalized.lower() in ("en", "en_us", "c", "posix"):
        return ENGLISH
    parts = normalized.split("_") if _TAG.fullmatch(normalized) and len(tag) <= MAX_TAG else []
    for end in range(len(parts), 0, -1):
        known = _identifier("_".join(parts[:end]))
        if known is not None:
            return known
    raise DateError(Reason.UNKNOWN_LANGUAGE, tag=tag)


# Languages and countries where one order of day and month is usual; Canada has two
_DAY_FIRST = {"en_gb", "en_au", "en_nz", "en_ie", "fr", "fr_fr", "fr_be", "fr_ch"}
_AMERICAN = "en_us"


def preferences(tag: str) -> Preferences:
    """What is usual where this language is spoken, when somebody asked for it.

    The country is that of the tag, or else the one with which the language is linked most; none for English,
    which has many. A tag with an encoding, as in ``LANG``, tells where a person's machine is set up, and not
    what was asked for: nothing is preferred.

    :param tag: as for :func:`parse_tag`.
    """
    if "." in tag or "@" in tag:
        return NO_PREFERENCES
    normalized = tag.strip().lower().replace("-", "_")
    _, *parts = normalized.split("_")
    known = parse_tag(tag)
    country = None if known == ENGLISH else _likely_country(known)
    if parts and len(parts[-1]) == 2:
        country = parts[-1].upper()
    if normalized == _AMERICAN:
        return Preferences(country, day_first=False)
    return Preferences(country, day_first=True if normalized in _DAY_FIRST else None)


def written_tag(tag: str) -> str:
    """A language tag as BCP 47 writes it; American English stays, though its dates are those of English.

    :raises DateError: when the language is unknown.
    """
    if re.fullmatch("en[-_]us", tag.strip(), re.IGNORECASE):
        return "en-US"
    return parse_tag(tag).replace("_", "-")


@lru_cache(256)
def _likely_country(language: str) -> str | None:
    from babel.core import get_global

    return str(get_global("likely_subtags").get(language, language)).rpartition("_")[2][:2]


def _identifier(tag: str) -> str | None:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(tag))
    except (UnknownLocaleError, ValueError):
        return None


def _locale(language: str) -> "Locale":
    """The data of a language, loaded on first use; the least recently used language makes room for it."""
    if language not in _loaded:
        if len(_loaded) == _LOADED:
            _, (_, oldest) = _loaded.popitem(last=False)
            oldest.clear()  # its parts refer to the whole: only a full garbage collection would free it
        _loaded[language] = _load(language)
    _loaded.move_to_end(language)
    return _loaded[language][0]


def _load(language: str) -> "tuple[Locale, dict[str, object]]":
    """Load the data of a language, separately from other languages, and return it with its dictionary.

    Babel before 2.19 shares parts of the data between the languages in its caches, and changes them while it
    loads another language. They would also keep all languages, 200 MB.
    """
    from babel import Locale

    cache = _empty_caches()
    locale = Locale.parse(language)
    _ = locale.days  # loads the data
    data = cache.get(str(locale), {})
    _empty_caches()
    rule = data.get("plural_form")
    if rule is not None:
        # The rule becomes a function that refers to itself, a reference cycle: share it, as few rules exist.
        data["plural_form"] = _plural_rules.setdefault(str(rule), rule)
    return locale, data


def _empty_caches() -> dict[str, dict[str, object]]:
    """Empty the caches of Babel, and return that of the data."""
    from babel import localedata

    caches = [getattr(localedata, name, {}) for name in ("_cache", "_dict_cache")]  # the latter since 2.19
    for cache in caches:
        cache.clear()
    return caches[0]


_loaded: "OrderedDict[str, tuple[Locale, dict[str, object]]]" = OrderedDict()  # most recently used last
_plural_rules: dict[str, object] = {}


def language_name(language: str) -> str:
    """The name of a language in that language."""
    if language == ENGLISH:
        return "English"
    return _locale(language).display_name or language


def weekday_name(number: int, language: str) -> str:
    """The name of a day of the week, 0 for Monday."""
    if language == ENGLISH:
        return WEEKDAYS[number]
    return _strip_direction_marks(_locale(language).days["stand-alone"]["wide"][number])


def format_datetime(local: datetime, length: str, language: str) -> str:
    """A date and time in a language.

    :param length: one of :data:`LENGTHS`.
    """
    from babel.dates import format_datetime as babel_format_datetime

    text = babel_format_datetime(_as_in_cldr(local), length, locale=_locale(language))
    return _strip_direction_marks(_with_right_offset(text, local.utcoffset() or timedelta()))


def format_date(local: datetime, language: str) -> str:
    """A date with its weekday, in a language."""
    from babel.dates import format_date as babel_format_date

    return _strip_direction_marks(babel_format_date(local, "full", locale=_locale(language)))


def _with_right_offset(text: str, offset: timedelta) -> str:
    """The text, with the right offset: Babel rounds the hours of -02:30 down, to -0330."""
    minutes = int(offset.total_seconds()) // 60
    if minutes >= 0 or not minutes % 60:
        return text
    return text.replace(f"{minutes // 60:+03}{minutes % 60:02}", f"-{-minutes // 60:02}{-minutes % 60:02}")


class _Dublin(tzinfo):
    """Dublin's zone at one offset, as CLDR names it: with an hour of daylight saving in summer.

    By Irish law, and so in the zone data, summer has the standard time, and winter an hour less.
    """

    def __init__(self, offset: timedelta) -> None:
        self._offset = offset

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return self._offset

    def dst(self, moment: datetime | None) -> timedelta:
        return max(self._offset, timedelta(0))

    def tzname(self, moment: datetime | None) -> str:
        return "Europe/Dublin"  # as Babel has it from a zone without a key


def _as_in_cldr(local: datetime) -> datetime:
    """The same local time, in a zone to which Babel gives the right name.

    Babel takes any daylight saving for summer time, negative daylight saving too, and knows only today's name
    of a zone. Where CLDR has no name for that, as for Prague in 1947, or the zone had another standard time,
    as São Tomé in 2018, the offset is the name.
    """
    zone, offset, saved = local.tzinfo, local.utcoffset(), local.dst() or timedelta(0)
    if getattr(zone, "key", None) in ("Europe/Dublin", "Eire") and offset is not None:
        return local.replace(tzinfo=_Dublin(offset))
    if zone is None or offset is None or (saved >= timedelta(0) and offset - saved == _standard_offset(zone)):
        return local
    return local.replace(tzinfo=timezone(offset, "Etc/Unknown"))


@lru_cache(1024)
def _standard_offset(zone: tzinfo) -> timedelta:
    """The offset of a zone without daylight saving, in the time for which CLDR names it."""
    local = datetime(_YEAR_OF_NAMES, 1, 1, tzinfo=zone)
    return (local.utcoffset() or timedelta(0)) - (local.dst() or timedelta(0))


def format_timedelta(seconds: int, language: str) -> str:
    """The span until a moment, or since it, in its largest unit: ``in 33 Tagen``.

    :param seconds: positive for a moment in the future.
    """
    from babel.dates import format_timedelta as babel_format_timedelta

    size = timedelta(seconds=seconds)
    return _strip_direction_marks(
        babel_format_timedelta(size, threshold=1, add_direction=True, locale=_locale(language))
    )


def _strip_direction_marks(text: str) -> str:
    """The text without invisible direction marks."""
    return _DIRECTION_MARKS.sub("", text)
