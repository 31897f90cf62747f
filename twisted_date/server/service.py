"""The service: listens on its endpoints, announces where, and shuts down gracefully."""

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol as Interface, runtime_checkable

from twisted.application.service import Service
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from .. import __version__
from ..cli.options import translate_error
from ..endpoints.ports import addresses_of, close_now, ports_of, uses_tls
from ..network.accept import DescriptorBudget, ThrottledAcceptor, drain_backlog, set_backlog, set_options
from ..network.addresses import format_address, url_of
from ..network.failures import summarize
from ..network.poller import Poller, nested_poller
from .announce import Announcer, CannotAnnounce
from .factory import QUIET_PERIOD, DateFactory
from .process import HostProcess

# Connections that may wait to be accepted; the kernel caps it at net.core.somaxconn, often 4096 too.
BACKLOG = 4096


@runtime_checkable
class Drainable(Interface):
    """A factory whose connections are shut down gracefully."""

    def shut_down(self, drain: float) -> Deferred[None]:
        """Finish what is under way within a number of seconds; fires when no connection is left."""

    def abort_all(self) -> None:
        """Abort every connection."""


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """An endpoint, and the factory that serves it.

    :param endpoint: where to listen.
    :param factory: builds the protocols.
    :param log_verb: the verb phrase of its line in the log.
    :param description: the description that the endpoint was made from, if any.
    :param is_web: whether its addresses are announced as URLs.
    :param is_last: whether it listens until all sessions are closed, for a monitoring system.
    """

    endpoint: IStreamServerEndpoint
    factory: IProtocolFactory
    log_verb: str = "listens"
    description: str = ""
    is_web: bool = False
    is_last: bool = False


