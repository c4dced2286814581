"""Three servers, nginx, Redis and PostgreSQL: whichever is killed, every notice is on every screen, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from server.core.model import Notice
from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from server.store.engine import Database
from tests.nginx import Nginx
from tests.postgres import Postgres
from tests.redis import Redis
from tests.station import Station, config_text

BOARDS = [f"bang-{number}" for number in range(6)]
EACH = 4
SOON = 60
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(400)]


class Cluster:
    """Everything started; ``servers`` share nothing but the store and Redis."""

    def __init__(self, folder: Path, url: str) -> None:
        self.redis = Redis()
        text = config_text(BOARDS) + f'\n[store]\nurl = "{url}"\n\n[queue]\nurl = "{self.redis.url}"\n'
        self.servers = [Station.of(folder / f"server-{number}", text) for number in range(3)]
        for one in self.servers:
            one.start(worker=False)
        self.nginx = Nginx(folder / "nginx", [one.port for one in self.servers])
        self.db = Database.open(url, folder)
        self.servers[0]._db = self.db

    def push(self, headline: str) -> Notice:
        """An urgent notice for every board, as the desk would store it."""
        teller = next(one for one in self.servers if one.server is not None and one.server.poll() is None)
        self.servers[0].port, port = teller.port, self.servers[0].port
        try:
            return self.servers[0].push("tinh", headline, self.servers[0].now(BOARDS[0]))
        finally:
            self.servers[0].port = port

    def close(self) -> None:
        self.nginx.kill()
        for one in self.servers:
            one.close()
        self.redis.kill()


@pytest.fixture
def cluster(tmp_path: Path, postgres: Postgres) -> Iterator[Cluster]:
    made = Cluster(tmp_path, postgres.create("cluster"))
    yield made
    made.close()
    postgres.drop("cluster")


def test_whatever_is_killed_every_notice_is_on_every_screen_once(cluster: Cluster) -> None:
    people = [Identity(board) for board in BOARDS for _ in range(EACH)]
    with Crowd(cluster.nginx.address, people, monotonic=monotonic) as crowd:
        assert crowd.run_until(lambda: crowd.in_step() == len(people), SOON)
        _all_have(cluster, crowd, "Mọi thứ đều chạy", lambda: None)
        for number, server in enumerate(cluster.servers):
            _all_have(cluster, crowd, f"Máy chủ {number} bị giết", server.kill9_server)
            server.restart()
        _all_have(cluster, crowd, "Redis bị giết", cluster.redis.kill)
        cluster.redis.start()
        _all_have(cluster, crowd, "Redis đã về", lambda: None)
        _all_have(cluster, crowd, "nginx bị giết", cluster.nginx.kill, cluster.nginx.start)
        assert crowd.run_until(lambda: crowd.in_step() == len(people), SOON)
    assert crowd.report.broken == {}, crowd.report.examples
    # Nobody was told of a notice as of a new one twice: it would have covered the glass again.
    assert all(len(times) <= EACH for times in crowd.report.arrivals.values())


def _all_have(
    cluster: Cluster, crowd: Crowd, headline: str, harm: Callable[[], None], mend: Callable[[], None] = lambda: None
) -> None:
    """A notice that is posted right after the harm is on every screen, and stays there."""
    harm()
    posted = cluster.push(headline)
    mend()
    number = str(posted.id)
    assert crowd.run_until(lambda: all(number in one.notices for one in crowd.screens), SOON), headline
    assert crowd.run_until(lambda: crowd.in_step() == len(crowd.screens), SOON), headline
    assert all(number in one.notices for one in crowd.screens), headline
