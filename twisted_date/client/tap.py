"""The client as a service under ``twist``; the ``datechat`` command starts faster without it."""

from typing import Any

from twisted.application.service import IService, Service
from twisted.internet.defer import Deferred

from ..cli.clock import use_monotonic_time
from ..cli.exit import stop_on_hangup, stop_with_status
from .options import Options
from .run import run
from .settings import Settings
from .terminal.streams import Streams, standard_streams


class ClientService(Service):
    """One conversation under ``twist``; the process exits with it.

    :param reactor: the reactor that twist runs.
    :param settings: what the command line asks for.
    :param streams: the process's standard streams.
    """

    def __init__(self, reactor: Any, settings: Settings, streams: Streams) -> None:
        self._reactor = reactor
        self._settings = settings
        self._streams = streams
        self._running: Deferred[None] | None = None

    def startService(self) -> None:
        super().startService()
        self._reactor.callWhenRunning(self._start)

    def stopService(self) -> Deferred[None] | None:
        super().stopService()
        if self._running is not None:
            self._running.cancel()
        return self._running

    def _start(self) -> None:
        stop_on_hangup(self._reactor)
        running = Deferred.fromCoroutine(run(self._reactor, self._settings, self._streams))
        self._running = running.addCallbacks(self._stop_process, lambda cancelled: None)

    def _stop_process(self, status: int) -> None:
        self._running = None
        stop_with_status(self._reactor, status)


def makeService(options: Options) -> IService:
    """Make the client a service for ``twist``."""
    from twisted.internet import reactor

    use_monotonic_time(reactor)
    # Take the streams now: twist replaces sys.stdout and sys.stderr when it starts to log.
    return ClientService(reactor, options.settings, standard_streams(reactor))
