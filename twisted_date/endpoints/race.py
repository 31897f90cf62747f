"""Connects to the first of several endpoints that turns out to be the service.

Attempts are staggered as in Happy Eyeballs (RFC 8305).
"""

import errno
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import (
    IDelayedCall,
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure

from ..i18n.messages import Sentence
from ..network.connection import abort

CONNECTION_ATTEMPT_DELAY = 0.05  # maximum seconds before the next address is tried while one does not answer
SEARCH_SHARE = 0.25  # of the timeout, in which every address is tried, even if all are silent
PREFERENCE_DELAY = 0.25  # seconds that a verified service waits for one on a lower port
MAX_ATTEMPTS = 256  # attempts at a time: more than the places of a usual search
SPARE_FILES = 8  # files that can still be opened when attempts have used up what the process may open

NO_ANSWER = Sentence("no answer came in time")

Verify = Callable[[Any], Awaitable[object]]

_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE)


class SelfConnection(ConnectError):
    """The socket connected to itself, as can happen on a free port of the ephemeral range."""

    def __str__(self) -> str:
        return Sentence("nothing listens there; the connection met itself")


class Race:
    """Tries endpoints until one of them is verified; each is known by its index, in order of preference.

    The next endpoint is tried as soon as an earlier attempt has failed, or else after
    ``CONNECTION_ATTEMPT_DELAY`` (50 ms), or sooner if there are many: all are tried in a quarter of the
    timeout, whatever the others do. At most ``MAX_ATTEMPTS`` (256) attempts go on at a time, or as many as
    the process may open files; then the oldest is given up for the next. A verified service waits for
    ``PREFERENCE_DELAY`` (0.25 s) for a preferred one.

    :param clock: a reactor, for the delays.
    :param endpoints: one or more endpoints.
    :param factory: builds the protocol of each attempt.
    :param verify: called with the connected protocol and awaited; it raises if this is not the service. None
        accepts whatever accepts the connection.
    :param not_found: makes the error from the causes by index.
    """

    def __init__(
        self,
        clock: IReactorTime,
        endpoints: Sequence[IStreamClientEndpoint],
        factory: IProtocolFactory,
        verify: Verify | None,
        not_found: Callable[[Mapping[int, BaseException]], Exception],
    ) -> None:
        self._not_found = not_found
        self._clock = clock
        self._endpoints = endpoints
        self._factory = factory
        self._verify = verify
        self._next_index = 0
        self._attempts: dict[int, Deferred[None]] = {}
        self._verified: dict[int, Any] = {}
        self._causes: dict[int, BaseException] = {}
        self._max_attempts = MAX_ATTEMPTS
        self._attempt_call: IDelayedCall | None = None
        self._preference_call: IDelayedCall | None = None
        self._result: Deferred[IProtocol] = Deferred()

    async def run(self, timeout: float) -> IProtocol:
        """Return the protocol of the most preferred endpoint that is verified; no other stays connected.

        :param timeout: seconds for all attempts.
        :raises Exception: the error that ``not_found`` makes, when none is verified in time.
        """
        deadline = self._clock.callLater(timeout, self._decide, True)
        self._delay = min(CONNECTION_ATTEMPT_DELAY, timeout * SEARCH_SHARE / len(self._endpoints))
        self._start_attempt()
        try:
            return await self._result
        finally:
            for call in (deadline, self._attempt_call, self._preference_call):
                if call is not None and call.active():
                    call.cancel()
            for attempt in list(self._attempts.values()):
                attempt.cancel()
            for protocol in self._verified.values():  # verified, but not chosen
                abort(protocol.transport)

    def _start_attempt(self) -> None:
        """Start the next attempt, unless a service was found."""
        if self._verified or self._next_index == len(self._endpoints):
            return
        if len(self._attempts) >= self._max_attempts:
            self._make_room()
            return
        index, self._next_index = self._next_index, self._next_index + 1
        self._attempt_call = self._clock.callLater(self._delay, self._start_attempt)
        attempt = Deferred.fromCoroutine(self._attempt(index))
        self._attempts[index] = attempt
        attempt.addBoth(self._attempt_done, index)

    def _make_room(self) -> None:
        """Give up the oldest attempts, and start the next one when their files are closed."""
        for index in sorted(self._attempts)[: len(self._attempts) - self._max_attempts + 1]:
            self._causes[index] = TimeoutError(NO_ANSWER)
            self._attempts[index].cancel()
        self._attempt_call = self._clock.callLater(0, self._start_attempt)

    async def _attempt(self, index: int) -> None:
        protocol: Any = await self._endpoints[index].connect(self._factory)
        try:
            if protocol.transport.getHost() == protocol.transport.getPeer():
                raise SelfConnection
            if self._verify is not None:
                await self._verify(protocol)
            if self._result.called or index in self._causes:  # verify went on although it was cancelled
                raise CancelledError
        except BaseException:
            abort(protocol.transport)
            raise
        self._verified[index] = protocol

    def _attempt_done(self, result: object, index: int) -> None:
        del self._attempts[index]
        given_up = index in self._causes
        error = None if not isinstance(result, Failure) or result.check(CancelledError) else result.value
        if getattr(error, "osError", None) in _OUT_OF_FILES and self._attempts:
            self._max_attempts = max(1, len(self._attempts) - SPARE_FILES)
            self._next_index = min(index, self._next_index)  # tried again, when there is room
            return
        if error is not None:
            self._causes.setdefault(index, error)
        if not (self._result.called or given_up):
            # In the next iteration: endpoints that fail synchronously must not nest a hundred deep.
            if self._attempt_call is not None and self._attempt_call.active():
                self._attempt_call.reset(0)
            else:
                self._attempt_call = self._clock.callLater(0, self._start_attempt)
            self._decide(False)

    def _decide(self, now: bool) -> None:
        """Settle the result once there is nothing left to wait for, or at once.

        :param now: whether to settle it at once.
        """
        best = min(self._verified, default=None)
        if best is not None:
            if now or not any(index < best for index in self._attempts):
                self._result.callback(self._verified.pop(best))
            elif self._preference_call is None:
                self._preference_call = self._clock.callLater(PREFERENCE_DELAY, self._decide, True)
        elif now or (self._next_index == len(self._endpoints) and not self._attempts):
            self._causes.update(dict.fromkeys(self._attempts, TimeoutError(NO_ANSWER)))
            self._result.errback(self._not_found(self._causes))
