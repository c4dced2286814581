"""Settings of the whole suite: no deadlines for hypothesis, longest waits first, one browser per process."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import browser, driver

__all__ = ["browser", "driver"]  # fixtures that pytest finds by their names here

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
USUAL_TIMEOUT = 120
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 << 30


def pytest_configure() -> None:
    """Puts temporary folders into memory where there is room: creating a database there costs a tenth of the time.

    No test can tell the difference, as a killed process loses nothing that it has written to either.
    """
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts modules with the longest timeouts first, then other browser tests; within these groups order stays random.

    Workers of pytest-xdist take modules in this order (``--no-loadscope-reorder``). A test that waits minutes for
    slides, begun last, would leave the other workers without work.
    """
    items.sort(key=_expected_wait, reverse=True)


def _expected_wait(item: pytest.Item) -> tuple[float, bool]:
    marker = item.get_closest_marker("timeout")
    return (marker.args[0] if marker else USUAL_TIMEOUT, item.get_closest_marker("browser") is not None)
