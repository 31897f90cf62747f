"""Splits the target of a request into a path and parameters, without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from ...conversation.text import excerpt
from .errors import RequestRefused, WebError

WORDS, FORMAT, ZONE, LANG = "q", "format", "zone", "lang"
JSON_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a request.

    :param path: the path, decoded.
    :param parameters: the parameters of the query, decoded, by their names.
    """

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def wants_json(self) -> bool:
        """Whether the path asks for JSON. No command and no place ends so."""
        return self.path.endswith(JSON_SUFFIX)

    def line(self) -> bytes:
        """The line of a conversation that asks the same.

        The first segment of the path is the command. The other segments are its words, or ``q`` is.

        :raises RequestRefused: when a parameter is unknown, or there are words in both places.
        """
        name, _, words = self.path.removesuffix(JSON_SUFFIX).removeprefix("/").partition("/")
        known = (WORDS, FORMAT, ZONE, LANG) if name.lower() == "date" else (WORDS, ZONE, LANG)
        self.check_parameters(known)
        asked = self.parameters.get(WORDS, "")
        if words and asked:
            raise RequestRefused(WebError.WORDS_TWICE)
        format_ = self.parameters.get(FORMAT, "")
        parts = ("/" + name, words or asked, "+" + format_ if format_ else "")
        return " ".join(part for part in parts if part).encode(errors="replace")

    def check_parameters(self, known: tuple[str, ...]) -> None:
        """Refuse all other parameters; a misspelt one would be a wrong answer.

        :raises RequestRefused: when there is another.
        """
        for name in self.parameters:
            if name not in known:
                raise RequestRefused(WebError.UNKNOWN_PARAMETER, name=excerpt(name), known=", ".join(known))


def parse_target(target: bytes) -> Target:
    """Parse the target of a request: a path and a query, or a whole URL (RFC 9112, section 3.2).

    In the query, ``+`` stands for a space.

    :raises RequestRefused: when a parameter comes twice.
    :raises UnicodeDecodeError: when it is not UTF-8, percent-encoded or not.
    """
    text = target.decode()
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() in ("http", "https"):
        text = "/" + rest.partition("/")[2]
    path, _, query = text.partition("?")
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="strict"):
        if name in parameters:
            raise RequestRefused(WebError.REPEATED_PARAMETER, name=excerpt(name))
        parameters[name] = value
    return Target(unquote(path, errors="strict"), parameters)
