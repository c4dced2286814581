"""The hook .githooks/commit-msg accepts plain imperative subjects and explains why it refuses others."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT

HOOK = ROOT / ".githooks/commit-msg"


def hook(folder: Path, message: str) -> subprocess.CompletedProcess[str]:
    path = folder / "COMMIT_EDITMSG"
    path.write_text(message, encoding="utf-8")
    return subprocess.run([str(HOOK), str(path)], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    "message",
    [
        "Move waiting-story queries to story_queries",
        "Split config.py into sections, messages and contradictions\n\nThe why.",
        "Bring the wall's tiles into order",
        "Feed the sandbox from memory",
        "Seed areas once",
        "Name xã Đông Hải " + "ộ" * 55,  # 72 characters, but more bytes
        "# a comment of git\n\nAdd a hook\n# Please enter the commit message",
        "Merge branch 'part-a'",
        'Revert "The house gets a door."',
        "fixup! whatever it was.",
    ],
)
def test_good_subjects_pass(tmp_path: Path, message: str) -> None:
    done = hook(tmp_path, message)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("", "empty"),
        ("\n# only comments\n", "empty"),
        ("Add " + "x" * 69, "73 characters"),
        ("Add a hook.", "full stop"),
        ("add a hook", "capital letter"),
        ("- Add a hook", "capital letter"),
        ("Added a hook", "imperative"),
        ("Adding a hook", "imperative"),
        ("The hook refuses riddles", '"The"'),
        ("A hook for messages", '"A"'),
        ("An area does not leave under a board", '"An"'),
        ("It works", '"It"'),
        ("What waits is asked for among the stories' queries", '"What"'),
        ("Who hears of it", '"Who"'),
        ("One clock for all pings", '"One"'),
    ],
)
def test_bad_subjects_are_refused_with_the_reason_and_an_example(tmp_path: Path, message: str, why: str) -> None:
    done = hook(tmp_path, message)
    assert done.returncode == 1
    assert why in done.stderr
    assert "example: Refuse" in done.stderr
