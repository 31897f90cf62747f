"""The server's connections as a whole: who may come in, who was idle for too long, and the end of all."""

from collections.abc import Callable, Iterable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.internet.protocol import Factory

from ..conversation import errors
from ..conversation.session import Session
from ..network.closing import lingering
from ..network.refusals import Refusals
from ..network.scheduler import Turns
from ..network.timeouts import Deadlines
from .limits import NO_LIMITS, Guests, Limits, Visitors
from .protocol import DateProtocol

_REFUSALS = (errors.FULL, errors.TOO_MANY_FROM_HOST, errors.STOPPING)
LULL = 0.05  # seconds without a line after which a peer has asked what it wanted, when the server stops


class DateFactory(Factory):
    """Makes a protocol with a session of its own for each connection.

    :param new_session: makes a session.
    :param clock: tells how long things take.
    :param limits: how much is given.
    """

    noisy = False

    def __init__(
        self, new_session: Callable[[], Session], clock: IReactorTime, limits: Limits = NO_LIMITS
    ) -> None:
        self.clock = clock
        self.turns = Turns(clock)
        self.lingering = lingering(clock)
        self.limits = limits
        self.sessions = 0  #: Conversations that there have been.
        self.received = 0  #: Bytes from peers, without what TLS adds; those of what is skipped, too.
        self.sent = 0  #: Bytes of replies.
        self.refusals = Refusals(clock, *(kind.code for kind in _REFUSALS))
        self._new_session = new_session
        self._guests = Guests(limits)
        self._idle = Deadlines(clock, limits.idle, self._dismiss_idle)
        self._open: dict[DateProtocol, bytes | None] = {}  # by protocol, its host
        self._refused = Visitors()
        self._stopping = False
        self._closed: list[Deferred[None]] = []
        self._timers: list[IDelayedCall] = []
        self._latest = 0.0  # when peers are told of the stop at the latest

    @property
    def count(self) -> int:
        """How many conversations are open."""
        return len(self._open)

    def doStart(self) -> None:
        super().doStart()
        self._stopping = False

    def buildProtocol(self, addr: IAddress | None) -> DateProtocol:
        host = self._guests.host(addr)
        refusal = errors.STOPPING if self._stopping else self._guests.enter(host)
        protocol = DateProtocol(self._new_session(), self, refusal)
        if refusal is not None:
            self.refusals.count(refusal.code, addr)
            self._refused.enter(protocol)
        else:
            self.sessions += 1
            self._open[protocol] = host
            self.heard(protocol)
        return protocol

    def heard(self, protocol: DateProtocol) -> None:
        """A connection answered lines, or began."""
        if self.limits.idle:
            self._idle.put_off(protocol)

    def gone(self, protocol: DateProtocol) -> None:
        """A connection is gone."""
        self._idle.cancel(protocol)
        if protocol in self._open:
            self._guests.leave(self._open.pop(protocol))
        self._refused.leave(protocol)
        if not (self._open or self._refused):
            self._all_gone()

    def close_sessions(self, drain: float) -> Deferred[None]:
        """Answer what was asked, tell every peer that the server is stopping, and close.

        A peer is told as soon as it asks nothing more, or half of the time is over. No new session begins.

        :param drain: seconds after which those that are still there are cut off.
        :return: fires when every connection is gone.
        """
        self._stopping = True
        self.refusals.flush()
        closed: Deferred[None] = Deferred()
        if not (self._open or self._refused):
            closed.callback(None)
            return closed
        self._closed.append(closed)
        if len(self._closed) == 1:
            self._timers = [self.clock.callLater(drain, self.cut_off)]
            self._latest = self.clock.seconds() + drain / 2
            self._look_later()
        return closed

    def cut_off(self) -> None:
        """End every connection now."""
        for protocol in [*self._open, *self._refused]:
            protocol.cut_off()

    def _dismiss_idle(self, protocol: DateProtocol) -> None:
        protocol.dismiss(errors.IDLE, seconds=self.limits.idle)

    def _all_gone(self) -> None:
        for timer in self._timers:
            if timer.active():
                timer.cancel()
        self._timers.clear()
        closed, self._closed = self._closed, []
        for waiting in closed:
            waiting.callback(None)

    def _look_later(self) -> None:
        left = self._latest - self.clock.seconds()
        if left > 0:
            self._timers[1:] = [self.clock.callLater(min(LULL, left), self._dismiss_quiet)]
        else:
            self._dismiss(list(self._open))

    def _dismiss_quiet(self) -> None:
        self._dismiss([protocol for protocol in self._open if protocol.is_quiet()])
        self._look_later()

    def _dismiss(self, protocols: Iterable[DateProtocol]) -> None:
        for protocol in protocols:
            protocol.dismiss(errors.STOPPING)
