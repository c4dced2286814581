"""Fixtures: a network of offices; see network.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.conftest import office_template
from tests.worker.levels.network import Network

__all__ = ["office_template"]  # a fixture that pytest finds by its name here


@pytest.fixture
def net(office_template: Path, tmp_path: Path) -> Iterator[Network]:
    made = Network(tmp_path, office_template)
    yield made
    made.close()
