"""The schedulers of server and worker, on APScheduler: they decide when a job runs, never what it does.

Called by server.processes.server and worker; the only user of APScheduler. Every job has an executor of its own, so
that no slow job delays another: 20 hung feeds in one shared pool were measured to stop a one-second tick for 12 s. A
gevent process needs GeventScheduler: with a BackgroundScheduler, Socket.IO messages sent by a job were lost silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from apscheduler.executors.base import BaseExecutor
from apscheduler.executors.gevent import GeventExecutor
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import BaseJobStore
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.gevent import GeventScheduler


@dataclass(frozen=True, slots=True)
class Job:
    """Calls ``act`` every ``seconds``, never twice at once. ``name`` is unique in its process."""

    name: str
    seconds: float
    act: Callable[[], object]


class OneAtATime:
    """A function that runs once at a time; a call while it runs makes it run once more after that.

    For the server's tick, which the scheduler, a write at the desk or a message of another server may start.
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


def start_in_server(*jobs: Job) -> Callable[[], None]:
    """Starts the jobs in greenlets on the gevent loop; returns a function that stops the scheduler."""
    return _start(GeventScheduler(**_settings({job.name: GeventExecutor() for job in jobs})), jobs)


def start_in_worker(*jobs: Job) -> Callable[[], None]:
    """Starts the jobs in threads; returns a function that stops the scheduler."""
    executors = {job.name: ThreadPoolExecutor(1) for job in jobs}
    return _start(BackgroundScheduler(**_settings(executors), daemon=True), jobs)


def _start(scheduler: BaseScheduler, jobs: tuple[Job, ...]) -> Callable[[], None]:
    for job in jobs:
        scheduler.add_job(job.act, "interval", seconds=job.seconds, id=job.name, executor=job.name)
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)


class _JobDefaults(TypedDict):
    coalesce: bool
    max_instances: int
    misfire_grace_time: float | None


class _Settings(TypedDict):
    """APScheduler's options: a run that was missed is made up for once, however late."""

    jobstores: Mapping[str, BaseJobStore]
    executors: Mapping[str, BaseExecutor]
    job_defaults: _JobDefaults
    timezone: str


def _settings(executors: Mapping[str, BaseExecutor]) -> _Settings:
    return {
        "jobstores": {"default": MemoryJobStore()},
        "executors": dict(executors),
        "job_defaults": {"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        "timezone": "UTC",
    }
