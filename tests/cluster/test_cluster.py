"""When one of three servers, Redis, nginx or PostgreSQL is killed, every screen still shows every notice once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from tests.cluster.cluster import Cluster, meanwhile
from tests.postgres import Postgres

BOARDS = [f"bang-{number}" for number in range(12)]
EACH = 20
# The most seconds until an acknowledged notice is on every screen, counted from the restart of the killed part.
SOON = 10
# The most seconds until all screens are connected and have their board's state again, on a busy machine.
CALM = 60
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(400)]
Act = Callable[[], object]


def nothing() -> None:
    """Does nothing: the default of parameters that harm or repair a part of the cluster."""


@pytest.fixture
def cluster(tmp_path: Path, database: Postgres) -> Iterator[Cluster]:
    made = Cluster(tmp_path, database.create("cluster"), BOARDS)
    yield made
    made.close()
    database.drop("cluster")


@pytest.fixture
def crowd(cluster: Cluster) -> Iterator[Crowd]:
    """240 simulated viewers of rotating boards, all connected and with their board's state."""
    now = cluster.servers[0].now(BOARDS[0])
    for board in BOARDS:
        for number in range(3):
            cluster.servers[0].announce(board, f"Thông báo {number}", now)
    people = [Identity(board) for board in BOARDS for _ in range(EACH)]
    with Crowd(cluster.nginx.address, people, monotonic=monotonic) as made:
        assert made.run_until(lambda: made.in_step() == len(people), CALM)
        yield made


@pytest.mark.slow
def test_whatever_is_killed_every_notice_is_on_every_screen_once(
    cluster: Cluster, crowd: Crowd, database: Postgres
) -> None:
    _all_have(cluster, crowd, "Mọi thứ đều chạy", nothing)
    for number, server in enumerate(cluster.servers):
        _all_have(cluster, crowd, f"Máy chủ {number} bị giết", server.kill9_server)
        meanwhile(crowd, server.restart)
    _all_have(cluster, crowd, "Redis bị giết", cluster.redis.kill)
    cluster.redis.start()
    _all_have(cluster, crowd, "Redis đã về", nothing)
    _all_have(cluster, crowd, "nginx bị giết", cluster.nginx.kill, cluster.nginx.start)
    _all_have(cluster, crowd, "PostgreSQL đã về", lambda: _crash(crowd, database))
    assert crowd.report.broken == {}, crowd.report.examples
    # No screen received a notice as new twice, which would have shown it again.
    assert all(len(times) <= EACH for times in crowd.report.arrivals.values())


def test_what_was_acknowledged_just_before_the_database_dies_is_not_lost(
    cluster: Cluster, crowd: Crowd, database: Postgres
) -> None:
    posted = cluster.push("Ngay trước khi cơ sở dữ liệu chết")
    database.crash()
    # The screens keep rotating, and none of them is disconnected.
    lost = crowd.report.counts["lost"]
    crowd.run_until(lambda: False, 3)
    assert crowd.report.counts["lost"] == lost
    meanwhile(crowd, database.start)
    _all_show(crowd, str(posted.id), "Ngay trước khi cơ sở dữ liệu chết")


def _crash(crowd: Crowd, database: Postgres) -> None:
    meanwhile(crowd, database.crash)
    meanwhile(crowd, database.start)


def _all_have(cluster: Cluster, crowd: Crowd, headline: str, harm: Act, mend: Act = nothing) -> None:
    """Asserts that a notice posted right after ``harm`` reaches every screen and stays there.

    ``mend`` runs after the notice was posted, and repairs what ``harm`` did.
    """
    harm()
    posted = meanwhile(crowd, lambda: cluster.push(headline))
    meanwhile(crowd, mend)
    _all_show(crowd, str(posted.id), headline)


def _all_show(crowd: Crowd, number: str, headline: str) -> None:
    assert crowd.run_until(lambda: all(number in one.notices for one in crowd.screens), SOON), headline
    assert crowd.run_until(lambda: crowd.in_step() == len(crowd.screens), CALM), headline
    assert all(number in one.notices for one in crowd.screens), headline
