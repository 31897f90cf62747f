"""The server: from its options to a running service, for ``twistd`` and ``twist``."""

import os
from collections.abc import Sequence
from functools import partial
from typing import Any

from twisted.application.service import IService
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from ..cli.options import WrongSettings, exit_with_usage_error, translate, translate_error
from ..conversation.counts import Counts
from ..conversation.session import Session
from ..dates import zone_data
from ..endpoints.fallback_server import PortUnavailable
from ..i18n.messages import Sentence, SentenceError
from . import kernel_clock
from .announce import Announcer, PortFile, Systemd
from .factory import DateFactory, make_factory
from .limits import Limits
from .listeners import make_listeners
from .options import Options
from .process import Process, disable_full_gc, raise_descriptor_limit
from .service import DateService, Listener
from .settings import Settings

CANNOT_LISTEN = Sentence("cannot listen on {where}: {reason}")

SPARE_FILES = 256  # for what is no connection: refused ones, files, and those of one turn of the reactor
WARM_UP_LINES = (b"/until now", b"/zones a", b"/date in Paris", b"/lang fr", b"/date +full", b"/lang de")
BETWEEN_PIECES = 0.1  # seconds


def _limits(settings: Settings) -> Limits:
    """What the server gives.

    :raises WrongSettings: the limit of open files has no room for it.
    """
    files = raise_descriptor_limit()
    room = max(1, files - min(SPARE_FILES, files // 2)) if files else 0
    asked = settings.max_connections
    if asked is not None and asked > room > 0:
        raise WrongSettings(
            Sentence("--max-connections is {asked}; the limit of open files (ulimit -n) has room for {room}"),
            asked=asked,
            room=room,
        )
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
        factory = _factory(reactor, settings)
        listeners = make_listeners(reactor, settings, factory)
    except SentenceError as error:
        exit_with_usage_error(translate_error(error))
    process = Process(reactor)
    try:
        service = DateService(listeners, factory, _announcers(settings), process, settings.drain)
        service.listen(_to_listen_early(options, listeners))
    except Exception as error:
        raise SystemExit(f"datechat: {_why(error)}") from None
    session = Session(factory.defaults, Counts(), factory.cache)
    process.when_running(lambda: reactor.callLater(BETWEEN_PIECES, _warm_up, reactor, session))
    return service


def _factory(reactor: Any, settings: Settings) -> DateFactory:
    zone_data.use_newest(os.environ)
    data = zone_data.in_use()
    _log.info("Zone data {data}.", data=data)
    return make_factory(
        reactor,
        zone=settings.zone,
        farewell=settings.farewell,
        language=settings.language,
        limits=_limits(settings),
        health=partial(kernel_clock.health, data.version),
    )


def _warm_up(clock: IReactorTime, session: Session, lines: Sequence[bytes] = WARM_UP_LINES) -> None:
    """Load what is loaded once, for places and languages, before a peer has to wait for it.

    The first peers do not wait for all of it: it is loaded in pieces, of 50 ms at the most.
    """
    session.reply_to(lines[0])
    if lines[1:]:
        clock.callLater(BETWEEN_PIECES, _warm_up, clock, session, lines[1:])
    else:
        disable_full_gc()


def _why(error: Exception) -> str:
    """The sentence in an error of an endpoint, ours or another."""
    match error:
        case PortUnavailable():
            return translate_error(error)
        case CannotListenError(port=str() | bytes() as path, socketError=error):  # a UNIX socket
            reason = getattr(error, "strerror", None) or error
            return translate(CANNOT_LISTEN, where=os.fsdecode(path), reason=reason)
        case CannotListenError(interface=interface, port=port, socketError=OSError(strerror=reason)):
            return translate(
                Sentence("cannot listen on {where}, port {port}: {reason}"),
                where=interface or "*",
                port=port,
                reason=reason,
            )
        case OverflowError():
            return translate(Sentence("cannot listen: a port is out of range; give one from 1 to 65535"))
        case OSError(filename2=bytes(path), strerror=reason):  # a UNIX socket's lock
            where = os.fsdecode(path).removesuffix(".lock")
            return translate(CANNOT_LISTEN, where=where, reason=reason)
        case _:
            return translate_error(error)


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


def _to_listen_early(options: Options, listeners: Sequence[Listener]) -> Sequence[Listener]:
    if not _leaves_terminal(options.parent):
        return listeners
    # Anywhere in it: haproxy: and others stand before the endpoint that they wrap.
    return [listener for listener in listeners if "unix:" not in listener.description]


def _leaves_terminal(runner: Any) -> bool:
    """Whether twistd will go on in another process."""
    return runner is not None and "nodaemon" in runner and not runner["nodaemon"]


_log = Logger()
