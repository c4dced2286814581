"""Runs the periodic jobs of server and worker with APScheduler; the only module that imports it.

Called by server.processes.server and worker. Every job has an executor of its own, so that a slow job delays no
other: in a measurement, 20 hung feeds in a shared pool stopped a one-second job for 12 s. The server needs
GeventScheduler, because Socket.IO messages that a job of a BackgroundScheduler sent were lost without an error.

APScheduler uses the system's clock: if that is set back by an hour, no job runs for an hour. So the job store here
keeps the jobs' times by the monotonic clock, and the schedulers wait by it too (docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TypedDict

from apscheduler.executors.base import BaseExecutor
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job as ScheduledJob
from apscheduler.jobstores.base import BaseJobStore, JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_STOPPED, BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

from server.processes.job_monitor import JobMonitor


@dataclass(frozen=True, slots=True)
class Job:
    """A function ``act`` to call every ``seconds``, never twice at a time. ``name`` is unique in its process."""

    name: str
    seconds: float
    act: Callable[[], object]


class OneAtATime:
    """Wraps ``act`` so that it never runs twice at a time. A call during a run makes it run once more afterwards.

    Used for the server's jobs that can also be started by a request to the desk or a message of another process.
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


class MonotonicStore(BaseJobStore):
    """An APScheduler job store in memory that keeps each job's next time in seconds of the monotonic clock.

    APScheduler is told that a due job is due exactly now, whatever the system's clock says. If runs of a job were
    missed, it runs once, and its interval starts again from then.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._jobs: dict[str, ScheduledJob] = {}
        self._due: dict[str, float] = {}

    def seconds_left(self) -> float | None:
        """Returns the seconds until the next job is due, at least 0; None if there is no job."""
        due = min(self._due.values(), default=None)
        return None if due is None else max(0.0, due - self._clock())

    def get_due_jobs(self, now: datetime) -> list[ScheduledJob]:
        at = self._clock()
        due = sorted((when, id) for id, when in self._due.items() if when <= at)
        for _, id in due:
            self._jobs[id].next_run_time = now
        return [self._jobs[id] for _, id in due]

    def get_next_run_time(self) -> datetime | None:
        """Returns the earliest next time of all jobs. APScheduler only logs it; ``seconds_left`` decides the wait."""
        return min((job.next_run_time for job in self._jobs.values()), default=None)

    def add_job(self, job: ScheduledJob) -> None:
        self._jobs[job.id] = job
        self._due[job.id] = self._clock() + _seconds(job)

    def update_job(self, job: ScheduledJob) -> None:
        """Sets when the job is due next; APScheduler calls this when it starts a run."""
        following, at = self._due[job.id] + _seconds(job), self._clock()
        self._due[job.id] = following if following > at else at + _seconds(job)

    def remove_job(self, job_id: str) -> None:
        if self._jobs.pop(job_id, None) is None:
            raise JobLookupError(job_id)
        del self._due[job_id]

    def remove_all_jobs(self) -> None:
        self._jobs.clear()
        self._due.clear()

    def lookup_job(self, job_id: str) -> ScheduledJob | None:
        return self._jobs.get(job_id)

    def get_all_jobs(self) -> list[ScheduledJob]:
        return list(self._jobs.values())


def _seconds(job: ScheduledJob) -> float:
    return job.trigger.interval.total_seconds()


class _MonotonicScheduler(BaseScheduler):
    """A scheduler that waits by the monotonic clock; ``store`` is its job store, which says when a job is due."""

    store: MonotonicStore

    def _process_jobs(self) -> float | None:
        # ``shutdown`` sets the state, and takes this lock before it shuts down the executors.
        with self._jobstores_lock:
            if self.state == STATE_STOPPED:
                return None
            super()._process_jobs()
        return self.store.seconds_left()


class _WorkerScheduler(_MonotonicScheduler, BackgroundScheduler):
    """The worker's scheduler: runs jobs in threads."""


def start_in_server(*jobs: Job, monitor: JobMonitor | None = None) -> Callable[[], None]:
    """Starts the jobs in greenlets on the gevent loop; returns a function that stops the scheduler."""
    # Imported here because only the server runs on gevent.
    from apscheduler.executors.gevent import GeventExecutor
    from apscheduler.schedulers.gevent import GeventScheduler

    class ServerScheduler(_MonotonicScheduler, GeventScheduler):
        """The server's scheduler: runs jobs in greenlets."""

    store = MonotonicStore()
    executors = {job.name: GeventExecutor() for job in jobs}
    return _start(ServerScheduler(**_settings(store, executors)), store, jobs, monitor or JobMonitor())


def start_in_worker(*jobs: Job, monitor: JobMonitor | None = None) -> Callable[[], None]:
    """Starts the jobs in threads; returns a function that stops the scheduler."""
    store = MonotonicStore()
    executors = {job.name: ThreadPoolExecutor(1) for job in jobs}
    scheduler = _WorkerScheduler(**_settings(store, executors), daemon=True)
    return _start(scheduler, store, jobs, monitor or JobMonitor())


def _start(
    scheduler: _MonotonicScheduler, store: MonotonicStore, jobs: tuple[Job, ...], monitor: JobMonitor
) -> Callable[[], None]:
    scheduler.store = store
    for job in jobs:
        monitor.expect(job.name, job.seconds)
        trigger = IntervalTrigger(seconds=job.seconds, timezone="UTC")
        scheduler.add_job(partial(_run, job, monitor), trigger, id=job.name, name=job.name, executor=job.name)
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)


def _run(job: Job, monitor: JobMonitor) -> None:
    monitor.began(job.name)
    try:
        job.act()
    except Exception as error:
        monitor.ended(job.name, error)
        raise  # APScheduler logs it
    monitor.ended(job.name)


class _JobDefaults(TypedDict):
    coalesce: bool
    max_instances: int
    misfire_grace_time: float | None


class _Settings(TypedDict):
    """The options with which this module creates an APScheduler scheduler; ``_settings`` returns them."""

    jobstores: Mapping[str, BaseJobStore]
    executors: Mapping[str, BaseExecutor]
    job_defaults: _JobDefaults
    timezone: str


def _settings(store: MonotonicStore, executors: Mapping[str, BaseExecutor]) -> _Settings:
    """Returns APScheduler's options: if runs of a job were missed, it runs once as soon as it can, however late."""
    return {
        "jobstores": {"default": store},
        "executors": dict(executors),
        "job_defaults": {"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        "timezone": "UTC",
    }
