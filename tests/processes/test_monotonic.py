"""Jobs run by the monotonic clock: setting the system's clock neither stops them nor makes them run twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apscheduler.job import Job as ScheduledJob
from apscheduler.triggers.interval import IntervalTrigger

from server.processes.job_monitor import JobMonitor
from server.processes.jobs import MonotonicStore

WALL = datetime(2026, 11, 29, 9, tzinfo=UTC)


class Seconds:
    """A fake monotonic clock; the test sets ``now`` (seconds)."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def job(id: str, seconds: float) -> ScheduledJob:
    made = ScheduledJob.__new__(ScheduledJob)
    made.id, made.trigger = id, IntervalTrigger(seconds=seconds, timezone="UTC")
    return made


def due(store: MonotonicStore, wall: datetime) -> list[str]:
    """The ids of the jobs that are due; each of them then counts as run."""
    found = store.get_due_jobs(wall)
    assert all(one.next_run_time == wall for one in found)
    for one in found:
        store.update_job(one)
    return [one.id for one in found]


def test_a_job_keeps_its_interval_whatever_the_clock_on_the_wall_says() -> None:
    clock = Seconds()
    store = MonotonicStore(clock)
    store.add_job(job("tick", 1))
    for wall in (WALL, WALL - timedelta(days=1), WALL + timedelta(days=1)):
        assert due(store, wall) == []
        assert store.seconds_left() == 1
        clock.now += 1
        assert store.seconds_left() == 0
        assert due(store, wall) == ["tick"]


def test_one_that_is_late_runs_once_and_keeps_its_interval_from_then() -> None:
    clock = Seconds()
    store = MonotonicStore(clock)
    store.add_job(job("tick", 1))
    store.add_job(job("seal", 60))
    clock.now += 3_600
    assert due(store, WALL) == ["tick", "seal"]
    assert due(store, WALL) == []
    assert store.seconds_left() == 1


def test_a_removed_job_is_not_due() -> None:
    store = MonotonicStore(Seconds())
    store.add_job(job("tick", 1))
    store.remove_job("tick")
    assert store.seconds_left() is None
    assert store.get_all_jobs() == []


def test_a_job_that_does_not_begin_is_late_and_one_that_raises_is_named() -> None:
    clock = Seconds()
    monitor = JobMonitor(clock)
    monitor.expect("tick", 0.1)
    monitor.expect("seal", 60)
    clock.now += 6
    assert list(monitor.late()) == ["tick"]
    monitor.began("tick")
    monitor.ended("tick", RuntimeError("broken"))
    assert monitor.late() == {}
    assert monitor.failing() == {"tick": "RuntimeError"}
    monitor.ended("tick")
    assert monitor.failing() == {}
