"""Does the worker's part of a source's trial, in the test's thread; used by the tests of the sources' pages."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from werkzeug.test import TestResponse

from server.store.sources import trials
from server.worker.harvest.thread_pools import ThreadPool
from server.worker.harvest.trials import TrialRunner
from tests.desk.office import Browser, Office


def run_trials(office: Office) -> None:
    """Runs every waiting trial to its end."""
    pool = ThreadPool(ThreadPoolExecutor(1), active_limit=1, total_limit=1)
    runner = TrialRunner(office.db, office.config, office.folder, office.clock, pool)
    while (trial := trials.claim(office.db, office.now)) is not None:
        runner.run(trial)


def tried(office: Office, browser: Browser, path: str, form: dict[str, str] | None = None) -> str:
    """Posts a form that asks for a trial, runs the trial, and returns the page with its result.

    Asserts that the page reloads itself while the trial waits.
    """
    asked: TestResponse = browser.post(path, form)
    assert asked.status_code == 303, asked.text
    where = asked.headers["Location"].partition("#")[0]
    waiting = browser.get(where).text
    assert 'http-equiv="refresh"' in waiting
    assert "Đang đọc" in waiting
    assert "<input name" not in re.sub(r' id="[^"]*"', "", waiting), "a reload would lose what is typed"
    run_trials(office)
    shown = browser.get(where).text
    assert 'http-equiv="refresh"' not in shown
    return shown
