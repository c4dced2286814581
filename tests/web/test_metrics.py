"""``/metrics``: its values, its Prometheus format, and which networks may read it."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from server.live.ops.metrics import Gauge, Metrics, metrics_pages


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def client(metrics: Metrics) -> FlaskClient:
    app = Flask("metrics")
    app.register_blueprint(metrics_pages(metrics, [ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16")]))
    return app.test_client()


def read(client: FlaskClient) -> dict[str, dict[tuple[str, ...], float]]:
    """Reads /metrics; returns name of the metric -> values of its labels -> value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").get_data(as_text=True)):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_figures_are_asked_for_at_each_reading(client: FlaskClient, metrics: Metrics) -> None:
    boards = [3.0]
    metrics.gauges = lambda: [
        Gauge("bangtin_boards", "Boards on air", {"": boards[0]}),
        Gauge("bangtin_connections", "By kind", {"screen": 2, "viewer": 1}, "kind"),
    ]
    assert read(client)["bangtin_boards"] == {(): 3}
    boards[0] = 4
    said = read(client)
    assert said["bangtin_boards"] == {(): 4}
    assert said["bangtin_connections"] == {("screen",): 2, ("viewer",): 1}
    assert said["process_resident_memory_bytes"][()] > 0


def test_late_turns_are_counted(client: FlaskClient, metrics: Metrics) -> None:
    for seconds in (0.0, 0.004, 0.3):
        metrics.observe_lag(seconds)
    counted = read(client)["bangtin_loop_lag_seconds_bucket"]
    assert (counted[("0.001",)], counted[("0.005",)], counted[("0.5",)]) == (1, 2, 3)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.1.200.3", {}, 200),
        ("10.2.0.1", {}, 403),
        ("2001:db8::1", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_only_named_networks_read_and_never_through_a_proxy(
    client: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert ("metrics_from" in answer.get_data(as_text=True)) == (status == 403)
