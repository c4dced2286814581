"""Figures for a monitor that reads them (Prometheus and others): ``/metrics``; made by assembly.

Only those may read who ask this server itself from a network that config names: figures say how a province is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

Network = IPv4Network | IPv6Network
LATE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
NOT_FROM_HERE = "Chỉ máy giám sát được đọc: ghi mạng của nó vào [server] metrics_from, và hỏi thẳng máy chủ này.\n"


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: what it is called, what it says, and its value by label; one with the label "" stands alone."""

    name: str
    meaning: str
    values: Mapping[str, float]
    label: str = ""


class Metrics:
    """This process's figures; ``figures`` is asked at each reading."""

    def __init__(self) -> None:
        self.figures: Callable[[], Iterable[Gauge]] = tuple
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._late = Histogram(
            "bangtin_loop_lag_seconds", "How late the server's loop turned", buckets=LATE, registry=self.registry
        )
        self.registry.register(self)

    def observe_late(self, seconds: float) -> None:
        self._late.observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        for one in self.figures():
            family = GaugeMetricFamily(one.name, one.meaning, labels=[one.label] if one.label else None)
            for label, value in one.values.items():
                family.add_metric([label] if one.label else [], value)
            yield family


def metrics_pages(metrics: Metrics, networks: Sequence[Network]) -> Blueprint:
    """``/metrics``; 403 with the way out for whoever asks from elsewhere, or through a proxy."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def read() -> Response:
        asking = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - nobody's address, in no network
        if "X-Forwarded-For" in request.headers or not any(asking in one for one in networks):
            return Response(NOT_FROM_HERE, 403, content_type="text/plain; charset=utf-8")
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return pages
