"""The server's connections as a whole: admits them, closes idle ones and shuts down gracefully."""

import math
import time
from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.internet.protocol import Factory

from ..conversation.cache import ReplyCache
from ..conversation.counts import Counts
from ..conversation.errors import ErrorKind
from ..conversation.farewell import DEFAULT_FAREWELL, check as check_farewell
from ..conversation.health import Health
from ..conversation.session import Session
from ..conversation.state import Defaults
from ..dates.languages import parse_tag
from ..i18n.messages import ENGLISH, SentenceError
from ..network.closing import close_timeouts
from ..network.failures import FailureLog
from ..network.refusals import RefusalLog
from ..network.scheduler import Scheduler
from ..network.timeouts import Timeouts
from .limits import NO_LIMITS, ConnectionLimiter, Limits, ShortLivedConnections, check_seconds
from .machine_zone import machine_zone
from .protocol import DateProtocol

_REFUSALS = (ErrorKind.FULL, ErrorKind.TOO_MANY_FROM_HOST, ErrorKind.STOPPING)
QUIET_PERIOD = 0.05  # seconds of silence after which a peer counts as finished, when the server stops


class DateFactory(Factory):
    """Builds the protocol of each connection, with a session of its own.

    :param defaults: what each session starts with.
    :param clock: measures time and schedules calls; a reactor.
    :param limits: the maximum number of connections, and how long they may be idle.
    """

    noisy = False

    def __init__(self, defaults: Defaults, clock: IReactorTime, limits: Limits = NO_LIMITS) -> None:
        self.defaults = defaults
        self.counts = Counts()  #: Requests and errors of all sessions.
        self.cache = ReplyCache(defaults.now_ns)
        self.seconds = clock.seconds
        self.scheduler = Scheduler(clock)
        self.close_timeouts = close_timeouts(clock)
        self.limits = limits
        self.total_sessions = 0  #: Sessions started so far.
        self.bytes_received = 0  #: Bytes from peers, without TLS overhead; discarded input included.
        self.bytes_sent = 0  #: Bytes of replies.
        self.on_session_end: Callable[[int], object] = lambda left: None  #: Called with the number left.
        self.failures = FailureLog(clock, "A session failed; closing the connection")
        self.refusals = RefusalLog(clock, *(kind.code for kind in _REFUSALS))
        self._limiter = ConnectionLimiter(limits)
        self._idle = Timeouts(clock, limits.idle, self._close_idle)
        #: Seconds for which a connection need not be :meth:`active` again.
        self.idle_slack = min(1.0, limits.idle / 100) or math.inf
        self._open: dict[DateProtocol, bytes | None] = {}  # the host key of each open session
        self._short_lived = ShortLivedConnections()
        self.stopping = False  #: Whether new connections are refused.
        self._waiting: list[Deferred[None]] = []
        self._timers: list[IDelayedCall] = []
        self._deadline = 0.0  # when the remaining peers get the stop notice

    @property
    def open_sessions(self) -> int:
        """The number of open sessions."""
        return len(self._open)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} with {self.open_sessions} open sessions>"

    def doStart(self) -> None:
        super().doStart()
        self.stopping = False

    def buildProtocol(self, addr: IAddress | None) -> DateProtocol:
        refusal = self.admit(addr)
        protocol = DateProtocol(self.new_session(), refusal)
        protocol.factory = self
        if refusal is None:
            self.opened(protocol, addr)
        else:
            self._short_lived.add(protocol)
        return protocol

    def admit(self, addr: IAddress | None) -> ErrorKind | None:
        """Count a connection, or a request, towards the limits, until :meth:`release` or the session's end.

        :param addr: the peer's address.
        :return: None, or the reason why it is refused; then only the refusal is counted.
        """
        host = self._limiter.host_key(addr)
        refusal = ErrorKind.STOPPING if self.stopping else self._limiter.acquire(host)
        if refusal is not None:
            self.refusals.count(refusal.code, addr)
        return refusal

    def release(self, addr: IAddress | None) -> None:
        """Count out what was admitted from an address, and is no session."""
        self._limiter.release(self._limiter.host_key(addr))

    def opened(self, protocol: DateProtocol, addr: IAddress | None) -> None:
        """Note the session of a connection that was admitted; it is counted out when it ends."""
        self.active(protocol)
        self.total_sessions += 1
        self._open[protocol] = self._limiter.host_key(addr)

    def new_session(self) -> Session:
        """Create the session of the next connection."""
        return Session(self.defaults, self.counts, self.cache)

    def active(self, protocol: DateProtocol, ahead: float = 0.0) -> None:
        """Restart the idle timeout of a connection that was opened, or has answered lines.

        :param ahead: see :meth:`.Timeouts.reset`.
        """
        if self.limits.idle:
            self._idle.reset(protocol, ahead)

    def disconnected(self, protocol: DateProtocol) -> None:
        """Forget a connection that is gone."""
        self._idle.cancel(protocol)
        if protocol in self._open:
            self._limiter.release(self._open.pop(protocol))
            self.on_session_end(len(self._open))
        self._short_lived.discard(protocol)
        if not (self._open or self._short_lived):
            self._all_gone()

    def shut_down(self, drain: float) -> Deferred[None]:
        """Answer pending lines, notify the peer of every session that the server is stopping, and close.

        A peer gets the notice as soon as it falls silent, or when half of the drain time is over. New
        connections are refused.

        :param drain: seconds until the remaining connections are aborted; a second call cannot change it.
        :return: fires when every connection is gone.
        :raises ValueError: when the time is not a number, or negative.
        """
        check_seconds("drain", drain)
        self.stopping = True
        self.refusals.flush()
        closed: Deferred[None] = Deferred()
        if not (self._open or self._short_lived):
            closed.callback(None)
            return closed
        self._waiting.append(closed)
        if len(self._waiting) == 1:
            self._timers = [self.scheduler.clock.callLater(drain, self.abort_all)]
            self._deadline = self.scheduler.clock.seconds() + drain / 2
            self._check_later()
        return closed

    def abort_all(self) -> None:
        """Abort every connection."""
        for protocol in [*self._open, *self._short_lived]:
            protocol.abort()

    def _close_idle(self, protocol: DateProtocol) -> None:
        protocol.close_with_error(ErrorKind.IDLE, seconds=self.limits.idle)

    def _all_gone(self) -> None:
        for timer in self._timers:
            if timer.active():
                timer.cancel()
        self._timers.clear()
        waiting, self._waiting = self._waiting, []
        for closed in waiting:
            closed.callback(None)

    def _check_later(self) -> None:
        left = self._deadline - self.scheduler.clock.seconds()
        if left > 0:
            self._timers[1:] = [self.scheduler.clock.callLater(min(QUIET_PERIOD, left), self._close_quiet)]
        else:
            self._close_all(list(self._open))

    def _close_quiet(self) -> None:
        self._close_all([protocol for protocol in self._open if protocol.is_quiet()])
        self._check_later()

    def _close_all(self, protocols: Iterable[DateProtocol]) -> None:
        for protocol in protocols:
            protocol.close_with_error(ErrorKind.STOPPING)


