"""A service that listens as soon as it is made, for programs that must not run without their port."""

from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IStreamServerEndpoint
from twisted.logger import Logger
from twisted.python.failure import Failure

from ..i18n.messages import Sentence
from .arguments import WrongArgument

__all__ = ["ListeningService"]


class ListeningService(Service):
    """Listens on an endpoint from the moment it is made until it stops.

    Twisted's ``StreamServerEndpointService`` listens when it starts; it logs a failure and keeps running.
    A ``ListeningService`` made in ``makeService`` or a ``.tac`` file listens while ``twistd`` still has the
    terminal and its privileges. Connections wait in the backlog until the reactor runs.

    :param endpoint: where to listen.
    :param factory: builds the protocols.
    :raises WrongArgument: when the endpoint is none.
    :raises CannotListenError: when a port is not available; ``PortUnavailable`` from a
        ``FallbackServerEndpoint``. Anything else that the endpoint fails with at once is raised, too. A later
        failure, of an endpoint that takes its time, is logged.
    """

    def __init__(self, endpoint: IStreamServerEndpoint, factory: IProtocolFactory) -> None:
        if not callable(getattr(endpoint, "listen", None)):
            raise WrongArgument(Sentence("{endpoint!r} is not a server endpoint"), endpoint=endpoint)
        self._endpoint = endpoint
        self._factory = factory
        self._listening: Deferred[Any] | None = None
        self._listen()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._endpoint!r}, {self._factory!r})"

    def privilegedStartService(self) -> None:
        super().privilegedStartService()
        self._listen()

    def startService(self) -> None:
        super().startService()
        self._listen()

    def stopService(self) -> Deferred[None] | None:
        """Stop listening; a service that starts again listens again.

        :return: fires when the port is closed, or None when there is no port.
        """
        super().stopService()
        listening, self._listening = self._listening, None
        if listening is None:
            return None
        listening.cancel()
        return listening.addCallback(_stop)

    def _listen(self) -> None:
        """Listen, unless this has been done.

        :raises Exception: what the endpoint fails with at once.
        """
        if self._listening is not None:
            return
        failures: list[Failure] = []
        starting = True

        def failed(failure: Failure) -> None:
            if starting:
                failures.append(failure)
            elif not failure.check(CancelledError):
                _log.failure("Cannot listen.", failure)

        listening = maybeDeferred(self._endpoint.listen, self._factory).addErrback(failed)
        starting = False
        if failures:
            failures[0].raiseException()
        self._listening = listening


def _stop(port: IListeningPort | None) -> Any:
    return None if port is None else port.stopListening()


_log = Logger()
