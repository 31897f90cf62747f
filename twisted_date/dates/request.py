"""Parses the argument of ``/date``: ``[OPTIONS] [WHEN] [in PLACE] [+FORMAT]``, as date(1) does."""

import re
from dataclasses import dataclass

from . import formats
from .errors import DateError, Reason
from .formats import Style

# A plus before a digit or a space is arithmetic. Quotes may enclose the format, with or without its plus.
_FORMAT = re.compile(r"""(?:^|(?<=\s))(?P<quote>['"]?)\+(?![\d\s])""")
_QUOTES = ("'", '"')

_LONG_OPTION = re.compile(r"--[a-z0-9-]+(?:=|(?!\S))")
_LONG_OPTIONS = {
    **{"--date": "-d", "--date=": "-d", "--iso-8601": "-I", "--iso-8601=": "-I"},
    **{"--rfc-email": "-R", "--universal": "-u", "--utc": "-u"},
}
_OPTION = re.compile(r"-(?=[uRId])(?P<letters>[uR]*)(?:I(?P<precision>\S*)|(?P<when>d))?(?:(?<=d)|\s+|$)")
_LATE_OPTION = re.compile(r"(?<=\s)(?:-[uR]+|-I\w*|-d|--[a-z]\S*)(?!\S)")
_LIKE_AN_OPTION = re.compile(r"--?[^\W\d_]\S*")


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed argument.

    :param words: the words of the moment and its places.
    :param utc: whether the moment is read and shown in UTC.
    :param style: the requested format; None for the default format.
    """

    words: str
    utc: bool
    style: Style | None


def parse(argument: str, language: str) -> Request:
    """Parse an argument.

    :param language: CLDR's identifier of the language of localized formats.
    :raises DateError: when an option is unknown, comes too late or contradicts another, when a quote is not
        closed, when ``-d`` has no moment, or when the width in a format is too large.
    """
    words, format_ = _split_format(argument)
    styles = [] if format_ is None else [formats.style(format_, language)]
    utc, quoted = False, ""
    while option := _OPTION.match(words := _shorten_option(words)):
        words = words[option.end() :].lstrip()
        utc = utc or "u" in option["letters"]
        styles += [formats.rfc5322] * option["letters"].count("R")
        if option["precision"] is not None:
            styles.append(formats.iso_8601(option["precision"]))
        if option["when"]:
            quoted, words = _split_quoted(words)
    if unknown := _LIKE_AN_OPTION.match(words):
        raise DateError(Reason.UNKNOWN_OPTION, option=unknown[0])
    if late := _LATE_OPTION.search(words):
        raise DateError(Reason.LATE_OPTION, option=late[0])
    if len(styles) > 1:
        raise DateError(Reason.CONFLICTING_FORMATS)
    return Request(f"{quoted} {words}".strip(), utc, styles[0] if styles else None)


def _split_format(argument: str) -> tuple[str, str | None]:
    """The words before the format, and the format without plus and quotes, or None without a format."""
    start = _FORMAT.search(argument)
    if start is None:
        return argument, None
    words, text = argument[: start.start()].rstrip(), argument[start.end() :]
    quote = start["quote"]
    if quote:
        if not text.endswith(quote):
            raise DateError(Reason.OPEN_QUOTE, quote=quote)
        return words, text[:-1]
    if len(text) > 1 and text[0] in _QUOTES and text[0] == text[-1]:
        return words, text[1:-1]
    return words, text


def _shorten_option(words: str) -> str:
    """The words, with a leading long option in its short form."""
    long = _LONG_OPTION.match(words)
    if long is None or long[0] not in _LONG_OPTIONS:
        return words
    return _LONG_OPTIONS[long[0]] + words[long.end() :]


def _split_quoted(words: str) -> tuple[str, str]:
    """The content of leading quotes, and the rest; without quotes, an empty text and all words.

    :raises DateError: when the content is empty, or a quote is not closed.
    """
    if not words:
        raise DateError(Reason.MISSING_MOMENT)
    quote = words[0]
    if quote not in _QUOTES:
        return "", words
    quoted, closed, rest = words[1:].partition(quote)
    if not closed:
        raise DateError(Reason.OPEN_QUOTE, quote=quote)
    if not quoted.strip():
        raise DateError(Reason.MISSING_MOMENT)
    return quoted.strip(), rest.strip()
