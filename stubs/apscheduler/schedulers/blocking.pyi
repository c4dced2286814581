from apscheduler.schedulers.base import BaseScheduler

class BlockingScheduler(BaseScheduler):
    def _main_loop(self) -> None: ...
