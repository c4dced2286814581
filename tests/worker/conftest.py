"""Fixtures of the tests of server/worker: those of the tests of server/live, stores, and a harvest on a store."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feeds.sandbox.isolate import SandboxPool
from server.store.database.engine import Database
from tests.live.conftest import data, house, logged, store_file
from tests.live.studio import Studio
from tests.store.conftest import db, dialect, numbers, opens, postgres, postgres_template, sqlite_template, url
from tests.worker.harvest.alert_site import AlertCase, Site, serving
from tests.worker.harvest.support import HarvestCase

__all__ = [  # fixtures that pytest finds by their names here
    "alert_case", "case", "data", "db", "dialect", "house", "logged", "numbers", "opens", "postgres",
    "postgres_template", "sqlite_template", "store_file", "url",
]  # fmt: skip


@pytest.fixture
def case(house: Studio, data: Path) -> HarvestCase:
    return HarvestCase(house, data)


@pytest.fixture(scope="session")
def cap_sandbox() -> SandboxPool:
    """Child processes that read alerts; they are the same for all tests, because they keep nothing."""
    return SandboxPool(2)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


@pytest.fixture
def alert_case(db: Database, site: Site, cap_sandbox: SandboxPool, tmp_path: Path) -> Iterator[AlertCase]:
    """A store on SQLite or PostgreSQL whose worker polls a site."""
    with ThreadPoolExecutor(4) as executor:
        yield AlertCase(db, site, cap_sandbox, tmp_path, executor)
