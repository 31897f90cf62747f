"""What a server tells Prometheus: its counts, read when they are asked for."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from .. import __version__
from ..network.refusals import RefusalLog
from .factory import DateFactory

PREFIX = "datechat_"


class Metrics(Collector):
    """A server's numbers, in Prometheus's terms.

    :param server: counts connections and what was said, and knows the health of the clock.
    :param refusals: of the server and of what stands before it.
    """

    def __init__(
        self,
        server: DateFactory,
        refusals: Sequence[RefusalLog],
    ) -> None:
        self._server = server
        self._refusals = refusals
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """All of them, in Prometheus's text format, version 0.0.4."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """All of them, as they are now."""
        server, said = self._server, self._server.counts
        refused: Counter[str] = Counter()
        for refusals in self._refusals:
            refused.update(refusals.totals)
        yield _number(CounterMetricFamily, "sessions", "Connections that were let in.", server.total_sessions)
        yield _number(
            GaugeMetricFamily, "sessions_open", "Conversations that are open.", server.open_sessions
        )
        most = server.limits.connections or float("inf")
        yield _number(GaugeMetricFamily, "sessions_max", "Conversations that may be open.", most)
        yield _numbers("requests", "Lines by command.", "command", said.requests)
        yield _numbers("errors", "Replies that were errors, by their code.", "code", said.errors)
        yield _numbers("refused_connections", "Connections that were refused.", "reason", refused)
        yield _number(CounterMetricFamily, "received_bytes", "Bytes that peers sent.", server.bytes_received)
        yield _number(CounterMetricFamily, "sent_bytes", "Bytes of replies.", server.bytes_sent)
        yield from self._clock()
        yield from _process()

    def _clock(self) -> Iterable[Metric]:
        health = self._server.defaults.health()
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


def _process() -> Iterable[Metric]:
    """Two of what Prometheus's own collector tells; of these, to list the open files takes long."""
    yield CounterMetricFamily("process_cpu_seconds", "Processor time, user and system.", time.process_time())
    with contextlib.suppress(OSError):  # not on Linux
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        memory = pages * os.sysconf("SC_PAGE_SIZE")
        yield GaugeMetricFamily("process_resident_memory_bytes", "Memory that it holds.", memory)
