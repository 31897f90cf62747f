"""Splits the target of a request into a path and parameters, without I/O."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ...conversation.text import excerpt
from .errors import RequestRefused, WebError

WORDS, FORMAT, ZONE, LANG = "q", "format", "zone", "lang"
JSON_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a request.

    :param path: the path, decoded.
    :param authority: the host and the port of a whole URL; empty for a path.
    :param parameters: the names and values of the query, decoded, in their order.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    authority: str = ""

    def parameter(self, name: str) -> str:
        """The value of a parameter, or an empty text."""
        return dict(self.parameters).get(name, "")

    @property
    def wants_json(self) -> bool:
        """Whether the path asks for JSON. No command and no place ends so."""
        return self.path.endswith(JSON_SUFFIX)

    def line(self) -> bytes:
        """The line of a conversation that asks the same.

        The first segment of the path is the command. The other segments are its words, or ``q`` is.

        :raises RequestRefused: when a parameter is unknown or repeated, or there are words in both places.
        """
        name, _, words = self.path.removesuffix(JSON_SUFFIX).removeprefix("/").partition("/")
        known = (WORDS, FORMAT, ZONE, LANG) if name.lower() == "date" else (WORDS, ZONE, LANG)
        self.check_parameters(known)
        asked = self.parameter(WORDS)
        if words and asked:
            raise RequestRefused(WebError.WORDS_TWICE)
        format_ = self.parameter(FORMAT)
        parts = ("/" + name, words or asked, "+" + format_ if format_ else "")
        return " ".join(part for part in parts if part).encode(errors="replace")

    def check_parameters(self, known: tuple[str, ...]) -> None:
        """Refuse other parameters, and repeated ones: to ignore them would be a wrong answer.

        :raises RequestRefused: when there is one.
        """
        names = Counter(name for name, _ in self.parameters)
        for name, times in names.items():
            if name not in known:
                raise RequestRefused(WebError.UNKNOWN_PARAMETER, name=excerpt(name), known=", ".join(known))
            if times > 1:
                raise RequestRefused(WebError.REPEATED_PARAMETER, name=name)


def parse_target(target: bytes) -> Target:
    """Parse the target of a request: a path and a query, or a whole URL (RFC 9112, section 3.2).

    In the query, ``+`` stands for a space.

    :raises UnicodeDecodeError: when it is not UTF-8, percent-encoded or not.
    """
    text = target.decode()
    scheme, separator, rest = text.partition("://")
    authority = ""
    if separator and scheme.lower() in ("http", "https"):
        authority, _, path = rest.partition("/")
        text = "/" + path
    path, _, query = text.partition("?")
    parameters = parse_qsl(query, keep_blank_values=True, errors="strict")
    return Target(unquote(path, errors="strict"), tuple(parameters), authority)
