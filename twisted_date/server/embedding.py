"""The server as a service in a program of one's own, without effects on the rest of the process."""

from typing import Any

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamServerEndpoint

from .factory import DateFactory
from .limits import check_seconds
from .process import HostProcess
from .service import DateService, Listener
from .settings import DEFAULT_DRAIN


def make_service(
    reactor: Any,
    factory: DateFactory,
    *endpoints: IStreamServerEndpoint | str,
    drain: float = DEFAULT_DRAIN,
) -> DateService:
    """Make a service that listens on endpoints, accepts in moderation, and drains when it stops.

    :param reactor: the reactor of the program.
    :param factory: from :func:`.make_factory`.
    :param endpoints: where to listen, one or more; endpoints or their descriptions.
    :param drain: seconds that sessions get to finish when the service stops.
    :return: an IService. An endpoint that fails at once makes ``privilegedStartService`` (and
        ``startService``, where it was not called before) raise its error: ``PortUnavailable`` or another
        ``CannotListenError``; then none of them listens. ``listen()`` does the same before any start.
    :raises ValueError: when an argument is of the wrong type, a description is invalid, or there is no
        endpoint.
    """
    if not isinstance(factory, DateFactory):
        raise ValueError(f"factory is {factory!r}; give one that make_factory made")
    if not endpoints:
        raise ValueError("no endpoint to listen on; give at least one")
    for endpoint in endpoints:
        if not isinstance(endpoint, str) and not callable(getattr(endpoint, "listen", None)):
            raise ValueError(f"{endpoint!r} is not an endpoint; give a server endpoint or its description")
    check_seconds("drain", drain)
    listeners = [
        Listener(_parse(reactor, endpoint), factory, description=endpoint)
        if isinstance(endpoint, str)
        else Listener(endpoint, factory)
        for endpoint in endpoints
    ]
    return DateService(listeners, factory, (), HostProcess(reactor), drain)


def _parse(reactor: Any, description: str) -> IStreamServerEndpoint:
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, description)
    except Exception as error:  # endpoint parsers raise anything, Twisted's own and plugins'
        raise ValueError(f"{description!r} is not an endpoint like fallback:50000: {error}") from None
    return endpoint
