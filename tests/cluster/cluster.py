"""Runs three servers with real nginx, Redis and PostgreSQL; used by the tests of this folder and by bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from server.core.model import Notice
from server.simulate.crowd import Crowd
from server.store.database.engine import Database
from tests.nginx import Nginx
from tests.redis import Redis
from tests.station import PATIENCE, Station, config_text

T = TypeVar("T")


def meanwhile(crowd: Crowd, act: Callable[[], T]) -> T:
    """Runs ``act`` in a thread and returns its result.

    Meanwhile the crowd of simulated screens answers pings, so that it stays connected.
    """
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(act)
        crowd.run_until(doing.done, PATIENCE)
        return doing.result()


class Cluster:
    """Three servers behind nginx, which share only Redis and the store at ``url``; all start at construction."""

    def __init__(self, folder: Path, url: str, boards: Sequence[str], more: str = "") -> None:
        self.redis, self._boards = Redis(), boards
        text = config_text(boards) + f'\n[store]\nurl = "{url}"\n\n[queue]\nurl = "{self.redis.url}"\n{more}'
        self.servers = [Station.of(folder / f"server-{number}", text) for number in range(3)]
        for one in self.servers:
            one.start(worker=False)
        self.nginx = Nginx(folder / "nginx", [one.port for one in self.servers])
        self.db = Database.open(url, folder)
        for one in self.servers:
            one._db = self.db

    @property
    def alive(self) -> Station:
        """The first of the servers whose process is running."""
        return next(one for one in self.servers if one.server is not None and one.server.poll() is None)

    def push(self, headline: str) -> Notice:
        """Stores an urgent notice for the whole province, as the desk does."""
        teller = self.alive
        return teller.push("tinh", headline, teller.now(self._boards[0]))

    def close(self) -> None:
        self.nginx.kill()
        for one in self.servers:
            one.close()
        self.redis.kill()
