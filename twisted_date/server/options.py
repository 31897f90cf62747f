"""The server's options: parses the command line into checked settings."""

import os
import time
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar

from ..cli import options
from ..cli.options import DEFAULT_BASE_PORT, REFUSED_OPTION, seconds, usage_error, whole_number
from ..conversation import errors, farewell
from ..conversation.farewell import WrongFarewell
from ..dates import languages, places, zone_data
from ..dates.context import Context, year_of
from ..dates.errors import DateError
from ..endpoints.arguments import DEFAULT_TRIES, HIGHEST_PORT
from ..endpoints.fallback_server import LOOPBACK
from ..i18n.messages import ENGLISH, Sentence, SentenceError
from .settings import DEFAULT_DRAIN, DEFAULT_IDLE, Settings
from .web.policy import is_host_name, is_origin

MAX_COUNT = 1_000_000_000  # connections: the highest limit that can be set


class Options(options.Options):
    """The options of ``twistd datechat``."""

    longdesc = Sentence(
        "Answers each line with one line: /date with the date, /help with what else there is."
    )

    repeatable = ("listen", "web", "web-host", "web-origin")
    optParameters = (
        ("base-port", None, str(DEFAULT_BASE_PORT), Sentence("The first port to try.")),
        ("port-tries", None, str(DEFAULT_TRIES), Sentence("How many ports to try from there; 1 is strict.")),
        (
            "interface",
            None,
            LOOPBACK,
            Sentence("localhost (IPv4 and IPv6), an IP address, or * for every interface."),
        ),
        ("port-file", None, None, Sentence("Where to write, as JSON, where the server listens.")),
        ("zone", None, None, Sentence("The place whose time is told; the machine's, unless given.")),
        (
            "lang",
            None,
            ENGLISH,
            Sentence("The language of replies, as in fr, unless a conversation asks for another."),
        ),
        ("farewell", None, farewell.DEFAULT_FAREWELL, Sentence("The phrase that ends a conversation.")),
        ("tls", None, None, Sentence("A PEM file with a private key and its certificates: speak TLS.")),
        (
            "idle-timeout",
            None,
            f"{DEFAULT_IDLE:g}",
            Sentence("Seconds without a line after which a conversation is closed; 0 for never."),
        ),
        (
            "max-connections",
            None,
            None,
            Sentence("How many may be open; as many as the limit of open files allows, unless given."),
        ),
        (
            "max-per-host",
            None,
            "0",
            Sentence("How many of them from one address, or IPv6 subnet of 64 bits; 0 for no limit."),
        ),
        (
            "drain",
            None,
            f"{DEFAULT_DRAIN:g}",
            Sentence("Seconds that conversations may take to end when the server stops."),
        ),
        (
            "daytime",
            None,
            None,
            Sentence("An endpoint that tells the date by the Daytime protocol, RFC 867."),
        ),
        ("time", None, None, Sentence("An endpoint that tells the time by the Time protocol, RFC 868.")),
        ("metrics", None, None, Sentence("An endpoint with Prometheus metrics over HTTP, at /metrics.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self.listen: list[str] = []
        self.web: list[str] = []
        self.web_hosts: list[str] = []
        self.web_origins: list[str] = []
        self.docs |= {
            "listen": Sentence(
                "A Twisted server endpoint, as in tcp:8000, instead of ports and interface. May be repeated."
            ),
            "web": Sentence("An endpoint for browsers and curl, as in fallback:8080. May be repeated."),
            "web-host": Sentence(
                "A name that browsers reach it by, beside localhost, IP addresses and the machine's name. "
                "May be repeated."
            ),
            "web-origin": Sentence(
                "Another site whose pages may open a WebSocket, as in https://example.org. May be repeated."
            ),
        }

    def opt_listen(self, description: str) -> None:
        """Add an endpoint."""
        self.listen.append(description)

    def opt_web(self, description: str) -> None:
        """Add an endpoint for browsers and curl."""
        self.web.append(description)

    def opt_web_host(self, name: str) -> None:
        """Add a host name."""
        if not is_host_name(name):
            raise usage_error(
                Sentence("--web-host {name!r} is not a host name like date.example.org, without a port"),
                name=name,
            )
        self.web_hosts.append(name.lower())

    def opt_web_origin(self, origin: str) -> None:
        """Add an origin."""
        if not is_origin(origin):
            raise usage_error(
                Sentence("--web-origin {origin!r} is not an origin like https://example.org"), origin=origin
            )
        self.web_origins.append(origin.lower())

    def parseArgs(self, *args: str) -> None:
        if args:
            raise usage_error(
                Sentence("{word!r} is not an option; datechat takes options only"), word=args[0]
            )

    def postOptions(self) -> None:
        self.settings = self._check()
        _omit_default_pidfile(self.parent)

    def _check(self) -> Settings:
        if self.listen and any(self[name] != self.defaults[name] for name in _PORT_OPTIONS):
            raise usage_error(
                Sentence("--listen takes the place of --base-port, --port-tries and --interface")
            )
        if (self.web_hosts or self.web_origins) and not self.web:
            raise usage_error(Sentence("--web-host and --web-origin are for --web; give its endpoint, too"))
        if self.listen and self["tls"] is not None:
            raise usage_error(
                Sentence("--tls is for the ports of --base-port; with --listen write fallback:50000:tls=PATH")
            )
        settings = Settings(
            listen=tuple(self.listen),
            base_port=whole_number(self, "base-port", 1, HIGHEST_PORT),
            port_tries=whole_number(self, "port-tries", 1, HIGHEST_PORT),
            interface=self["interface"],
            farewell=self["farewell"],
            zone=None if self["zone"] is None else _parse_date_option("zone", _zone, self["zone"]),
            language=_parse_date_option("lang", languages.parse_tag, self["lang"]),
            port_file=Path(self["port-file"]).absolute() if self["port-file"] is not None else None,
            tls=self["tls"],
            idle_timeout=seconds(self, "idle-timeout", allow_zero=True),
            max_connections=None
            if self["max-connections"] is None
            else whole_number(self, "max-connections", 1, MAX_COUNT),
            max_per_host=whole_number(self, "max-per-host", 0, MAX_COUNT),
            drain=seconds(self, "drain", allow_zero=True),
            web=tuple(self.web),
            web_hosts=tuple(self.web_hosts),
            web_origins=tuple(self.web_origins),
            daytime=self["daytime"],
            time=self["time"],
            metrics=self["metrics"],
        )
        try:
            farewell.check(settings.farewell)
        except WrongFarewell as error:
            raise usage_error(REFUSED_OPTION, option="farewell", reason=error) from None
        return settings


T = TypeVar("T")


def _parse_date_option(option: str, parse: Callable[[str], T], text: str) -> T:
    """Parse the value of an option with a function of ``dates``.

    :raises UsageError: when the function raises DateError.
    """
    try:
        return parse(text)
    except DateError as error:
        command_error = errors.command_error(error, ENGLISH)
        reason = SentenceError(command_error.kind.sentence, **command_error.values)
        raise usage_error(REFUSED_OPTION, option=option, reason=reason) from None


def _zone(place: str) -> tzinfo:
    zone_data.use_newest(os.environ)
    return places.zone_alone(place, Context(year_of(time.time_ns())))


_PORT_OPTIONS = ("base-port", "port-tries", "interface")


def _omit_default_pidfile(twistd: Any) -> None:
    """Write no pidfile in the foreground, unless the user names one.

    Its default name would keep a second server from starting in the same directory.
    """
    if twistd is not None and twistd.get("nodaemon") and twistd["pidfile"] == twistd.defaults["pidfile"]:
        twistd["pidfile"] = ""
