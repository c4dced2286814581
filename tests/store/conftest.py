"""Fixtures: a migrated database for each test of the store, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from server.store.database.engine import Database
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, NOW, SOURCES
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]  # a fixture that pytest finds by its name here

BRIEF = timedelta(milliseconds=150)
TEMPLATE = "bangtin_template"

Opens = Callable[..., Database]


def _seeded(url: str, data: Path) -> None:
    db = Database.open(url, data)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    db.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and seeded database file; it is closed, so that nothing is left in its write-ahead log."""
    data = tmp_path_factory.mktemp("template")
    _seeded("sqlite:///bangtin.db", data)
    return data / "bangtin.db"


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated and seeded database that the tests copy."""
    _seeded(postgres.create(TEMPLATE), tmp_path_factory.mktemp("template"))
    return TEMPLATE


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    """The kind of database on which the test runs: "sqlite" or "postgresql"."""
    return str(request.param)


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest, numbers: Iterator[int]) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    if dialect == "sqlite":
        yield "sqlite:///bangtin.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{next(numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def url(dialect: str, request: pytest.FixtureRequest, numbers: Iterator[int], tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database with the cast's areas, sources and boards, dropped after the test."""
    if dialect == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "bangtin.db")
        yield "sqlite:///bangtin.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(numbers)}"
    yield server.create(name, template=request.getfixturevalue("postgres_template"))
    server.drop(name)


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    """A function that opens a database by its URL; all are closed after the test, before they are dropped."""
    with ExitStack() as stack:

        def open_one(url: str, **options: timedelta) -> Database:
            db = Database.open(url, tmp_path, **options)
            stack.callback(db.close)
            return db

        yield open_one


@pytest.fixture
def db(url: str, opens: Opens) -> Database:
    """A store with the areas, sources and boards of `tests.cast`."""
    return opens(url)
