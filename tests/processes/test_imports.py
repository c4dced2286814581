"""Processes load only what they use: no parser of foreign documents, no driver of a server that is not configured."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import ROOT

PARSERS = ("feedparser", "dateparser", "feeds.reader", "feeds.formats.cap.reader")
DRIVERS = ("sqlalchemy.dialects.postgresql", "redis")


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("server.main", PARSERS + DRIVERS),
        # python-socketio imports redis.
        ("server.processes.server", (*PARSERS, "sqlalchemy.dialects.postgresql")),
        ("server.processes.desk", DRIVERS),
        ("server.processes.worker", PARSERS + DRIVERS),
    ],
)
def test_nothing_is_loaded_that_is_not_used(module: str, unwanted: tuple[str, ...]) -> None:
    words = f"import sys, {module}; print(*(name for name in {unwanted!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
