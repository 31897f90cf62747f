"""The OpenAPI description of what can be asked by GET, from the table of commands."""

import json
from collections.abc import Iterable

from ... import __version__
from ...conversation.commands import COMMANDS, Command
from ...conversation.errors import all_codes
from ...conversation.text import MAX_LINE
from .errors import WebError
from .responses import JSON, TEXT
from .target import FORMAT, JSON_SUFFIX, LANG, WORDS, ZONE

VERSION = "3.1.0"
MAX_WORDS, MAX_SETTING = MAX_LINE // 4, 64  # characters that fit, however they are encoded
_PARAMETERS = {
    WORDS: "The words of the command. A + stands for a space, and %2B for a +.",
    ZONE: "The place whose time is told, as after /zone.",
    LANG: "The language of the reply, as after /lang; otherwise Accept-Language counts.",
    FORMAT: "A format of date(1), without its +; %25H stands for %H.",
}
_ERRORS = {
    "400": "The line is not understood; the reply says what would be right.",
    "404": "There is no such command.",
    "414": "The URL is too long.",
    "421": "The server is not reached by this host name.",
    "429": "The limit of connections from one address is reached.",
    "503": "The server is full, or is stopping.",
}


def document() -> bytes:
    """The description, as JSON."""
    paths = {}
    for command in COMMANDS.values():
        for path in (command.name, command.name + JSON_SUFFIX):
            paths[path] = {"get": _operation(command, path)}
    description = {
        "openapi": VERSION,
        "info": {
            "title": "datechat",
            "version": __version__,
            "description": "date(1) as a service: one line by GET, with the reply of the conversation.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {"schemas": {"Reply": _reply()}},
    }
    return json.dumps(description).encode()


def _operation(command: Command, path: str) -> dict[str, object]:
    names = [name for name in _PARAMETERS if name != FORMAT or command.name == "/date"]
    forms = {JSON} if path.endswith(JSON_SUFFIX) else {TEXT, JSON}
    responses = {"200": "The reply.", **_ERRORS}
    return {
        "operationId": path.lstrip("/").replace(".", "-"),
        "summary": command.summary,
        "description": command.usage,
        "parameters": [_parameter(name) for name in names],
        "responses": {
            # A request that is refused early has no form yet.
            status: {"description": text, "content": _content({TEXT} if status == "414" else forms)}
            for status, text in responses.items()
        },
    }


def _parameter(name: str) -> dict[str, object]:
    schema = {"type": "string", "maxLength": MAX_WORDS if name == WORDS else MAX_SETTING}
    return {"name": name, "in": "query", "description": _PARAMETERS[name], "schema": schema}


def _content(media_types: Iterable[str]) -> dict[str, object]:
    schemas = {TEXT: {"type": "string"}, JSON: {"$ref": "#/components/schemas/Reply"}}
    return {media_type: {"schema": schemas[media_type]} for media_type in media_types}


def _reply() -> dict[str, object]:
    codes = sorted({kind.code for kind in (*all_codes(), *WebError)})
    return {
        "type": "object",
        "description": "docs/protocol.rst tells the other fields.",
        "required": ["ok", "text"],
        "properties": {
            "ok": {"type": "boolean"},
            "text": {"type": "string", "description": "The reply for people."},
            "error": {"type": "string", "enum": codes},
            "closing": {"type": "boolean"},
        },
    }
