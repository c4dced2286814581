"""Server and worker load no parser of foreign documents: that is for the sandbox, and slows down each start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import ROOT

PARSERS = ("feedparser", "dateparser", "feeds.reader", "feeds.formats.cap.reader")


@pytest.mark.parametrize("module", ["server.main", "server.processes.server", "server.processes.worker"])
def test_no_parser_is_loaded_at_the_start(module: str) -> None:
    words = f"import sys, {module}; print(*(name for name in {PARSERS!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