class DateService(Service):
    """Listens on every endpoint, or on none.

    :param listeners: the endpoints and what they serve.
    :param factory: the factory of the sessions; at least one of the listeners has it.
    :param announcers: they are told the addresses for sessions once every endpoint listens and the reactor
        runs, and told again when the service stops.
    :param process: the process that the service runs in; it ends when something fails after the start.
    :param drain: seconds that sessions get to finish when the service stops.
    """

    def __init__(
        self,
        listeners: Sequence[Listener],
        factory: DateFactory,
        announcers: Sequence[Announcer],
        process: HostProcess,
        drain: float,
    ) -> None:
        self._listeners = listeners
        self._not_listening = list(listeners)
        self._factory = factory
        self._announcers = announcers
        self._process = process
        self._drain = drain
        self._listening: dict[Listener, Deferred[IListeningPort | None]] = {}
        self._budget = DescriptorBudget()
        self._poller: Poller | None = None  # while the service runs
        self._stopping = self._drain_ended = False

    def __repr__(self) -> str:
        endpoints = ", ".join(repr(listener.endpoint) for listener in self._listeners)
        return f"{type(self).__name__}({endpoints})"

    def listen(self, listeners: Iterable[Listener] | None = None) -> None:
        """Listen now, before the service starts. Connections wait in the backlog until the reactor runs.

        :param listeners: those that listen now, by default all that do not listen yet. The others follow
            when the service starts.
        :raises Exception: when an endpoint fails at once; then all endpoints are closed again.
        """
        self._stopping = self._drain_ended = False
        failures: list[Failure] = []
        starting = True

        def failed(failure: Failure) -> None:
            if starting:
                failures.append(failure)
            elif not self._stopping:
                self._process.fail(failure.getErrorMessage())

        for listener in list(self._not_listening if listeners is None else listeners):
            self._not_listening.remove(listener)
            listening: Deferred[Any] = maybeDeferred(listener.endpoint.listen, listener.factory)
            self._listening[listener] = listening.addErrback(failed)
            if failures:
                _remove_lock(failures[0].value)
                self._stop_listening(list(self._listening))
                failures[0].raiseException()
        starting = False

    def privilegedStartService(self) -> None:
        self.listen()
        super().privilegedStartService()

    def startService(self) -> None:
        self._process.handle_hangup()
        self.listen()
        super().startService()
        self._poller = nested_poller(self._factory.scheduler.clock)
        self._process.when_running(lambda: self._process.on_second_signal(self._end_drain))
        ports: dict[Listener, IListeningPort] = {}
        for listener, listening in self._listening.items():
            listening.addCallback(self._on_listening, listener, ports)

    def stopService(self) -> Deferred[None]:
        """Stop listening, answer pending lines, notify the open sessions, and wait until they are closed.

        :return: fires when they are closed. To cancel it ends the waiting only.
        """
        super().stopService()
        self._stopping = True
        self._process.stopping()
        for announcer in self._announcers:
            try:
                announcer.stopping()
            except Exception:  # whatever it is, the sessions still get their last replies
                _log.error("Cannot announce the stop: {what}", what=summarize(Failure()))
        _log.info("datechat is stopping; open connections: {count}.", count=self._factory.open_sessions)
        listened = bool(self._listening)
        stopped = self._stop_listening([other for other in self._listening if not other.is_last])
        return Deferred.fromCoroutine(self._drain_sessions(stopped, listened))

    async def _drain_sessions(self, stopped: Deferred[None], listened: bool) -> None:
        await stopped
        if listened:  # let the reactor read what just arrived: behind proxy: it has no session yet
            await deferLater(self._factory.scheduler.clock, QUIET_PERIOD)
        drain = 0.0 if self._drain_ended else max(0.0, self._drain - QUIET_PERIOD)
        for closed in [factory.shut_down(drain) for factory in self._factories(is_last=False)]:
            await closed
        await self._stop_listening(list(self._listening))
        for closed in [factory.shut_down(0.0) for factory in self._factories(is_last=True)]:
            await closed
        if self._poller is not None:
            self._poller.close()

    def _end_drain(self) -> None:
        """Abort every connection, and those that are accepted only now."""
        self._drain_ended = True
        for factory in self._factories(is_last=False):
            factory.abort_all()

    def _factories(self, is_last: bool) -> list[Drainable]:
        """The factories whose connections are shut down, each once."""
        factories = [listener.factory for listener in self._listeners if listener.is_last == is_last]
        return [factory for factory in dict.fromkeys(factories) if isinstance(factory, Drainable)]

    def _on_listening(
        self, port: IListeningPort | None, listener: Listener, ports: dict[Listener, IListeningPort]
    ) -> IListeningPort | None:
        """Log where one endpoint listens; announce all addresses when it is the last."""
        if port is not None:
            places = _urls(port) if listener.is_web else map(format_address, addresses_of(port))
            where = " and ".join(places)
            # The verb is part of the format, which twist's JSON log shows as it is.
            log_format = f"datechat {{version}} {listener.log_verb} on {{where}}."
            _log.info(log_format, version=__version__, where=where)
            for part in ports_of(port):
                ThrottledAcceptor(part, self._budget)
                set_options(part)
                if self._poller is not None:
                    self._poller.adopt(part)
                if "backlog=" not in listener.description:
                    set_backlog(part, BACKLOG)
            ports[listener] = port
            if len(ports) == len(self._listening):
                self._process.when_running(lambda: self._announce(ports))
        return port

    def _announce(self, ports: Mapping[Listener, IListeningPort]) -> None:
        addresses = [
            address
            for listener, port in ports.items()
            if listener.factory is self._factory
            for address in addresses_of(port)
        ]
        urls = [url for listener, port in ports.items() if listener.is_web for url in _urls(port)]
        self._factory.defaults.urls[:] = urls
        try:
            for announcer in self._announcers:
                announcer.listening(addresses, urls)
        except CannotAnnounce as error:
            self._process.fail(translate_error(error))

    def _stop_listening(self, listeners: Iterable[Listener]) -> Deferred[None]:
        stopped: list[Deferred[object]] = []
        for listener in listeners:
            listening = self._listening.pop(listener)
            listening.cancel()
            stopped.append(listening.addCallback(self._stop))
        self._not_listening = [other for other in self._listeners if other not in self._listening]
        return gatherResults(stopped).addCallback(lambda _: None)

    def _stop(self, port: IListeningPort | None) -> Deferred[Any] | None:
        if port is None:
            return None
        for part in ports_of(port):
            drain_backlog(part, self._budget)
        return gatherResults([close_now(part).addErrback(_log_not_closed) for part in ports_of(port)])


def _urls(port: IListeningPort) -> list[str]:
    """The URLs under which a browser reaches a port, each once."""
    scheme = "https" if uses_tls(port) else "http"
    return list(dict.fromkeys(url_of(address, scheme) for address in addresses_of(port)))


def _remove_lock(error: object) -> None:
    """Remove the lock that Twisted leaves behind when it cannot bind a UNIX socket.

    At the next start Twisted would take it for the lock of a crashed server, and remove another program's
    socket.
    """
    match error:
        case CannotListenError(port=str() | bytes() as path, socketError=OSError()):  # failed after locking
            lock = os.fsdecode(path) + ".lock"
            with contextlib.suppress(OSError):
                if os.readlink(lock) == str(os.getpid()):  # not ours with lockfile=0
                    os.unlink(lock)


def _log_not_closed(failure: Failure) -> None:
    _log.failure("A port could not be closed.", failure)


_log = Logger()
