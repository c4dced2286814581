"""Processes load only what they use: no parser of foreign documents, no driver of a server that is not configured."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.processes.optional_packages import OF_SOCKETIO
from tests.paths import ROOT

PARSERS = ("feedparser", "dateparser", "feeds.reader", "feeds.formats.cap.reader")
DRIVERS = ("sqlalchemy.dialects.postgresql", "redis")
PLAIN = "import {}"
# As the command `serve` imports it.
HIDDEN = """from server.processes.optional_packages import OF_SOCKETIO, packages_hidden
with packages_hidden(OF_SOCKETIO): import {}"""


@pytest.mark.parametrize(
    ("statement", "module", "unwanted"),
    [
        (PLAIN, "server.main", PARSERS + DRIVERS),
        (HIDDEN, "server.processes.server", PARSERS + DRIVERS + OF_SOCKETIO),
        (PLAIN, "server.processes.desk", (*DRIVERS, "openpyxl", "numpy", "shapely")),
        (PLAIN, "server.processes.worker", (*PARSERS, *DRIVERS, "gevent", "cryptography", "signxml")),
    ],
)
def test_nothing_is_loaded_that_is_not_used(statement: str, module: str, unwanted: tuple[str, ...]) -> None:
    loaded = f"import sys; print(*(name for name in {unwanted!r} if name in sys.modules))"
    words = f"{statement.format(module)}\n{loaded}"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_hidden_package_can_be_imported_afterwards() -> None:
    words = f"{HIDDEN.format('server.processes.server')}\nimport redis, requests"
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=True)


def test_the_command_line_starts_without_rich() -> None:
    words = "import run, sys; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
