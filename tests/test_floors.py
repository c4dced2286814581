"""The floors are held by a tool, and the tool really holds them: planted violations break each contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("server", "feeds", "display")

# File -> import that must not stand there -> contract that says so.
PLANTED = {
    ("server/core/times.py", "import server.store.engine", "Floors: imports point down"),
    ("server/core/areas.py", "import flask", "core is pure: no framework, no SQL, no network"),
    ("feeds/links.py", "import server.core.times", "feeds is a library: no server"),
    ("server/ops/health.py", "import flask_socketio", "flask_socketio only in live/hub"),
    ("server/live/aside.py", "import apscheduler", "apscheduler only in live/jobs"),
    ("feeds/dates.py", "import feedparser", "feedparser only in feeds/parse"),
    ("server/live/agreed.py", "import sqlalchemy", "SQLAlchemy only under store"),
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("copy")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.jpg", "*.svg"))
    (copy / "tests").mkdir()
    (copy / "tests/__init__.py").write_text("")
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def _contracts(output: str, word: str) -> set[str]:
    return {line.removesuffix(f" {word}") for line in output.splitlines() if line.endswith(f" {word}")}


def test_each_contract_is_kept_here_and_broken_by_what_is_planted(copied: Path) -> None:
    names = {
        one["name"]
        for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    }
    assert {contract for _, _, contract in PLANTED} == names, "plant a violation for every contract"
    clean = _lint(copied)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert _contracts(clean.stdout, "KEPT") == names
    for file, line, _ in PLANTED:
        with (copied / file).open("a") as source:
            source.write(f"\n{line}\n")
    planted = _lint(copied)
    assert planted.returncode != 0
    assert _contracts(planted.stdout, "BROKEN") == names, planted.stdout + planted.stderr
