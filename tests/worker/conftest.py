"""Fixtures of the tests of server/worker: those of server/live, and a harvest over a store."""

from pathlib import Path

import pytest

from tests.live.conftest import data, house, logged, store_file
from tests.live.studio import Studio
from tests.worker.harvest.support import HarvestCase

__all__ = ["case", "data", "house", "logged", "store_file"]  # fixtures that pytest finds by their names here


@pytest.fixture
def case(house: Studio, data: Path) -> HarvestCase:
    return HarvestCase(house, data)
