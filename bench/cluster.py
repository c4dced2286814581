"""Measures several servers: the delivery of a notice after a process was killed, and the cost of a second server.

Part 1: three servers, nginx, Redis and PostgreSQL with 300 screens; one process is killed, then a notice is posted.
Part 2: 10,000 screens on one server, then on two with Redis. `make bench`, or `python -m bench cluster`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import monotonic

from bench._figures import table
from bench._marks import mark
from bench._peers import Load, precise_cpu_seconds
from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from server.store.database.engine import Database
from server.store.notices import notices
from tests.cluster.cluster import Cluster, meanwhile
from tests.postgres import Postgres, running
from tests.redis import Redis
from tests.station import ACTOR, Station, config_text

BOARDS = [f"bang-{number}" for number in range(12)]
EACH = 25
LIMIT = 10
CALM = 60
BOARD = "hoi-truong"
SCREENS = 10_000
ROUNDS = 12
WARM = 2


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, running() as database:
        kills = _kills(Path(folder, "kills"), database)
        costs = _costs(Path(folder, "costs"), database)
    return "## Several servers\n\n" + kills + "\n" + costs


# a notice after each kill


def _kills(folder: Path, database: Postgres) -> str:
    cluster = Cluster(folder, database.create("kills"), BOARDS)
    identities = [Identity(board) for board in BOARDS for _ in range(EACH)]
    try:
        _fill(cluster.servers[0], BOARDS)
        with Crowd(cluster.nginx.address, identities, monotonic=monotonic) as crowd:
            _calm(crowd)
            rows = list(_rows(cluster, crowd, database))
            slowest = max(took for _, took, _, _ in rows)
            whole = not any(lost or twice for _, _, lost, twice in rows)
            mark("kills", f"{slowest:.1f} s" + ("" if whole else ", not all once"), met=whole and slowest <= LIMIT)
    finally:
        cluster.close()
        database.drop("kills")
    screens = len(identities)
    head = (f"killed, {screens} screens", f"last screen has it, s (limit {LIMIT})", "never had it", "shown twice")
    return table(head, [(name, f"{took:.2f}", lost, twice) for name, took, lost, twice in rows])


_Row = tuple[str, float, int, int]  # what was killed; seconds; screens without the notice; screens that had it twice


def _rows(cluster: Cluster, crowd: Crowd, database: Postgres) -> Iterator[_Row]:
    def crash() -> None:
        database.crash()
        database.start()

    yield _row(cluster, crowd, "nothing", _nothing)
    for number, server in enumerate(cluster.servers, 1):
        yield _row(cluster, crowd, f"server {number} of 3", server.kill9_server)
        meanwhile(crowd, server.restart)
    yield _row(cluster, crowd, "Redis", cluster.redis.kill)
    cluster.redis.start()
    yield _row(cluster, crowd, "nginx", cluster.nginx.kill, cluster.nginx.start)
    yield _row(cluster, crowd, "PostgreSQL, started again", crash)


def _row(
    cluster: Cluster, crowd: Crowd, name: str, kill: Callable[[], None], restart: Callable[[], None] | None = None
) -> _Row:
    """Calls ``kill``, posts a notice, calls ``restart``, and waits until all screens have the notice.

    Returns (``name``, seconds since the notice was posted, screens without the notice, repeated arrivals).
    """
    meanwhile(crowd, kill)
    posted, acknowledged = meanwhile(crowd, lambda: (str(cluster.push(f"Tin khẩn: {name}").id), monotonic()))
    if restart:
        meanwhile(crowd, restart)
    crowd.run_until(lambda: all(posted in one.notices for one in crowd.screens), CALM)
    took = monotonic() - acknowledged
    _calm(crowd)
    lost = sum(posted not in one.notices for one in crowd.screens)
    twice = sum(max(0, len(times) - EACH) for (_, id), times in crowd.report.arrivals.items() if id == posted)
    return name, took, lost, twice


def _nothing() -> None:
    """Does nothing: the run in which no process is killed, with which the others are compared."""


# what a second server costs


def _costs(folder: Path, database: Postgres) -> str:
    # In the order 1, 2, 2, 1, so that a machine that becomes slower or faster meanwhile favours neither.
    found: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for turn, count in enumerate((1, 2, 2, 1)):
        found[count] += _measure(folder / f"turn-{turn}", database, count)
    (alone, one), (both, two) = (
        (median(spent for spent, _ in found[count]) / SCREENS * 1e6, median(late for _, late in found[count]) * 1000)
        for count in (1, 2)
    )
    head = (f"servers, {SCREENS} screens of one board", "CPU µs a delivered message, summed", "x one (limit 1.2)",
            "median screen after the first, ms", "added, ms (limit 10)")  # fmt: skip
    mark("two-servers", f"{both / alone:.2f} x", met=both / alone <= 1.2)
    mark("redis", f"{two - one:.1f} ms", met=two - one <= 10)
    rows = [
        ("1, no Redis", alone, "1.00", one, ""),
        ("2, with Redis", both, f"{both / alone:.2f}", two, f"{two - one:.1f}"),
    ]
    return table(head, rows)


def _measure(folder: Path, database: Postgres, count: int) -> list[tuple[float, float]]:
    """Sends ``ROUNDS`` notices to ``SCREENS`` screens on ``count`` servers.

    Returns for each (CPU seconds of all servers, seconds from the first arrival to the median).
    """
    url = database.create(f"cost{count}")
    with _servers(folder, url, count) as stations, ExitStack() as stack:
        db = Database.open(url, folder)
        stack.callback(db.close)
        for station in stations:
            station._db = db
        # The same two client processes for one server as for two: wake-ups are part of what a message costs.
        loads = [stack.enter_context(Load(stations[half % count].port, SCREENS // 2)) for half in range(2)]
        # All servers on one core and all screens on the other: processes that run at the same time on cores with a
        # shared cache would slow each other down.
        for pid, core in [*((_pid(one), 0) for one in stations), *((one.pid, 1) for one in loads)]:
            _pin(pid, core)
        found = [_round(stations, loads, f"Tin số {number}") for number in range(WARM + ROUNDS)][WARM:]
    database.drop(f"cost{count}")
    return found


def _round(stations: list[Station], loads: list[Load], headline: str) -> tuple[float, float]:
    """Sends one notice to all screens.

    Returns (CPU seconds of all servers until the last screen has it, seconds from the first arrival to the median).
    """
    for load in loads:
        load.ask("watch")
    before = sum(map(_cpu, stations))
    posted = stations[0].push("tinh", headline, stations[0].now(BOARD))
    reports = [load.line().removeprefix("all").split() for load in loads]
    spent = sum(map(_cpu, stations)) - before
    arrivals = sorted(int(one) for words in reports for one in words[2:])
    notices.clear(stations[0].store, posted.id, actor=ACTOR, now=stations[0].now(BOARD))
    return spent, (median(arrivals) - arrivals[0]) / 1e9


def _cpu(station: Station) -> float:
    return precise_cpu_seconds(_pid(station))


def _pid(station: Station) -> int:
    assert station.server
    return station.server.pid


def _pin(pid: int, core: int) -> None:
    """Binds every thread of a process to one core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


@contextmanager
def _servers(folder: Path, url: str, count: int) -> Iterator[list[Station]]:
    redis = Redis() if count > 1 else None
    queue = f'\n[queue]\nurl = "{redis.url}"\n' if redis else ""
    text = config_text([BOARD]) + f'\n[store]\nurl = "{url}"\n{queue}'
    stations = [Station.of(folder / f"server-{number}", text) for number in range(count)]
    try:
        for one in stations:
            one.start(worker=False)
        yield stations
    finally:
        for one in stations:
            one.close()
        if redis:
            redis.kill()


def _fill(station: Station, boards: Sequence[str]) -> None:
    """Posts three short announcements for each board, so that it rotates."""
    now = station.now(boards[0])
    for board in boards:
        for number in range(3):
            station.announce(board, f"Thông báo {number}", now)


def _calm(crowd: Crowd) -> None:
    assert crowd.run_until(lambda: crowd.in_step() == len(crowd.screens), CALM), "not all screens are in step"


if __name__ == "__main__":
    print(run())
