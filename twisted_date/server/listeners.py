"""The listeners that the settings ask for: the endpoints, and what each serves."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IProtocolFactory, IStreamServerEndpoint

from ..cli.options import WrongSettings
from ..endpoints.fallback_server import FallbackServerEndpoint
from ..endpoints.tls import tls_endpoints
from ..i18n.messages import Sentence
from ..network.refusals import RefusalLog
from . import daytime
from .factory import DateFactory
from .http_page import PageFactory
from .one_shot import OneShotFactory
from .service import BACKLOG, Listener
from .settings import Settings

METRICS_PATH, METRICS_TYPE = "/metrics", "text/plain; version=0.0.4; charset=utf-8"


def make_listeners(reactor: Any, settings: Settings, server: DateFactory) -> list[Listener]:
    """Make all listeners that the settings ask for; those for sessions come first.

    :param server: the factory of the sessions.
    :raises SentenceError: when an endpoint description is invalid, or a dependency is not installed.
    """
    defaults = server.defaults
    listeners = _session_listeners(reactor, settings, server)
    if settings.daytime is not None:
        date = OneShotFactory(lambda: daytime.daytime(defaults.now_ns(), defaults.zone), server.scheduler)
        listeners.append(_listener(reactor, "daytime", settings.daytime, date, "serves the date"))
    if settings.time is not None:
        time = OneShotFactory(lambda: daytime.time(defaults.now_ns()), server.scheduler)
        listeners.append(_listener(reactor, "time", settings.time, time, "serves the time"))
    if settings.metrics is not None:
        refusals = [server.refusals, *_proxy_refusals(listeners)]
        page = _metrics(server, refusals)
        site = PageFactory(METRICS_PATH, METRICS_TYPE, page, server.scheduler)
        listeners.append(_listener(reactor, "metrics", settings.metrics, site, "serves metrics"))
    return listeners


def _session_listeners(reactor: Any, settings: Settings, server: DateFactory) -> list[Listener]:
    if settings.listen:
        return [_listener(reactor, "listen", where, server) for where in settings.listen]
    where = settings.base_port, settings.port_tries, settings.interface
    if settings.tls is None:
        endpoint = FallbackServerEndpoint(reactor, *where, backlog=BACKLOG)
    else:
        make = tls_endpoints(reactor, settings.tls, BACKLOG)
        endpoint = FallbackServerEndpoint(reactor, *where, make_endpoint=make)
    return [Listener(endpoint, server)]


def _listener(
    reactor: Any, option: str, description: str, factory: IProtocolFactory, log_verb: str = "listens"
) -> Listener:
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, description)
    except LookupError:
        raise WrongSettings(
            Sentence("--{option} {description!r}: no such socket was passed to this process"),
            option=option,
            description=description,
        ) from None
    except Exception as error:  # endpoint parsers, plugins included, may raise anything
        raise WrongSettings(
            Sentence("--{option} {description!r} is not an endpoint like tcp:8000: {error}"),
            option=option,
            description=description,
            error=error,
        ) from error
    return Listener(endpoint, factory, log_verb, description)


def _proxy_refusals(listeners: Sequence[Listener]) -> list[RefusalLog]:
    proxy = sys.modules.get("twisted_date.endpoints.proxy")  # not imported means not used
    return [
        listener.endpoint.refusals
        for listener in listeners
        if proxy is not None and isinstance(listener.endpoint, proxy.ProxyEndpoint)
    ]


def _metrics(server: DateFactory, refusals: Sequence[RefusalLog]) -> Callable[[], bytes]:
    try:
        from .metrics import Metrics
    except ImportError:
        raise WrongSettings(
            Sentence("--metrics needs prometheus_client; install datechat[metrics]")
        ) from None
    return Metrics(server, refusals).text
