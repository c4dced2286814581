from datetime import timedelta

class IntervalTrigger:
    interval: timedelta
    def __init__(self, *, seconds: float, timezone: str) -> None: ...
