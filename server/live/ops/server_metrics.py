"""Computes the gauges of a server at each request for /metrics; passed to ``Metrics`` by server.processes.server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from server.live.broadcast.hub import Hub
from server.live.loop.loop_lag import LoopLag
from server.live.loop.offload import Offload
from server.live.ops.health_checks import HealthChecks
from server.live.ops.metrics import Gauge
from server.live.rotation.director import Director
from server.live.screens.receipts import Receipts
from server.live.screens.registry import ScreenRegistry
from server.live.sockets.connection_table import ConnectionTable
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.sources import sources

KINDS = ("screen", "guard", "viewer")


def server_gauges(
    director: Director,
    hub: Hub,
    registry: ScreenRegistry,
    receipts: Receipts,
    loop_lag: LoopLag,
    db_thread: Offload,
    table: ConnectionTable,
    health: HealthChecks,
) -> Callable[[], Iterable[Gauge]]:
    """Returns a function that computes all gauges. ``db_thread`` runs its store queries outside the event loop."""

    def read() -> Iterator[Gauge]:
        boards = director.boards()
        notices = Counter(level for _, level in {(one.id, one.level) for board in boards for one, _ in board.notices})
        yield Gauge("bangtin_boards", "Boards on air", _one(len(boards)))
        yield Gauge(
            "bangtin_notices", "Notices on air, by level",
            {level: notices[level] for level in ("urgent", "priority")}, "level",
        )  # fmt: skip
        connections = registry.connection_counts()
        yield Gauge(
            "bangtin_connections", "Open connections of this server, by kind",
            {kind: connections[kind] for kind in KINDS}, "kind",
        )  # fmt: skip
        yield Gauge("bangtin_screens_cut", "Connections cut since the start for not reading", _one(hub.slow_readers))
        yield Gauge(
            "bangtin_refused", "Messages and clients refused since the start, by reason",
            {reason: float(count) for reason, count in hub.refusals.counts.items()}, "reason",
        )  # fmt: skip
        yield Gauge(
            "bangtin_receipts_dropped", "Receipts that prove nothing, since the start, by what they were of",
            {reason: float(receipts.dropped[reason]) for reason in ("viewer", "slide", "notice")}, "reason",
        )  # fmt: skip
        yield Gauge(
            "bangtin_strangers", "Open connections without a key or session, by what they do", table.counts(), "stage"
        )
        yield Gauge(
            "bangtin_strangers_refused", "Such connections closed or refused since the start, by reason",
            {reason: float(count) for reason, count in table.refusals.counts.items()}, "reason",
        )  # fmt: skip
        yield Gauge("bangtin_receipts_waiting", "Receipts not yet written to the store", _one(receipts.waiting))
        yield Gauge("bangtin_store_up", "1 while the store can be read and written", _one(not director.troubles))
        found = health.report()
        kinds = {"broken": float(len(found.broken)), "degraded": float(len(found.degraded))}
        yield Gauge("bangtin_faults", "Faults that /readyz reports, by weight", kinds, "weight")
        yield Gauge("bangtin_loop_lag_worst_seconds", "The latest turn of the last minutes", _one(loop_lag.worst))
        yield Gauge("bangtin_sources", "Sources by how their last reading went", _sources(db_thread), "state")

    return read


def _one(value: float) -> dict[str, float]:
    return {"": float(value)}


def _sources(db_thread: Offload) -> dict[str, float]:
    """The number of sources by state; empty if the store cannot be read, which the gauge bangtin_store_up shows."""
    try:
        return db_thread(_source_states)
    except StoreError:
        return {}


def _source_states(db: Database) -> dict[str, float]:
    found = Counter(
        "gone" if one.gone else "failing" if one.failures else "well" if one.last_good else "unread"
        for one in sources.states(db)
    )
    return {state: float(found[state]) for state in ("well", "failing", "gone", "unread")}
