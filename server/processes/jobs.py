"""The metronomes, on APScheduler: when to look, never what to do. Called by assembly; the only user of APScheduler.

Server and worker each have one. Every job has an executor of its own, so that no slow job delays another: 20 hung
feeds in one shared pool were measured to stop a one-second tick for 12 s. A gevent process needs GeventScheduler:
under a BackgroundScheduler none of 7 emits arrived, without an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.executors.gevent import GeventExecutor
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.gevent import GeventScheduler


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every ``seconds``, never twice at once."""

    name: str
    seconds: float
    act: Callable[[], object]


class OneAtATime:
    """An act that several may ask for, run by one at a time; who asks while it runs has it run once more after that.

    For the tick, which its own beat and a word from another server may both want.
    """

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._running = self._again = False

    def __call__(self) -> None:
        self._again = True
        if self._running:
            return
        self._running = True
        try:
            while self._again:
                self._again = False
                self._act()
        finally:
            self._running = False


def _start(scheduler: BaseScheduler, jobs: tuple[Job, ...]) -> Callable[[], None]:
    for job in jobs:
        scheduler.add_job(job.act, "interval", seconds=job.seconds, id=job.name, executor=job.name)
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)


def beat_in_server(*jobs: Job) -> Callable[[], None]:
    """Starts the server's metronome on the gevent loop; returns what stops it."""
    return _start(GeventScheduler(**_settings({job.name: GeventExecutor() for job in jobs})), jobs)


def beat_in_worker(*jobs: Job) -> Callable[[], None]:
    """Starts the worker's metronome in threads; returns what stops it."""
    executors = {job.name: ThreadPoolExecutor(1) for job in jobs}
    return _start(BackgroundScheduler(**_settings(executors), daemon=True), jobs)


def _settings(executors: Mapping[str, BaseExecutor]) -> dict[str, Any]:
    return {
        "jobstores": {"default": MemoryJobStore()},
        "executors": dict(executors),
        "job_defaults": {"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        "timezone": "UTC",
    }
