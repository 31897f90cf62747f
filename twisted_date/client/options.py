"""The client's command-line options, for ``datechat`` and for ``twist datechat-client``."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.python.usage import CompleteFiles, CompleteHostnames, Completer, Completions

from ..cli import options
from ..cli.options import DEFAULT_BASE_PORT, is_whole_number, locale, seconds, usage_error, whole_number
from ..endpoints.arguments import DEFAULT_TRIES, HIGHEST_PORT, is_host, port_range
from ..i18n.messages import Sentence
from .protocol import DEFAULT_TIMEOUT
from .settings import LOCALHOST, Settings, Target

_TARGET_OPTIONS = ("host", "base-port", "port-tries", "port", "port-file")


class Options(options.Options):
    """The options of ``datechat`` and of ``twist datechat-client``."""

    longdesc = Sentence(
        "The words make one message, as in: datechat /date. Without any, every line of standard input is"
        " one; on a terminal, talk."
    )

    optParameters = (
        ("host", None, None, Sentence("The machine of the server; DATECHAT_HOST, or localhost.")),
        ("base-port", None, None, Sentence("The first port to look at; 50000.")),
        ("port-tries", None, str(DEFAULT_TRIES), Sentence("How many ports to look at from there.")),
        ("port", None, None, Sentence("This port alone; DATECHAT_PORT.")),
        ("port-file", None, None, Sentence("The file that a server wrote for its --port-file.")),
        ("connect", None, None, Sentence("A Twisted endpoint, as in tcp:localhost:50000, instead.")),
        ("name", None, None, Sentence("Your first name.")),
        ("zone", None, None, Sentence("The place whose time is told, as in Tokyo.")),
        ("lang", None, None, Sentence("The language of replies, as in fr; the environment's.")),
        (
            "timeout",
            None,
            f"{DEFAULT_TIMEOUT:g}",
            Sentence("Seconds for the search, and for each reply."),
        ),
    )
    optFlags = (
        ("where", None, Sentence("Print the host and port of the server, and leave.")),
        ("url", None, Sentence("Print the server's address for a browser, and leave.")),
        ("check", None, Sentence("Print the server's version and health, and leave.")),
        ("json", None, Sentence("Print replies as JSON.")),
        ("tls", None, Sentence("Speak TLS.")),
    )

    compData = Completions(
        optActions={
            **{name: Completer() for name, *_ in optParameters},
            "host": CompleteHostnames(),
            "port-file": CompleteFiles(),
        },
    )

    def __init__(self) -> None:
        super().__init__()
        self.message: str | None = None

    def getSynopsis(self) -> str:
        if self.parent is None:
            return "Usage: datechat [options] [WORD...]"
        return f"{super().getSynopsis()} [WORD...]"

    def parseArgs(self, *words: str) -> None:
        if words:
            self.message = " ".join(words)

    def postOptions(self) -> None:
        self.settings = self._check()
        _redirect_log(self.parent)

    def _check(self) -> Settings:
        texts = {"message": self.message, **{name: self[name] for name in ("name", "zone", "lang")}}
        for name, text in texts.items():
            if text is not None and "\n" in text:
                raise usage_error(Sentence("the {option} holds a line feed; give one line"), option=name)
        for name in ("zone", "lang"):
            if self[name] is not None and not self[name].strip():
                raise usage_error(
                    Sentence("--{option} is empty; leave it out for the server's own"), option=name
                )
        for name in ("where", "url", "check"):
            if self[name] and self.message is not None:
                raise usage_error(Sentence("--{option} asks nothing; leave the words out"), option=name)
        return Settings(
            target=self._target(os.environ),
            where=bool(self["where"]),
            url=bool(self["url"]),
            check=bool(self["check"]),
            name=self["name"],
            json=bool(self["json"]),
            timeout=seconds(self, "timeout"),
            message=self.message,
            zone=self["zone"],
            language=self["lang"],
            locale=locale(os.environ),
        )

    def _target(self, environment: Mapping[str, str]) -> Target:
        """Take the target from the options, else from the environment, else search from the base port up."""
        if self["connect"] is not None:
            if self["tls"] or any(self[name] != self.defaults[name] for name in _TARGET_OPTIONS):
                raise usage_error(
                    Sentence("--connect takes the place of all other ways to the server; leave them out")
                )
            return Target(endpoint=self["connect"])
        tries = whole_number(self, "port-tries", 1, HIGHEST_PORT)
        tls = bool(self["tls"])
        from_file = self["port"] is None and self["port-file"] is not None
        if self["host"] is None:
            self["host"] = (not from_file and environment.get("DATECHAT_HOST")) or LOCALHOST
        if self["host"].startswith("[") and self["host"].endswith("]"):  # as in a URL
            self["host"] = self["host"][1:-1]
        if not is_host(self["host"]):
            raise usage_error(Sentence("--host is {text!r}; give a name or an address"), text=self["host"])
        if from_file:
            return Target(self["host"], port_file=Path(self["port-file"]), tls=tls)
        if self["port"] is not None:
            return Target(self["host"], port_range(whole_number(self, "port", 1, HIGHEST_PORT), 1), tls=tls)
        if self["base-port"] is None and environment.get("DATECHAT_PORT"):
            return Target(self["host"], port_range(_port_in(environment), 1), tls=tls)
        if self["base-port"] is None:
            self["base-port"] = str(DEFAULT_BASE_PORT)
        base = whole_number(self, "base-port", 1, HIGHEST_PORT)
        return Target(self["host"], port_range(base, tries), tls=tls)


def _port_in(environment: Mapping[str, str]) -> int:
    """Return the port in ``DATECHAT_PORT``.

    :raises UsageError: when it is not a port number.
    """
    text = environment["DATECHAT_PORT"]
    if not is_whole_number(text, 1, HIGHEST_PORT):
        raise usage_error(
            Sentence("DATECHAT_PORT is {text!r}; set it to a whole number from 1 to {high}, or to nothing"),
            text=text,
            high=HIGHEST_PORT,
        )
    return int(text)


def _redirect_log(twist: Any) -> None:
    """Move twist's log from standard output, which is for replies, to standard error; discard it by default.

    What goes wrong is said in a sentence. The log would add tracebacks.
    """
    if twist is None or twist.get("logFile") is not sys.stdout:
        return
    if twist["logLevel"] is twist.defaultLogLevel:
        twist["logFile"] = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process runs
    else:
        twist["logFile"] = sys.stderr
