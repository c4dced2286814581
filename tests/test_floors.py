"""The floors hold: the contracts pass on the code as it is, and a planted violation breaks them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"}
    return subprocess.run(
        [str(LINT), "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("server", "feeds", "display", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "samples"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_down() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("server/core/lap.py", "import server.store.engine"),
        ("server/core/lap.py", "import flask"),
        ("server/core/lap.py", "import feeds"),
        ("feeds/read.py", "import server.core.model"),
        ("server/live/director.py", "import sqlalchemy"),
        ("server/glass/pages.py", "import flask_socketio"),
        ("server/store/laps.py", "import server.live.director"),
        ("server/live/hub.py", "import apscheduler"),
        ("server/live/harvest.py", "import feedparser"),
    ],
)
def test_a_planted_violation_breaks_a_contract(copy: Path, file: str, line: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("from __future__ import annotations\n", f"from __future__ import annotations\n{line}\n")
    )
    done = lint(copy)
    assert done.returncode == 1, f"{line} in {file} was let through:\n{done.stdout}"


def test_a_new_module_of_live_or_feeds_is_under_the_rules_for_frameworks() -> None:
    """The contracts name every module, because import-linter has no "all but one"."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for package, only, framework in (("server/live", {"hub", "jobs"}, "server.live."), ("feeds", {"parse"}, "feeds.")):
        for path in (ROOT / package).glob("*.py"):
            if path.stem not in {"__init__", *only}:
                assert f'"{framework}{path.stem}"' in text, f"{path} is missing from a contract in pyproject.toml"
