"""The page of a conversation, and the files that it consists of."""

import hashlib
import html
import json
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from string import Template

from ...conversation.state import Defaults
from ...dates.completion import MOMENTS, PREPOSITIONS
from ...i18n import catalogs
from ...i18n.messages import ENGLISH, Sentence
from .responses import Response

_POLICY = "; ".join(
    (
        "default-src 'none'",
        *("connect-src 'self'", "img-src 'self'", "script-src 'self'", "style-src 'self'"),
        *("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"),
    )
)
_FIELDS = (
    ("Content-Security-Policy", _POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Vary", "Accept-Language"),
)

# What the page says, by the names that its files have for it.
_TEXTS = {
    "title": Sentence("datechat: ask for the date"),
    "skip": Sentence("Skip to the conversation"),
    "clock": Sentence("The server's time"),
    "log": Sentence("Conversation"),
    "label": Sentence("Your message"),
    "send": Sentence("Send"),
    "suggestions": Sentence("Completions"),
    "hint": Sentence("Tab completes, the arrow keys bring back earlier lines."),
    "no_script": Sentence("This page needs JavaScript. curl does not: give it this page's address and date."),
    "question": Sentence("Your first name"),
    "question_again": Sentence("Your first name ({last})"),
    "you": Sentence("You"),
    "connecting": Sentence("Connecting…"),
    "connected": Sentence("Connected"),
    "disconnected": Sentence("Not connected"),
    "lost": Sentence("The connection is lost; connecting again…"),
    "again": Sentence("Connected again."),
    "closed": Sentence("The conversation has ended. Enter starts another."),
    "idle": Sentence("The connection was closed. The next line opens it again."),
    "empty": Sentence("Try one of these:"),
}


class PageFile:
    """One file of the page.

    :param media_type: its type.
    :param text: returns its contents in a language that the page has.
    """

    def __init__(self, media_type: str, text: Callable[[str], str]) -> None:
        self._media_type = media_type
        self._text = text

    def response(self, language: str, known_tag: str) -> Response:
        """The file, unless the browser has it already.

        :param language: a language tag; a language without sentences gets English.
        :param known_tag: the field ``If-None-Match``.
        """
        body = self._text(language).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        fields = (*_FIELDS, ("Cache-Control", "no-cache"), ("ETag", tag))
        if tag in known_tag:
            return Response(b"", self._media_type, 304, fields)
        return Response(body, self._media_type, 200, fields)


def page_files(defaults: Defaults) -> dict[str, PageFile]:
    """The files of the page, by their paths.

    :param defaults: of the server's sessions.
    """
    script, style, icon = (_file(name) for name in ("page.js", "page.css", "icon.svg"))
    index = Template(_file("index.html"))

    @lru_cache(len(catalogs.languages()) + 1)
    def page(language: str) -> str:
        return _page(index, language, defaults.farewell)

    return {
        "/": PageFile("text/html; charset=utf-8", lambda tag: page(_language(tag, defaults.language))),
        "/page.js": PageFile("text/javascript; charset=utf-8", lambda _: script),
        "/page.css": PageFile("text/css; charset=utf-8", lambda _: style),
        "/icon.svg": PageFile("image/svg+xml", lambda _: icon),
    }


def _file(name: str) -> str:
    return (resources.files(__package__) / "page" / name).read_text(encoding="utf-8")


def _language(tag: str, default: str) -> str:
    """The language of the page for a tag, or for none."""
    return catalogs.base_language(tag or default) if catalogs.has_catalog(tag or default) else ENGLISH


def _page(index: Template, language: str, farewell: str) -> str:
    texts = {name: catalogs.translate(text, language) for name, text in _TEXTS.items()}
    data = {"texts": texts, "moments": MOMENTS, "prepositions": PREPOSITIONS, "farewell": farewell}
    escaped = {name: html.escape(text) for name, text in texts.items()}
    # Nothing in the data may end the element that holds it.
    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return index.substitute(escaped, language=language, data=encoded)
