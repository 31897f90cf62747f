"""Makes the service from the options, for ``twistd`` and ``twist``."""

import os
import time
from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from twisted.application.service import IService
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from ..cli.clock import use_monotonic_time
from ..cli.options import WrongSettings, exit_with_usage_error, translate, translate_error
from ..conversation.counts import Counts
from ..conversation.session import Session
from ..dates import zone_data, zones
from ..endpoints.fallback_server import PortUnavailable
from ..i18n.messages import Sentence, SentenceError
from ..network.scheduler import Scheduler
from . import kernel_clock
from .announce import Announcer, PortFile, Systemd
from .certificates import Certificates
from .factory import DateFactory, make_factory
from .limits import Limits
from .listeners import make_listeners
from .machine_zone import machine_zone
from .options import Options
from .process import MemoryTrimmer, Process, disable_full_gc, raise_descriptor_limit, trim_memory
from .reload import Reloader
from .service import DateService, Listener
from .settings import Settings

CANNOT_LISTEN = Sentence("cannot listen on {where}: {reason}")

SPARE_FILES = 256  # descriptors for all but sessions: refused connections, files, one iteration's accepts
WARM_UP_LINES = (b"/until now", b"/zones a", b"/date in Paris", b"/lang fr", b"/date +full", b"/lang de")
SAMPLES = 25  # lines whose time is measured
USUAL_TIME = 0.000_03  # seconds that such a line takes where the budgets were measured
WARM_UP_INTERVAL = 0.1  # seconds between two lines of the warm-up


def _limits(settings: Settings) -> Limits:
    """Derive the limits from the settings and the limit of open files.

    :raises WrongSettings: when --max-connections exceeds the limit of open files.
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
    """Make the service. It listens already.

    At this point twistd has neither daemonized nor written a pidfile, so a failure to listen reaches the
    terminal as a whole; a daemonized twistd passes on only 100 bytes of it through a pipe. Under a daemon,
    only UNIX sockets listen later, because their lock holds the process id.

    :raises SystemExit: when the settings are wrong or an endpoint cannot listen; the reason is a sentence.
    """
    from twisted.internet import reactor

    use_monotonic_time(reactor)
    settings = options.settings
    try:
        factory = _factory(reactor, settings)
        certificates = Certificates()
        listeners = make_listeners(reactor, settings, factory, certificates)
    except SentenceError as error:
        exit_with_usage_error(translate_error(error))
    process = Process(reactor)
    try:
        announcers = _announcers(settings)
        service = DateService(listeners, factory, announcers, process, settings.drain)
        service.listen(_early_listeners(options, listeners))
    except Exception as error:
        raise SystemExit(f"datechat: {_describe(error)}") from None
    zone = partial(_current_zone, settings.zone)
    reloader = Reloader(reactor, factory, certificates, zone, announcers, os.environ)
    process.when_running(reloader.start)
    process.reload = reloader.reload
    factory.on_session_end = MemoryTrimmer(trim_memory).session_ended
    session = Session(factory.defaults, Counts(), factory.cache)
    scheduler = factory.scheduler
    process.when_running(lambda: reactor.callLater(WARM_UP_INTERVAL, _warm_up, scheduler, session))
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
        health=lambda: kernel_clock.health(zone_data.in_use().version),
    )


def _current_zone(zone: tzinfo | None) -> tzinfo:
    """The zone of replies from the zone data as it is now; the machine's when none was asked for."""
    if zone is None:
        return machine_zone()
    name = zones.iana_name(zone)
    return zone if name is None else ZoneInfo(name)


def _warm_up(scheduler: Scheduler, session: Session, lines: Sequence[bytes] = WARM_UP_LINES) -> None:
    """Load the data of places and languages before a peer has to wait for it.

    Each line loads one part, in at most 50 ms, so that the first peers wait for one part only. After the
    last line, the speed of the machine is measured, and full garbage collections are disabled.
    """
    session.reply_to(lines[0])
    if lines[1:]:
        scheduler.clock.callLater(WARM_UP_INTERVAL, _warm_up, scheduler, session, lines[1:])
    else:
        scheduler.slowness = _slowness(session)
        disable_full_gc()


def _slowness(session: Session) -> float:
    """How many times longer usual lines take than where the budgets were measured; at least 1."""
    start = time.thread_time()
    for number in range(SAMPLES):
        session.reply_to(b"/date @%d +%%s" % number)
    return max(1.0, (time.thread_time() - start) / SAMPLES / USUAL_TIME)


def _describe(error: Exception) -> str:
    """Describe an error of any endpoint in a sentence."""
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


def _early_listeners(options: Options, listeners: Sequence[Listener]) -> Sequence[Listener]:
    if not _will_daemonize(options.parent):
        return listeners
    # Not only at the start: haproxy: and others precede the endpoint that they wrap.
    return [listener for listener in listeners if "unix:" not in listener.description]


def _will_daemonize(runner: Any) -> bool:
    """Whether twistd will fork and continue in another process."""
    return runner is not None and "nodaemon" in runner and not runner["nodaemon"]


_log = Logger()