def make_factory(
    reactor: IReactorTime,
    *,
    zone: tzinfo | None = None,
    farewell: str = DEFAULT_FAREWELL,
    language: str = ENGLISH,
    limits: Limits = NO_LIMITS,
    health: Callable[[], Health] = Health,
) -> DateFactory:
    """Make the server's factory, to listen with on any endpoint; the rest of the process is unaffected.

    ::

        factory = make_factory(reactor, zone=ZoneInfo("Europe/Paris"))
        port = await serverFromString(reactor, "fallback:50000").listen(factory)

    To stop, call ``factory.shut_down(5)``, which answers pending lines and refuses new connections; call
    ``port.stopListening()`` first in a program that goes on.

    :param reactor: measures time and schedules calls.
    :param zone: the zone of replies; None for the machine's.
    :param farewell: the phrase that ends a session.
    :param language: the language of replies: ``fr``, ``fr-CA`` or CLDR's identifier.
    :param limits: the maximum number of connections, and how long they may be idle; no limits by default.
    :param health: returns what ``/health`` reports; by default, that nothing is known.
    :raises ValueError: when an argument is of the wrong type, the language is unknown, or the farewell is
        empty, too long, looks like a command or has a control character; as text, a sentence.
    """
    arguments: tuple[tuple[str, object, Any, str], ...] = (
        ("zone", zone, tzinfo | None, "a tzinfo, such as ZoneInfo('Asia/Tokyo')"),
        ("farewell", farewell, str, "a phrase"),
        ("language", language, str, "a tag, such as fr-CA"),
        ("limits", limits, Limits, "a Limits"),
        ("health", health, Callable, "a function"),
    )
    for name, value, kind, right in arguments:
        if not isinstance(value, kind) or value == "":
            raise ValueError(f"{name} is {value!r}; give {right}")
    try:
        defaults = Defaults(
            now_ns=time.time_ns,
            zone=zone or machine_zone(),
            farewell=check_farewell(farewell),
            language=parse_tag(language),
            health=health,
        )
    except SentenceError as error:
        raise ValueError(str(error)) from None
    return DateFactory(defaults, reactor, limits)
