"""The page ``/metrics`` for Prometheus and compatible monitors; registered by server.processes.server.

It can be read only from the networks in ``[server] metrics_from`` and not through a proxy, because metrics reveal how
the system is set up.
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
LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
NOT_FROM_HERE = "Chỉ máy giám sát được đọc: ghi mạng của nó vào [server] metrics_from, và hỏi thẳng máy chủ này.\n"


@dataclass(frozen=True, slots=True)
class Gauge:
    """One Prometheus gauge. ``meaning`` is its help text; ``values`` maps the values of its ``label`` to numbers.

    A gauge without a label has ``label`` "" and one value under the key "".
    """

    name: str
    meaning: str
    values: Mapping[str, float]
    label: str = ""


class Metrics:
    """The metrics of this process. ``gauges`` is called at each request, and returns the gauges to report."""

    def __init__(self) -> None:
        self.gauges: Callable[[], Iterable[Gauge]] = tuple
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._lag = Histogram(
            "bangtin_loop_lag_seconds",
            "How late the server's loop turned",
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(self)

    def observe_lag(self, seconds: float) -> None:
        """Adds one measurement of the event loop's lag to the histogram."""
        self._lag.observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """Yields the gauges as Prometheus metrics; called by Prometheus's ``CollectorRegistry``."""
        for one in self.gauges():
            family = GaugeMetricFamily(one.name, one.meaning, labels=[one.label] if one.label else None)
            for label, value in one.values.items():
                family.add_metric([label] if one.label else [], value)
            yield family


def metrics_pages(metrics: Metrics, networks: Sequence[Network]) -> Blueprint:
    """The blueprint of ``/metrics``, readable from ``networks`` only.

    Other clients, and requests through a proxy, get 403 with a text that names the key of the configuration.
    """
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def read_metrics() -> Response:
        client = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - an address in no network
        if "X-Forwarded-For" in request.headers or not any(client in one for one in networks):
            return Response(NOT_FROM_HERE, 403, content_type="text/plain; charset=utf-8")
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return pages
