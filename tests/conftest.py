"""Settings of the whole suite: hypothesis without deadlines, the slowest modules first, one browser per process."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import browser, driver
from tests.figures import figure

__all__ = ["browser", "driver", "figure"]  # fixtures that pytest finds by their names here

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
USUAL_TIMEOUT = 120
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 << 30


def pytest_configure() -> None:
    """Puts temporary folders into /dev/shm if it has room: there, creating a database takes a tenth of the time.

    This weakens no test: a killed process loses nothing that it has written, neither on a disk nor in memory.
    """
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts modules with the longest timeouts first, then other browser tests; each group stays in random order.

    Workers of pytest-xdist take modules in this order (``--no-loadscope-reorder``). If a module that waits minutes
    for slides began last, the other workers would be idle until it ends.
    """
    items.sort(key=_expected_wait, reverse=True)


def pytest_collection_finish() -> None:
    """Exempts the collected tests from garbage collection: they live to the end, and traversing them takes time."""
    gc.collect()
    gc.freeze()


def _expected_wait(item: pytest.Item) -> tuple[float, bool]:
    marker = item.get_closest_marker("timeout")
    return (marker.args[0] if marker else USUAL_TIMEOUT, item.get_closest_marker("browser") is not None)
