"""The server: from its options to a running service, for ``twistd`` and ``twist``."""

import os
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import tzlocal
from twisted.application.service import IService
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IStreamServerEndpoint
from twisted.logger import Logger

from . import clock, options
from .announce import Announcer, PortFile, Systemd
from .conversation import errors, farewell, sentences
from .conversation.farewell import WrongFarewell
from .conversation.sentences import Sentence, Told
from .conversation.session import Session
from .conversation.state import Defaults
from .dates import ENGLISH, languages, places, zone_data
from .dates.errors import DateError
from .listening import DateService
from .network.fallback import (
    DEFAULT_TRIES,
    HIGHEST_PORT,
    LOOPBACK,
    FallbackServerEndpoint,
    PortUnavailable,
    tls_endpoints,
)
from .network.limits import Limits
from .network.server import DateFactory
from .options import DEFAULT_BASE_PORT, refuse, say, say_error, seconds, usage_error, whole_number
from .process import Process, never_pause, raise_descriptor_limit

DEFAULT_IDLE = 600.0  # seconds: long for a person who thinks, short for a connection that nobody ends
DEFAULT_DRAIN = 5.0  # seconds
BACKLOG = (
    4096  # connections that wait to be accepted; the kernel takes at most net.core.somaxconn, often as many
)
MOST = 1_000_000_000
SPARE_FILES = 256  # for what is no connection: refused ones, files, and those of one turn of the reactor


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's options as plain, checked values.

    :param listen: endpoint descriptions; when there are none, the fallback endpoint of the next three.
    :param language: of replies, CLDR's identifier.
    :param zone: in which dates are told; None for the machine's.
    :param port_file: where to say where the server listens, an absolute path; None for nowhere.
    :param tls: a PEM file for the ports to speak TLS; None for plain.
    :param idle_timeout: seconds that a conversation may go without a line; 0 for any time.
    :param max_connections: open at a time; None for as many as there is room for.
    :param max_per_host: of these from one host; 0 for any number.
    :param drain: seconds that conversations may take to end when the server stops.
    """

    listen: tuple[str, ...]
    base_port: int
    port_tries: int
    interface: str
    farewell: str
    zone: tzinfo | None = None
    language: str = ENGLISH
    port_file: Path | None = None
    tls: str | None = None
    idle_timeout: float = DEFAULT_IDLE
    max_connections: int | None = None
    max_per_host: int = 0
    drain: float = DEFAULT_DRAIN


class Options(options.Options):
    """``twistd datechat``'s options."""

    longdesc = Sentence(
        "Answers each line with one line: /date with the date, /help with what else there is."
    )

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
    )

    def __init__(self) -> None:
        super().__init__()
        self.listen: list[str] = []
        self.docs["listen"] = Sentence(
            "A Twisted server endpoint, as in tcp:8000, instead of ports and interface. May be repeated."
        )

    def opt_listen(self, description: str) -> None:
        """Add an endpoint."""
        self.listen.append(description)

    def parseArgs(self, *args: str) -> None:
        if args:
            raise usage_error(sentences.NOT_AN_OPTION, word=args[0])

    def postOptions(self) -> None:
        self.settings = self._check()
        _leave_out_pidfile(self.parent)

    def _check(self) -> Settings:
        if self.listen and any(self[name] != self.defaults[name] for name in _PORT_OPTIONS):
            raise usage_error(sentences.LISTEN_ALONE)
        if self.listen and self["tls"] is not None:
            raise usage_error(sentences.TLS_WITH_LISTEN)
        settings = Settings(
            listen=tuple(self.listen),
            base_port=whole_number(self, "base-port", 1, HIGHEST_PORT),
            port_tries=whole_number(self, "port-tries", 1, HIGHEST_PORT),
            interface=self["interface"],
            farewell=self["farewell"],
            zone=None if self["zone"] is None else _dates("zone", _zone, self["zone"]),
            language=_dates("lang", languages.find, self["lang"]),
            port_file=Path(self["port-file"]).absolute() if self["port-file"] is not None else None,
            tls=self["tls"],
            idle_timeout=seconds(self, "idle-timeout", none=True),
            max_connections=self["max-connections"] and whole_number(self, "max-connections", 1, MOST),
            max_per_host=whole_number(self, "max-per-host", 0, MOST),
            drain=seconds(self, "drain", none=True),
        )
        try:
            farewell.check(settings.farewell)
        except WrongFarewell as error:
            raise usage_error(sentences.REFUSED_OPTION, option="farewell", reason=error) from None
        return settings


T = TypeVar("T")


def _dates(option: str, find: Callable[[str], T], text: str) -> T:
    """What an option about dates names.

    :raises UsageError: it is not known.
    """
    try:
        return find(text)
    except DateError as error:
        refused = errors.refused(error, ENGLISH)
        reason = Told(refused.kind.sentence, **refused.values)
        raise usage_error(sentences.REFUSED_OPTION, option=option, reason=reason) from None


def _zone(place: str) -> tzinfo:
    zone_data.use_newest(os.environ)
    return places.find(place)


_PORT_OPTIONS = ("base-port", "port-tries", "interface")


