from _thread import RLock
from collections.abc import Callable, Mapping

from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.base import BaseJobStore
from apscheduler.triggers.interval import IntervalTrigger

STATE_STOPPED: int

class BaseScheduler:
    state: int
    _jobstores_lock: RLock

    def __init__(
        self,
        *,
        jobstores: Mapping[str, BaseJobStore],
        executors: Mapping[str, BaseExecutor],
        job_defaults: Mapping[str, object],
        timezone: str,
        daemon: bool = ...,
    ) -> None: ...
    def add_job(
        self, func: Callable[[], object], trigger: IntervalTrigger, *, id: str, name: str, executor: str
    ) -> object: ...
    def start(self) -> object: ...
    def shutdown(self, wait: bool = ...) -> None: ...
    def _process_jobs(self) -> float | None: ...
