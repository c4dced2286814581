from datetime import datetime

from apscheduler.triggers.interval import IntervalTrigger

class Job:
    id: str
    next_run_time: datetime
    trigger: IntervalTrigger
