"""Chooses the language and the form of a response from the request's header fields, without I/O."""

from collections.abc import Iterator

from ...conversation.text import is_clean
from ...dates import languages
from ...dates.errors import DateError

MAX_CHOICES = 20  # of a header field; browsers send a handful


def _choices(field: str) -> Iterator[tuple[str, float]]:
    """The values of a field like ``fr-CA, fr;q=0.9``, each with its weight (RFC 9110, section 12.4.2)."""
    for choice in field.split(",", MAX_CHOICES)[:MAX_CHOICES]:
        value, *parameters = (part.strip() for part in choice.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter[:2].lower() == "q=":
                weight = _weight(parameter[2:])
        if value:
            yield value.lower(), weight


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def prefers_json(accept: str) -> bool:
    """Whether the field ``Accept`` names JSON, and names plain text not at all or not before it."""
    weights: dict[str, float] = {}
    for value, weight in _choices(accept):
        weights.setdefault(value, weight)
    json, text = weights.get("application/json", 0.0), weights.get("text/plain", 0.0)
    if json == text and json:
        return list(weights).index("application/json") < list(weights).index("text/plain")
    return json > text


def preferred_language(accept_language: str) -> str:
    """The first language of the field ``Accept-Language`` that is known, or an empty text."""
    ordered = sorted(_choices(accept_language), key=lambda choice: -choice[1])
    for tag, weight in ordered:
        if weight and is_clean(tag):
            try:
                languages.parse_tag(tag)
            except DateError:
                continue
            return tag
    return ""
