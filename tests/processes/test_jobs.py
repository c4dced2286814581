"""The schedulers: a slow job delays no other, no job runs twice at once, a job that raised an error runs again."""

from __future__ import annotations

import subprocess
import sys
from threading import Event, Lock

import pytest
from apscheduler.executors.pool import ThreadPoolExecutor

from server.processes.job_monitor import JobMonitor
from server.processes.jobs import Job, MonotonicStore, _settings, _start, _WorkerScheduler, start_in_worker
from tests.paths import ROOT

SOON = 60.0


def test_in_the_server_a_refresh_that_hangs_never_delays_the_tick() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.processes.scheduler_process"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert ended.stdout.split() == ["ticks", "1"]
    assert "a job that breaks" in ended.stderr


def test_in_the_worker_a_harvest_that_hangs_never_delays_the_clock() -> None:
    stuck, enough, lock = Event(), Event(), Lock()
    begun: list[int] = []
    ticks: list[int] = []

    def harvest() -> None:
        begun.append(1)
        stuck.wait(SOON)

    def expire() -> None:
        with lock:
            ticks.append(1)
            if begun and len(ticks) >= 10:
                enough.set()

    stop = start_in_worker(Job("harvest", 0.01, harvest), Job("expire", 0.01, expire))
    try:
        assert enough.wait(SOON)
        assert len(begun) == 1
    finally:
        stop()
        stuck.set()


def test_a_job_that_is_due_while_the_scheduler_stops_is_not_started(caplog: pytest.LogCaptureFixture) -> None:
    """Its executor is shut down already, so that APScheduler would log a traceback at each such stop."""
    store, job = MonotonicStore(), Job("harvest", 0.001, Event().set)
    scheduler = _WorkerScheduler(**_settings(store, {job.name: ThreadPoolExecutor(1)}), daemon=True)
    stop = _start(scheduler, store, (job,), JobMonitor())
    stop()
    while store.seconds_left():
        continue
    assert scheduler._process_jobs() is None
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
