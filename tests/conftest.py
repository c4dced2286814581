"""Settings of the whole suite: hypothesis without deadlines, the order of modules, one browser per process."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import browser, driver
from tests.figures import figure

__all__ = ["browser", "driver", "figure"]  # fixtures that pytest finds by their names here

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
USUAL_TIMEOUT = 120
COMPUTING = (USUAL_TIMEOUT, False)  # the rank of a module that needs no browser and no longer time
# Where in the order of modules, from 0 to 1, the last one that waits stands: it ends before the others do.
WAITING_BEGUN_BY = 0.8
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
    """Spreads the modules that mostly wait evenly among those that compute; those with long timeouts come first.

    Workers of pytest-xdist take modules in this order (``--no-loadscope-reorder``). If a module that waits minutes
    for slides began last, the other workers would be idle until it ends; if all of them began first, the processors
    would be idle meanwhile. Modules of equal rank stay in random order.
    """
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    ranks = {path: max(_expected_wait(item) for item in own) for path, own in modules.items()}
    waiting = sorted(
        (path for path in modules if ranks[path] > COMPUTING), key=lambda path: ranks[path], reverse=True
    )
    computing = [path for path in modules if ranks[path] <= COMPUTING]
    spread = [*_places(waiting, until=WAITING_BEGUN_BY), *_places(computing, until=1)]
    items[:] = [item for _, path in sorted(spread, key=lambda one: one[0]) for item in modules[path]]


def pytest_collection_finish() -> None:
    """Exempts the collected tests from garbage collection: they live to the end, and traversing them takes time."""
    gc.collect()
    gc.freeze()


def _places(modules: Sequence[Path], *, until: float) -> list[tuple[float, Path]]:
    """The modules at equal distances in the order of the run, from 0 to 1; all of them before ``until``."""
    return [(until * number / len(modules), path) for number, path in enumerate(modules)]


def _expected_wait(item: pytest.Item) -> tuple[float, bool]:
    marker = item.get_closest_marker("timeout")
    return (marker.args[0] if marker else USUAL_TIMEOUT, item.get_closest_marker("browser") is not None)
