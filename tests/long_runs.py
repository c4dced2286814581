"""Runs the long suites, tests/attacks and tests/faults, in sittings; called by `make attacks` and `make faults`.

A sitting is one start of pytest. A run is complete when each test of the suite has passed in one of its sittings.
Each outcome is appended to a file at once, so that a run may be interrupted: the next sitting skips the tests that
have passed and repeats those that failed. A change of anything but documents begins a new run. docs/reliability.md is
written from the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import CLOCK_REALTIME, clock_gettime, monotonic
from typing import Any

import pytest

from tests import figures
from tests.figures import FIGURE
from tests.paths import ROOT

RECORD = ROOT / "docs/reliability.jsonl"
PAGE = ROOT / "docs/reliability.md"
SUITES = ("attacks", "faults")
TIMEOUT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one test in one sitting.

    ``number`` is that of the suite's run, ``tests`` the number of tests in the suite. ``figures`` are the
    measurements as (name, value, unit). ``why`` is the last line of a failure.
    """

    suite: str
    number: int
    tests: int
    test: str
    passed: bool
    date: str
    commit: str
    seconds: float
    figures: tuple[tuple[str, float, str], ...] = ()
    why: str = ""


def read(record: Path) -> list[Outcome]:
    """The outcomes in a file, oldest first; a last line that a crash has cut off is left out."""
    found = []
    for line in record.read_text(encoding="utf-8").splitlines() if record.exists() else ():
        try:
            given = json.loads(line)
        except ValueError:
            continue
        figures_of = tuple((str(name), float(value), str(unit)) for name, value, unit in given["figures"])
        found.append(Outcome(**{**given, "figures": figures_of}))
    return found


def append(record: Path, outcome: Outcome) -> None:
    """Appends the outcome to the file as one line of JSON; when this returns, it is on disk."""
    with record.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def passed_in(outcomes: Iterable[Outcome], suite: str, number: int) -> set[str]:
    """The tests that have passed in run ``number`` of ``suite``."""
    return {one.test for one in outcomes if (one.suite, one.number) == (suite, number) and one.passed}


def complete(outcomes: Sequence[Outcome], suite: str, number: int) -> bool:
    """Whether each test of the suite has passed in run ``number``."""
    tests = max((one.tests for one in outcomes if (one.suite, one.number) == (suite, number)), default=0)
    return 0 < tests <= len(passed_in(outcomes, suite, number))


def current(outcomes: Sequence[Outcome], suite: str, commit: str) -> int:
    """The number of the run to continue; after a complete run and after a change of ``commit``, that of a new run."""
    own = [one for one in outcomes if one.suite == suite]
    if not own:
        return 1
    last = own[-1]
    return last.number if last.commit == commit and not complete(outcomes, suite, last.number) else last.number + 1


class Sitting:
    """A plugin of pytest that skips the tests that the run has already passed, and records each outcome."""

    def __init__(
        self, record: Path, suite: str, number: int, commit: str, *, seconds: float | None, share: tuple[int, int]
    ) -> None:
        """``record`` is the file of outcomes. After ``seconds`` no new test is begun; None: no limit.

        Of the suite's tests, runs those with the ``share`` (number, of how many), so that sittings may run side by
        side: (1, 1) are all, (2, 3) is the second third.
        """
        self._share = share
        self._record, self._blank = record, Outcome(suite, number, 0, "", True, "", commit, 0.0)
        self._until = None if seconds is None else monotonic() + seconds
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self.tests = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.tests = len(items)
        passed = passed_in(read(self._record), self._blank.suite, self._blank.number)
        part, parts = self._share
        mine = set(sorted(item.nodeid for item in items)[part - 1 :: parts]) - passed
        done = [item for item in items if item.nodeid not in mine]
        items[:] = [item for item in items if item.nodeid in mine]
        config.hook.pytest_deselected(items=done)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        reports = self._reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when == "teardown":
            append(self._record, self._outcome(report.nodeid, reports))

    def pytest_runtest_logfinish(self) -> None:
        if self._until is not None and monotonic() > self._until:
            pytest.exit("the time of this sitting is over; the next one continues", returncode=0)

    def _outcome(self, test: str, reports: Sequence[pytest.TestReport]) -> Outcome:
        found = _figures(reports[-1])
        failed = [report.longreprtext.strip().splitlines()[-1][:200] for report in reports if not report.passed]
        return replace(
            self._blank,
            tests=self.tests,
            test=test,
            passed=not failed,
            date=datetime.fromtimestamp(clock_gettime(CLOCK_REALTIME), UTC).isoformat(timespec="seconds"),
            seconds=round(sum(report.duration for report in reports), 1),
            figures=found,
            why=failed[0] if failed else "",
        )


def _figures(report: pytest.TestReport) -> tuple[tuple[str, float, str], ...]:
    given: list[tuple[str, Any]] = list(report.user_properties)
    return tuple((str(one[0]), float(one[1]), str(one[2])) for name, one in given if name == FIGURE)


def commit_of(folder: Path) -> str:
    """The short hash of the last commit that changed more than documents, with "+" if files differ from it."""
    code = ("--", ".", ":!docs", ":!*.md")

    def git(*words: str) -> str:
        return subprocess.run(["git", *words, *code], cwd=folder, capture_output=True, text=True, check=True).stdout

    return git("log", "-1", "--format=%h").strip() + ("+" if git("status", "--porcelain").strip() else "")


