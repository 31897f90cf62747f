"""Responses as values, with the fields that each of them has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from ...conversation.replies import ERROR_PREFIX
from ...i18n import catalogs
from .errors import RequestRefused

METHODS = "GET, HEAD, OPTIONS"
TEXT, JSON = "text/plain; charset=utf-8", "application/json"
# RFC 9110, sections 15.5.6 and 15.5.22; RFC 6455, section 4.4
_REQUIRED_FIELDS = {
    405: (("Allow", METHODS),),
    426: (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")),
}
RETRY_AFTER = 5  # seconds: short for a person, long enough for others to leave
ERROR_FIELD = "Datechat-Error"

# A text is never run as a page, whatever a peer put into it, and no page of others embeds it.
_SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
)


@dataclass(frozen=True, slots=True)
class Response:
    """A response.

    :param body: its content.
    :param media_type: the type of the content.
    :param status: the HTTP status.
    :param fields: header fields beside those that every response has; they replace these.
    :param closing: whether the connection is closed afterwards.
    """

    body: bytes
    media_type: str = TEXT
    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()
    closing: bool = False

    @property
    def phrase(self) -> str:
        """The words of the status."""
        return HTTPStatus(self.status).phrase

    def header(self) -> Iterator[tuple[str, str]]:
        """All header fields."""
        fields = dict((("Cache-Control", "no-store"), *_SECURITY, *self.fields))
        if self.status != HTTPStatus.NOT_MODIFIED:
            fields |= {"Content-Type": self.media_type, "Content-Length": str(len(self.body))}
        if self.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            fields["Retry-After"] = str(RETRY_AFTER)
        if self.closing:
            fields["Connection"] = "close"
        yield from fields.items()


def refusal(error: RequestRefused, language: str, as_json: bool, closing: bool = False) -> Response:
    """The response to a request that is refused: a sentence and its code.

    :param language: the language of the sentence.
    :param as_json: whether it has the JSON form of replies.
    """
    text, code = catalogs.translate_error(error, language), error.kind.code
    line = json.dumps({"ok": False, "text": text, "error": code}) if as_json else ERROR_PREFIX + text
    return Response(
        f"{line}\n".encode(),
        JSON if as_json else TEXT,
        error.kind.status,
        (*_REQUIRED_FIELDS.get(error.kind.status, ()), (ERROR_FIELD, code)),
        closing,
    )
