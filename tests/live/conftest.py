"""Fixtures of the tests of server/live: a Studio (studio.py) on a copy of a migrated store, and the captured log."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.live.studio import Studio, migrated, studio


@pytest.fixture(scope="session")
def store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("store"))


@pytest.fixture
def data(store_file: Path, tmp_path: Path) -> Path:
    """A data folder with a migrated store that holds the areas, sources and boards of tests.cast."""
    shutil.copy(store_file, tmp_path / "bangtin.db")
    return tmp_path


@pytest.fixture
def house(data: Path) -> Iterator[Studio]:
    yield from studio(data)


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """The list of all events that structlog gets while the test runs."""
    with capture_logs() as lines:
        yield lines
