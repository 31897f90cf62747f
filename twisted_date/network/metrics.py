"""What a server tells Prometheus: its counts, read when they are asked for."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from twisted.web.http import Request
from twisted.web.pages import notFound
from twisted.web.resource import IResource, Resource
from twisted.web.server import Site

from .. import __version__
from ..conversation.counts import Counts
from ..conversation.health import Health
from .refusals import Refusals
from .server import DateFactory

TEXT = "text/plain; version=0.0.4; charset=utf-8"  # which every Prometheus reads
PREFIX = "datechat_"


class ServerCollector(Collector):
    """A server's numbers, in Prometheus's terms.

    :param conversations: counts of what was said.
    :param server: counts connections.
    :param refusals: of the server and of what stands before it.
    :param health: what is known of the clock now.
    """

    def __init__(
        self,
        conversations: Counts,
        server: DateFactory,
        refusals: Sequence[Refusals],
        health: Callable[[], Health],
    ) -> None:
        self._conversations = conversations
        self._server = server
        self._refusals = refusals
        self._health = health

    def collect(self) -> Iterable[Metric]:
        """All of them, as they are now."""
        server, said = self._server, self._conversations
        refused: Counter[str] = Counter()
        for refusals in self._refusals:
            refused.update(refusals.totals)
        yield _number(CounterMetricFamily, "sessions", "Conversations that there have been.", server.sessions)
        yield _number(GaugeMetricFamily, "sessions_open", "Conversations that are open.", server.count)
        most = server.limits.connections or float("inf")
        yield _number(GaugeMetricFamily, "sessions_max", "Conversations that may be open.", most)
        yield _numbers("requests", "Lines by command.", "command", said.requests)
        yield _numbers("errors", "Replies that were errors, by their code.", "code", said.errors)
        yield _numbers("refused_connections", "Connections that were refused.", "reason", refused)
        yield _number(CounterMetricFamily, "received_bytes", "Bytes that peers sent.", server.received)
        yield _number(CounterMetricFamily, "sent_bytes", "Bytes of replies.", server.sent)
        yield from self._clock()

    def _clock(self) -> Iterable[Metric]:
        health = self._health()
        if health.synchronised is not None:
            told = "1 when the clock can be trusted, else 0."
            yield _number(GaugeMetricFamily, "clock_synchronised", told, int(health.synchronised))
        if health.error_ms is not None:
            told = "How far the clock is off at the most."
            yield _number(GaugeMetricFamily, "clock_error_seconds", told, health.error_ms / 1000)
        versions = {"version": __version__, "zone_data": health.zone_data or ""}
        yield InfoMetricFamily(PREFIX.rstrip("_"), "Versions.", versions)


def _number(
    family: type[CounterMetricFamily] | type[GaugeMetricFamily], name: str, told: str, value: float
) -> Metric:
    return family(PREFIX + name, told, value)


def _numbers(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(PREFIX + name, told, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


class _Metrics(Resource):
    isLeaf = True

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__()
        self._registry = registry

    def render_GET(self, request: Request) -> bytes:
        request.setHeader("Content-Type", TEXT)
        return self.tell()

    def tell(self) -> bytes:
        """All numbers as text."""
        return generate_latest(self._registry)


class _Root(Resource):
    def getChild(self, path: bytes, request: Request) -> IResource:
        return notFound(message="The metrics are at /metrics.")


class MetricsSite(Site):
    """An HTTP site with ``/metrics``.

    :param collector: what is told, beside what the process takes from the machine.
    """

    noisy = False

    def __init__(self, collector: Collector) -> None:
        registry = CollectorRegistry()
        registry.register(collector)
        ProcessCollector(registry=registry)
        root = _Root()
        root.putChild(b"metrics", _Metrics(registry))
        super().__init__(root)

    def log(self, request: Request) -> None:
        """Nothing: no peer's words get into the log."""
