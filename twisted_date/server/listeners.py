"""The listeners that the settings ask for: the endpoints, and what each serves."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IProtocolFactory, IStreamServerEndpoint

from ..cli.options import WrongSettings
from ..endpoints.fallback_server import FallbackServerEndpoint
from ..endpoints.tls import tls_endpoints
from ..i18n.messages import Sentence
from ..network.refusals import RefusalLog
from . import daytime
from .certificates import Certificates
from .factory import DateFactory
from .one_shot import OneShotFactory
from .service import BACKLOG, Listener
from .settings import Settings

if TYPE_CHECKING:
    from .web.factory import WebFactory


def make_listeners(
    reactor: Any, settings: Settings, server: DateFactory, certificates: Certificates | None = None
) -> list[Listener]:
    """Make all listeners that the settings ask for; those for sessions come first.

    :param server: the factory of the sessions.
    :param certificates: gets those of the TLS ports.
    :raises SentenceError: when an endpoint description is invalid, or a dependency is not installed.
    """
    certificates = certificates or Certificates()
    listeners = _session_listeners(reactor, certificates, settings, server)
    if settings.daytime is not None:
        date = OneShotFactory(lambda: daytime.daytime(server.defaults), server.scheduler)
        where = settings.daytime
        listeners.append(_listener(reactor, certificates, "daytime", where, date, "serves the date"))
    if settings.time is not None:
        time = OneShotFactory(lambda: daytime.time(server.defaults.now_ns()), server.scheduler)
        listeners.append(_listener(reactor, certificates, "time", settings.time, time, "serves the time"))
    web = _web_factory(server, settings) if settings.web else None
    if web is not None:
        for where in settings.web:
            listener = _listener(reactor, certificates, "web", where, web, "serves the web")
            listeners.append(replace(listener, is_web=True))
    if settings.metrics is not None:
        refusals = [server.refusals, *_proxy_refusals(listeners)]
        metrics = _metrics_factory(server, refusals, web, certificates)
        listener = _listener(reactor, certificates, "metrics", settings.metrics, metrics, "serves metrics")
        listeners.append(replace(listener, is_last=True))
    return listeners


def _session_listeners(
    reactor: Any, certificates: Certificates, settings: Settings, server: DateFactory
) -> list[Listener]:
    if settings.listen:
        return [_listener(reactor, certificates, "listen", where, server) for where in settings.listen]
    where = settings.base_port, settings.port_tries, settings.interface
    if settings.tls is None:
        endpoint = FallbackServerEndpoint(reactor, *where, backlog=BACKLOG)
    else:
        make = tls_endpoints(certificates.reactor_for(reactor, settings.tls), settings.tls, BACKLOG)
        endpoint = FallbackServerEndpoint(reactor, *where, make_endpoint=make)
    return [Listener(endpoint, server)]


def _listener(
    reactor: Any,
    certificates: Certificates,
    option: str,
    description: str,
    factory: IProtocolFactory,
    log_verb: str = "listens",
) -> Listener:
    try:
        endpoint: IStreamServerEndpoint = serverFromString(
            certificates.reactor_for(reactor, description), description
        )
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


def _web_factory(server: DateFactory, settings: Settings) -> "WebFactory":
    if importlib.util.find_spec("wsproto") is None:
        raise WrongSettings(Sentence("--web needs wsproto; install datechat[web]"))
    from .web.date_site import DateSite
    from .web.factory import WebFactory
    from .web.policy import Policy

    policy = Policy(frozenset(settings.web_hosts), frozenset(settings.web_origins))
    return WebFactory(server, DateSite(server, policy))


def _metrics_factory(
    server: DateFactory,
    refusals: Sequence[RefusalLog],
    web: "WebFactory | None",
    certificates: Certificates,
) -> "WebFactory":
    try:
        from .metrics import Metrics
    except ImportError:
        raise WrongSettings(
            Sentence("--metrics needs prometheus_client; install datechat[metrics]")
        ) from None
    from .web.factory import WebFactory
    from .web.metrics_site import MetricsSite

    return WebFactory(server, MetricsSite(server, Metrics(server, refusals, web, certificates).text))
