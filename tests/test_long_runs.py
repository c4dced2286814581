"""The runner of the long suites (long_runs.py): continued runs, recorded outcomes, and the page that it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.long_runs import Outcome, append, complete, current, in_a_row, page, read
from tests.paths import ROOT

ONE = Outcome("faults", 1, 2, "tests/faults/test_kill.py::test_a", True, "2026-11-29T10:00:00+00:00", "abc", 3.0)
OTHER = replace(ONE, test="tests/faults/test_kill.py::test_b[x|y]", figures=(("lost", 0.0, "notices"),))
TESTS = """
import pathlib
import pytest

def test_passes(figure):
    figure("lost", 0, "notices")

@pytest.mark.slow
def test_fails_once():
    assert pathlib.Path(__file__).with_name("mended").exists(), "not yet"
"""


def test_a_run_is_continued_until_all_of_it_has_passed_and_a_change_begins_a_new_one() -> None:
    assert current([], "faults", "abc") == 1
    assert current([ONE, replace(OTHER, passed=False)], "faults", "abc") == 1
    assert not complete([ONE, replace(OTHER, passed=False)], "faults", 1)
    assert current([ONE], "faults", "abd") == 2
    assert complete([ONE, OTHER], "faults", 1)
    assert current([ONE, OTHER], "faults", "abc") == 2
    assert current([ONE, OTHER], "attacks", "abc") == 1


def test_twice_in_a_row_means_two_complete_runs_in_which_nothing_failed() -> None:
    def run(number: int, *, passed: bool = True) -> list[Outcome]:
        both = [replace(one, number=number) for one in (ONE, OTHER)]
        return both if passed else [replace(both[0], passed=False), *both]

    assert in_a_row([*run(1), *run(2)], "faults") == 2
    assert in_a_row([*run(1, passed=False), *run(2)], "faults") == 1
    assert in_a_row([*run(1), *run(2, passed=False)], "faults") == 0
    # A run that has just begun is not counted, but does not interrupt the row of complete runs.
    assert in_a_row([*run(1), *run(2), replace(ONE, number=3)], "faults") == 2


def test_the_page_tells_how_often_and_what_was_lost() -> None:
    told = page([ONE, OTHER, replace(OTHER, number=2, figures=(("lost", 1.0, "notices"),))])
    assert "| 1 | abc | 2026-11-29 | 2 | 2 | 0 | 0.00 |" in told
    assert "| kill: b[x/y] | 2 | 0 | 3.0 s | lost 1 notices |" in told


def test_a_line_that_a_crash_cut_off_is_left_out(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    append(record, ONE)
    append(record, OTHER)
    whole = record.read_text(encoding="utf-8")
    record.write_text(whole + whole[:50], encoding="utf-8")
    assert read(record) == [ONE, OTHER]


def test_a_sitting_repeats_only_what_has_not_passed(tmp_path: Path) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite/test_some.py").write_text(TESTS, encoding="utf-8")

    def sitting(share: str = "1/1") -> tuple[int, str]:
        command = [sys.executable, "-m", "tests.long_runs", "faults", "--folder", str(tmp_path / "suite")]
        command += ["--record", str(tmp_path / "record.jsonl"), "--page", str(tmp_path / "page.md")]
        command += ["--commit", "abc", "--share", share]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
        return done.returncode, done.stdout.splitlines()[-1]

    assert sitting("2/2") == (0, "faults, run 1: 1 of 2 tests have passed")
    assert sitting() == (1, "faults, run 1: 1 of 2 tests have passed")
    (tmp_path / "suite/mended").touch()
    assert sitting() == (0, "faults, run 1: 2 of 2 tests have passed")
    lines = [json.loads(line) for line in (tmp_path / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted((one["test"].rsplit("::", 1)[1], one["passed"]) for one in lines) == [
        ("test_fails_once", False), ("test_fails_once", True), ("test_passes", True),
    ]  # fmt: skip
    assert "lost 0 notices" in (tmp_path / "page.md").read_text(encoding="utf-8")
