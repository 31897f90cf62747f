"""Spans in words, in the language of the session."""

from ..dates import languages
from ..i18n import catalogs
from ..i18n.messages import Plural, Sentence
from .state import State

_SPANS = (
    (86400, Plural("{number} day", "{number} days")),
    (3600, Plural("{number} hour", "{number} hours")),
    (60, Plural("{number} minute", "{number} minutes")),
    (1, Plural("{number} second", "{number} seconds")),
)


def distance(state: State, seconds: int) -> str:
    """How far away a moment is: in 1 day and 9 hours, 2 minutes ago."""
    if not catalogs.has_catalog(state.language):
        return languages.format_timedelta(seconds, state.language)
    if seconds == 0:
        return state.translate(Sentence("now"))
    sentence = Sentence("in {span}") if seconds > 0 else Sentence("{span} ago")
    return state.translate(sentence, span=_two_largest(state, abs(seconds)))


def _two_largest(state: State, seconds: int) -> str:
    """The span in its largest unit, and in the next smaller unit unless that is zero."""
    parts = []
    for size, unit in _SPANS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(state.ngettext(unit, number))
        if len(parts) == 2 or (parts and not number):
            break
    return _joined(state, parts)


def days(state: State, number: int) -> str:
    """A number of days, which may be negative."""
    return _signed(state, number, state.ngettext(_SPANS[0][1], abs(number)))


def whole_span(state: State, seconds: int) -> str:
    """The span in all its units that are not zero; it may be negative."""
    parts, rest = [], abs(seconds)
    for size, unit in _SPANS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(state.ngettext(unit, number))
    return _signed(state, seconds, _joined(state, parts) if parts else state.ngettext(_SPANS[-1][1], 0))


def _signed(state: State, number: int, text: str) -> str:
    return state.translate(Sentence("minus {span}"), span=text) if number < 0 else text


def _joined(state: State, parts: list[str]) -> str:
    """Parts of a span in words: 2 days, 3 hours and 5 minutes."""
    if len(parts) == 1:
        return parts[0]
    larger = ", ".join(parts[:-1])
    return state.translate(Sentence("{larger} and {smaller}"), larger=larger, smaller=parts[-1])
