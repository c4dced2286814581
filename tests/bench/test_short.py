"""Three benchmarks (composing, scaling, store) run at tiny sizes, through the command that `make bench` uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

HEADINGS = {
    "composing": "## Composing a lap",
    "scaling": "## What doubling costs",
    "store": "## A store with 2,000 stories",
}


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--short", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110)


@pytest.mark.timeout(120)
def test_they_run_and_their_targets_are_at_the_head_of_the_report(tmp_path: Path) -> None:
    report = tmp_path / "performance.md"
    done = bench(*HEADINGS, "--report", str(report))
    text = report.read_text(encoding="utf-8")
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "Failed" not in text
    for heading in HEADINGS.values():
        assert heading in text
    assert text.index("## Targets") < min(text.index(heading) for heading in HEADINGS.values())
    for of in ("boards", "slides"):
        assert f"![scaling-{of}](pictures/scaling-{of}.svg)" in text
        assert (tmp_path / "pictures" / f"scaling-{of}.svg").read_text(encoding="utf-8").startswith("<?xml")
    pages = next(line for line in text.splitlines() if line.startswith("| pages of the desk"))
    assert "see store" not in pages


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    done = bench("fanuot")
    assert done.returncode == 2
    assert "no such benchmark: fanuot" in done.stderr
    assert "fanout" in done.stderr
