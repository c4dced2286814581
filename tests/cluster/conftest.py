"""Fixtures: a PostgreSQL that only the tests of this folder use, because they stop and start it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, running


@pytest.fixture(scope="session")
def database() -> Iterator[Postgres]:
    with running() as server:
        yield server
