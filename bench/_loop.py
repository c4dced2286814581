"""Reads the lag of the server's event loop from its /metrics; used by pressure and rotation."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.station import Station

_BUCKETS = "bangtin_loop_lag_seconds_bucket"
_WORST = "bangtin_loop_lag_worst_seconds"


def loop_lag(station: Station, before: dict[float, float] | None = None) -> str:
    """The lag in ms as text such as "p99.9 <= 10, worst 31", or "-" if the server reports none.

    With ``before``, an earlier result of ``lag_counts``, the percentile covers only the time since then. The worst
    value is that of the last one to two minutes.
    """
    counts = lag_counts(station)
    since = {limit: count - (before or {}).get(limit, 0.0) for limit, count in counts.items()}
    every = max(since.values(), default=0.0)
    limit = next((limit for limit, count in sorted(since.items()) if count >= 0.999 * every), float("inf"))
    worst = _samples(station, _WORST)
    return f"p99.9 <= {limit * 1000:g}, worst {worst[0][1] * 1000:.0f}" if worst else "-"


def lag_counts(station: Station) -> dict[float, float]:
    """The cumulative histogram of the lag since the server started: upper bound in seconds -> measurements."""
    return {float(labels["le"]): value for labels, value in _samples(station, _BUCKETS)}


def _samples(station: Station, name: str) -> list[tuple[dict[str, str], float]]:
    status, body = station.get("/metrics")
    if status != 200:
        return []
    families = text_string_to_metric_families(body.decode())
    return [(one.labels, one.value) for family in families for one in family.samples if one.name == name]
