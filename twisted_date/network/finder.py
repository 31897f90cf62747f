"""Looks for a datechat server from a base port up, and knows it by its answer."""

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from twisted.internet.defer import Deferred, FailureGroup, race
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint
from twisted.python.failure import Failure

from .client import CannotConnect, DateClient, ServerError, connect

PATIENCE = 0.05  # seconds that one place is waited for before the next is tried beside it


class NoServer(ServerError):
    """None of the places has a datechat server; as text, what was met instead."""


def candidates(reactor: Any, host: str, ports: Sequence[int]) -> Iterator[IStreamClientEndpoint]:
    """Where a server may be, the likeliest place first.

    Both addresses of ``localhost`` are places of their own: a stranger on one does not hide a server on the
    other.

    :param host: a name or an address.
    """
    for port in ports:
        if host == "localhost":
            yield TCP4ClientEndpoint(reactor, "127.0.0.1", port)
            yield TCP6ClientEndpoint(reactor, "::1", port)
        else:
            yield HostnameEndpoint(reactor, host, port)


async def find(places: Sequence[IStreamClientEndpoint], clock: IReactorTime, timeout: float) -> DateClient:
    """The first server that answers as datechat does.

    Each place is tried as soon as the one before it has failed, or beside it after :data:`PATIENCE`.

    :param clock: a reactor, for the time that this may take.
    :param timeout: seconds for all of it; later, for each reply of the server that was found.
    :raises NoServer: there is none; nothing is left open.
    """
    turns: list[Deferred[None]] = [Deferred() for _ in range(len(places) + 1)]

    async def attempt(number: int) -> DateClient:
        await turns[number]
        next_turn = clock.callLater(PATIENCE, turns[number + 1].callback, None)
        try:
            client = await connect(places[number], clock, timeout)
        except ServerError:
            if next_turn.active():
                next_turn.reset(0)
            raise
        except BaseException:
            if next_turn.active():
                next_turn.cancel()
            raise
        if next_turn.active():
            next_turn.cancel()
        return client

    def too_late(_: object, seconds: float) -> NoReturn:
        raise NoServer(f"what listens there did not answer within {seconds:g} seconds")

    attempts = [Deferred.fromCoroutine(attempt(number)) for number in range(len(places))]
    first = race(attempts).addTimeout(timeout, clock, too_late)
    turns[0].callback(None)
    try:
        _, client = await first
    except FailureGroup as group:
        raise _most_telling(group.failures) from None
    return client


def _most_telling(failures: Sequence[Failure]) -> BaseException:
    """What is no answer at all comes first; then that something answered; last, that nothing listens."""
    errors = [failure.value for failure in failures if failure.value is not None]
    for error in errors:
        if not isinstance(error, ServerError):
            return error
    answered = [error for error in errors if not isinstance(error, CannotConnect)]
    return NoServer(str((answered or errors)[0]))