def _leave_out_pidfile(twistd: Any) -> None:
    """Let several servers run in the foreground from one folder: twistd's pidfile would stop the second."""
    if twistd is not None and twistd.get("nodaemon") and twistd["pidfile"] == twistd.defaults["pidfile"]:
        twistd["pidfile"] = ""


def machine_zone() -> tzinfo:
    """The machine's zone; UTC, with a warning in the log, when it has none that can be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zone = tzlocal.get_localzone()
    except (KeyError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        _log.warn("This machine's time zone cannot be read ({reason}); telling UTC.", reason=reason)
        return ZoneInfo("UTC")
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def make_endpoints(reactor: Any, settings: Settings) -> list[IStreamServerEndpoint]:
    """The endpoints that the settings name, in their order.

    :raises ValueError: one is described wrongly; the message is a sentence.
    """
    if not settings.listen:
        make = None if settings.tls is None else tls_endpoints(reactor, settings.tls, BACKLOG)
        where = settings.base_port, settings.port_tries, settings.interface
        return [FallbackServerEndpoint(reactor, *where, BACKLOG, make)]
    return [_described(reactor, description) for description in settings.listen]


def _described(reactor: Any, description: str) -> IStreamServerEndpoint:
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, description)
    except LookupError:
        raise ValueError(say(sentences.NO_SUCH_SOCKET, description=description)) from None
    except Exception as error:  # parsers, ours or a plugin's, raise what they like
        raise ValueError(say(sentences.NOT_A_LISTENER, description=description, error=error)) from error
    return endpoint


def _limits(settings: Settings) -> Limits:
    """What the server gives.

    :raises ValueError: the limit of open files has no room for it; the message is a sentence.
    """
    files = raise_descriptor_limit()
    room = max(1, files - min(SPARE_FILES, files // 2)) if files else 0
    asked = settings.max_connections
    if asked is not None and asked > room > 0:
        raise ValueError(say(sentences.TOO_MANY_CONNECTIONS, asked=asked, room=room))
    return Limits(settings.idle_timeout, asked or room, settings.max_per_host)


def makeService(options: Options) -> IService:
    """The service, which listens already.

    Daemonised twistd could tell a failure to listen only by a hundred bytes of it through a pipe; here it has
    neither left the terminal nor written a pidfile. UNIX sockets alone have to wait until it has: their lock
    holds the number of the process.

    :raises SystemExit: it cannot listen, and has said why in a sentence.
    """
    from twisted.internet import reactor

    settings = options.settings
    try:
        endpoints = make_endpoints(reactor, settings)
        limits = _limits(settings)
    except ValueError as error:
        refuse(say_error(error))
    zone_data.use_newest(os.environ)
    data = zone_data.in_use()
    _log.info("Zone data {data}.", data=data)
    defaults = Defaults(
        now_ns=time.time_ns,
        zone=settings.zone or machine_zone(),
        farewell=settings.farewell,
        language=settings.language,
        health=partial(clock.health, data.version),
    )
    factory = DateFactory(lambda: Session(defaults), reactor, limits)
    _warm_up(Session(defaults))
    never_pause()
    try:
        service = DateService(endpoints, factory, _announcers(settings), Process(reactor), settings.drain)
        service.listen(_to_listen_early(options, endpoints))
    except Exception as error:
        raise SystemExit(f"datechat: {_why(error)}") from None
    return service


def _warm_up(session: Session) -> None:
    """Load what is loaded once, for places and languages, before a peer has to wait for it."""
    for line in (b"/zones a", b"/date in Paris", b"/lang fr", b"/date +full", b"/lang de", b"/until now"):
        session.reply_to(line)


def _why(error: Exception) -> str:
    """The sentence in an error of an endpoint, ours or another."""
    match error:
        case PortUnavailable():
            return say_error(error)
        case CannotListenError(interface=interface, port=port, socketError=OSError(strerror=reason)):
            return say(sentences.CANNOT_LISTEN_ON_PORT, where=interface or "any", port=port, reason=reason)
        case OSError(filename2=bytes(path), strerror=reason):  # a UNIX socket's lock
            where = os.fsdecode(path).removesuffix(".lock")
            return say(sentences.CANNOT_LISTEN, where=where, reason=reason)
        case _:
            return say_error(error)


def _announcers(settings: Settings) -> list[Announcer]:
    announcers: list[Announcer] = []
    if settings.port_file is not None:
        port_file = PortFile(settings.port_file)
        port_file.check()
        announcers.append(port_file)
    notify_socket = os.environ.get("NOTIFY_SOCKET")
    if notify_socket:
        announcers.append(Systemd(notify_socket))
    return announcers


def _to_listen_early(
    options: Options, endpoints: Sequence[IStreamServerEndpoint]
) -> Sequence[IStreamServerEndpoint]:
    if not _leaves_terminal(options.parent):
        return endpoints
    described = zip(options.settings.listen, endpoints, strict=False)
    # Anywhere in it: haproxy: and others stand before the endpoint that they wrap.
    late = [endpoint for description, endpoint in described if "unix:" in description]
    return [endpoint for endpoint in endpoints if endpoint not in late]


def _leaves_terminal(runner: Any) -> bool:
    """Whether twistd will go on in another process."""
    return runner is not None and "nodaemon" in runner and not runner["nodaemon"]


_log = Logger()
