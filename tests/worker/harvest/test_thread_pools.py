"""The worker's thread pools: a task that raises an exception is logged and frees its place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from structlog.testing import capture_logs

from server.worker.harvest.thread_pools import ThreadPool


def _fails() -> None:
    raise RuntimeError("nobody expected this")


def test_an_exception_of_a_task_is_logged_and_its_place_is_free_again() -> None:
    executor = ThreadPoolExecutor(1)
    pool = ThreadPool(executor, active_limit=1, total_limit=1)
    with capture_logs() as logged:
        pool.start("nguon", _fails)
        executor.shutdown()
    assert [(one["event"], one["task"], one["exc_info"]) for one in logged] == [("task failed", "nguon", True)]
    assert pool.has_room()
