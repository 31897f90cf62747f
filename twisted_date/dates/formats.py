"""Formats of moments: those with a name, and those of date(1)."""

from collections.abc import Callable
from dataclasses import replace

from . import languages, strftime, zones
from .errors import DateError, Reason
from .moment import Moment

Style = Callable[[Moment], str]

rfc5322: Style = strftime.parse("%a, %d %b %Y %H:%M:%S %z")

_RFC_3339_LENGTH = len("2026-12-25T19:00:00+01:00")
_IMF_FIXDATE = strftime.parse("%a, %d %b %Y %H:%M:%S GMT")


def rfc3339(moment: Moment) -> str:
    """``2026-12-25T19:00:00+01:00``: RFC 3339 in whole seconds, as ``date -Iseconds`` writes it.

    An offset from before standard time loses its seconds. ``-00:00`` means that the local time is unknown.
    The result equals ``%Y-%m-%dT%H:%M:%S%:z`` at a third of its cost: this is the default format.
    """
    local = moment.local
    text = local.isoformat()[:_RFC_3339_LENGTH]
    if text.endswith("+00:00") and (local.tzname() or "").startswith("-"):
        return text.replace("+", "-")
    return text


def http(moment: Moment) -> str:
    """``Fri, 25 Dec 2026 18:00:00 GMT``: RFC 9110, section 5.6.7, which allows GMT only."""
    return _IMF_FIXDATE(replace(moment, zone=zones.UTC))


NAMED: dict[str, Style] = {
    "iso": rfc3339,
    "rfc3339": rfc3339,
    "rfc5322": rfc5322,
    "http": http,
    "unix": strftime.parse("%s"),
}

# date --iso-8601, in increasing precision
ISO_8601: dict[str, Style] = {
    "date": strftime.parse("%Y-%m-%d"),
    "hours": strftime.parse("%Y-%m-%dT%H%:z"),
    "minutes": strftime.parse("%Y-%m-%dT%H:%M%:z"),
    "seconds": rfc3339,
    "ns": strftime.parse("%Y-%m-%dT%H:%M:%S,%N%:z"),
}


def names() -> tuple[str, ...]:
    """The names that may follow a ``+``."""
    return (*NAMED, *languages.LENGTHS)


def style(text: str, language: str) -> Style:
    """The style for the text after a ``+``: a name, in any case, or a format of date(1).

    :param language: CLDR's identifier of the language of its formats, ``short`` to ``full``.
    :raises DateError: when a width alone exceeds :data:`.strftime.MAX_LENGTH`.
    """
    name = text.lower()
    if name in languages.LENGTHS:
        return lambda moment: languages.format_datetime(moment.local, name, language)
    return NAMED.get(name) or strftime.parse(text)


def has_fractions(style: Style) -> bool:
    """Whether a style shows fractions of a second."""
    return isinstance(style, strftime.Format) and style.fractions


def iso_8601(precision: str) -> Style:
    """The style for a precision after ``-I``, which may be abbreviated; the empty text means ``date``.

    :raises DateError: when the precision does not exist.
    """
    for name, known in ISO_8601.items():
        if name.startswith(precision):
            return known
    raise DateError(Reason.UNKNOWN_PRECISION, precision=precision, choices=tuple(ISO_8601))
