"""Metrics for Prometheus, collected when they are requested."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from .. import __version__
from ..dates.zone_data import ZoneData
from ..network.refusals import RefusalLog
from .certificates import Certificates
from .factory import DateFactory

if TYPE_CHECKING:
    from .web.factory import WebFactory

PREFIX = "datechat_"


class Metrics(Collector):
    """Collects the metrics of a server.

    :param server: counts sessions, bytes, requests and errors, and knows the health of the clock.
    :param refusals: the refusal logs of the server and of the proxy endpoints in front of it.
    :param web: counts HTTP responses; None when there is no web endpoint.
    :param certificates: those of the TLS ports.
    """

    def __init__(
        self,
        server: DateFactory,
        refusals: Sequence[RefusalLog],
        web: "WebFactory | None" = None,
        certificates: Certificates | None = None,
    ) -> None:
        self._server = server
        self._web = web
        self._certificates = certificates
        self._refusals = refusals
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """All metrics, in Prometheus's text format, version 0.0.4."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Yield all metrics with their current values."""
        server, counts = self._server, self._server.counts
        refused: Counter[str] = Counter()
        for refusals in self._refusals:
            refused.update(refusals.totals)
        yield _scalar(CounterMetricFamily, "sessions", "Connections that were let in.", server.total_sessions)
        yield _scalar(
            GaugeMetricFamily, "sessions_open", "Conversations that are open.", server.open_sessions
        )
        maximum = server.limits.connections or float("inf")
        yield _scalar(GaugeMetricFamily, "sessions_max", "Conversations that may be open.", maximum)
        yield _labelled("requests", "Lines by command.", "command", counts.requests)
        yield _labelled("errors", "Replies that were errors, by their code.", "code", counts.errors)
        yield _labelled("refused_connections", "Connections that were refused.", "reason", refused)
        if self._web is not None:
            responses = {str(status): count for status, count in self._web.responses.items()}
            yield _labelled("web_responses", "HTTP responses by their status.", "status", responses)
        yield _scalar(CounterMetricFamily, "received_bytes", "Bytes that peers sent.", server.bytes_received)
        yield _scalar(CounterMetricFamily, "sent_bytes", "Bytes of replies.", server.bytes_sent)
        if self._certificates is not None and self._certificates.expiries:
            help_text = "When the first certificate expires."
            expiry = min(self._certificates.expiries)
            yield _scalar(GaugeMetricFamily, "certificate_expiry_timestamp_seconds", help_text, expiry)
        yield from self._clock()
        yield from _process()

    def _clock(self) -> Iterable[Metric]:
        health = self._server.defaults.health()
        if health.synchronised is not None:
            help_text = "1 when the clock can be trusted, else 0."
            yield _scalar(GaugeMetricFamily, "clock_synchronised", help_text, int(health.synchronised))
        if health.error_ms is not None:
            help_text = "How far the clock is off at the most."
            yield _scalar(GaugeMetricFamily, "clock_error_seconds", help_text, health.error_ms / 1000)
        is_old = ZoneData(health.zone_data, "").is_old(datetime.now(timezone.utc).year)
        yield _scalar(GaugeMetricFamily, "zone_data_old", "1 when it is older than a year.", int(is_old))
        versions = {"version": __version__, "zone_data": health.zone_data or ""}
        yield InfoMetricFamily(PREFIX.rstrip("_"), "Versions.", versions)


def _scalar(
    family: type[CounterMetricFamily] | type[GaugeMetricFamily], name: str, help_text: str, value: float
) -> Metric:
    return family(PREFIX + name, help_text, value)


def _labelled(name: str, help_text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(PREFIX + name, help_text, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _process() -> Iterable[Metric]:
    """Two metrics of Prometheus's own process collector, which also lists the open files and is slow."""
    yield CounterMetricFamily("process_cpu_seconds", "Processor time, user and system.", time.process_time())
    with contextlib.suppress(OSError):  # not on Linux
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        memory = pages * os.sysconf("SC_PAGE_SIZE")
        yield GaugeMetricFamily("process_resident_memory_bytes", "Memory that it holds.", memory)