# the page docs/reliability.md


def page(outcomes: Sequence[Outcome]) -> str:
    """The text of docs/reliability.md: complete runs, and each test's number of runs, failures and measurements."""
    parts = [_HEAD]
    for suite in SUITES:
        own = [one for one in outcomes if one.suite == suite]
        if own:
            parts.append(f"## {suite.capitalize()}\n{_runs(own, suite)}\n\n{_tests(own)}\n")
    return "\n".join(parts if len(parts) > 1 else [_HEAD, "Nothing has been run yet.\n"])


_HEAD = """# What was attacked and broken, how often, and what was lost

`make attacks` and `make faults` write this page from `reliability.jsonl` beside it: a line for each test of each run.
A run is complete when every test of the suite has passed in it; it may take several sittings
(`python -m tests.long_runs faults --minutes 30`), also side by side (`--share 1/2`, `--share 2/2`). A figure is the
worst of all runs.
"""


def in_a_row(own: Sequence[Outcome], suite: str) -> int:
    """The number of the last complete runs in a row without any failure; an unfinished last run is not counted.

    ``own`` are the outcomes of ``suite``.
    """
    numbers = sorted({one.number for one in own}, reverse=True)
    count = 0
    for number in numbers:
        flawless = all(one.passed for one in own if one.number == number)
        if complete(own, suite, number) and flawless:
            count += 1
        elif number != numbers[0] or not flawless:
            break
    return count


def _runs(own: Sequence[Outcome], suite: str) -> str:
    lines = [
        f"Complete runs in a row without a failure: {in_a_row(own, suite)}.",
        "",
        "| run | commit | days | tests | passed | failures | hours |",
        "|---|---|---|---|---|---|---|",
    ]
    for number in sorted({one.number for one in own}):
        run = [one for one in own if one.number == number]
        days = sorted({one.date[:10] for one in run})
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        failures = sum(not one.passed for one in run)
        hours = sum(one.seconds for one in run) / 3600
        passed = len(passed_in(run, suite, number))
        lines.append(
            f"| {number} | {run[-1].commit} | {span} | {run[-1].tests} | {passed} | {failures} | {hours:.2f} |"
        )
    return "\n".join(lines)


def _tests(own: Sequence[Outcome]) -> str:
    lines = ["| test | times | failures | longest | measured |", "|---|---|---|---|---|"]
    for test in sorted({one.test for one in own}):
        those = [one for one in own if one.test == test]
        worst: dict[tuple[str, str], float] = {}
        for name, value, unit in (each for one in those for each in one.figures):
            worst[name, unit] = max(value, worst.get((name, unit), value))
        measured = "; ".join(f"{name} {value:g} {unit}" for (name, unit), value in sorted(worst.items()))
        failures = sum(not one.passed for one in those)
        longest = max(one.seconds for one in those)
        lines.append(f"| {_short(test)} | {len(those)} | {failures} | {longest:.1f} s | {measured} |")
    return "\n".join(lines)


def _short(test: str) -> str:
    """A test's name for a table: `tests/faults/test_kill.py::test_a_b[x|y]` becomes `kill: a b[x/y]`."""
    path, _, name = test.partition("::")
    return f"{Path(path).stem.removeprefix('test_')}: {name.removeprefix('test_')}".replace("_", " ").replace(
        "|", "/"
    )


def _share(text: str) -> tuple[int, int]:
    """(number, of how many) of a text like "1/2". Raises ValueError for anything else."""
    part, parts = map(int, text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError(text)
    return part, parts


def main(arguments: Sequence[str]) -> int:
    """Continues or begins a run; returns the exit code of pytest, or 0 if the suite has no tests."""
    options = argparse.ArgumentParser(description="Runs a long suite, or goes on with a run that was broken off")
    options.add_argument("suite", choices=SUITES)
    options.add_argument("--folder", type=Path, help="where its tests are; usually tests/SUITE")
    options.add_argument("--record", type=Path, default=RECORD)
    options.add_argument("--page", type=Path, default=PAGE)
    options.add_argument("--commit", default="", help="usually the last one that changed more than documents")
    options.add_argument("--minutes", type=float, help="no test is begun after that time")
    options.add_argument("--share", type=_share, default=(1, 1), help="1/2: the first half of the tests")
    given = options.parse_args(arguments)
    folder = given.folder or ROOT / "tests" / given.suite
    commit = given.commit or commit_of(ROOT)
    number = current(read(given.record), given.suite, commit)
    sitting = Sitting(
        given.record, given.suite, number, commit,
        seconds=None if given.minutes is None else given.minutes * 60, share=given.share,
    )  # fmt: skip
    code = pytest.main(
        [str(folder), "-m", "slow or not slow", f"--timeout={TIMEOUT_SECONDS}", "-s"], plugins=[sitting, figures]
    )
    outcomes = read(given.record)
    given.page.write_text(page(outcomes), encoding="utf-8")
    passed = len(passed_in(outcomes, given.suite, number))
    print(f"{given.suite}, run {number}: {passed} of {sitting.tests} tests have passed")
    nothing = code in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.OK)
    return 0 if nothing else int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
