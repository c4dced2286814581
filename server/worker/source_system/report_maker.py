"""Makes the reports that are sent to the source information system, each once; a job of the worker.

    state     every ``status_minutes``: the inventory with the state of each board at that time
    plays     each day, after its end: what each board showed; again after a week, with receipts that came late
    airtime   each month, after its end: the airtime statement by owners

After a time without the worker, the plays of at most `MISSED_DAYS` missed days and the statement of the last month
are made then; states are not.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.core.areas import AreaTree
from server.core.source_system.mapping import REPORT_FIELDS
from server.core.source_system.report_data import Data, board_data, instant, play_data, statement_data
from server.core.source_system.reports import Period, inventory, month_before, statement
from server.setup.config import Config
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.screens import receipts, screens
from server.store.source_system import figures, outbox
from server.store.sources import sources

MISSED_DAYS = 31
"""How many days back the reports of missed days are made."""
LATE = timedelta(days=8)
"""Receipts may come seven days late; after this time a day's plays do not change any more."""
GRACE = timedelta(minutes=15)
"""How long after midnight the reports of a day are made: screens report once a minute."""


class ReportMaker:
    """Makes reports; ``tick`` is the scheduled job."""

    def __init__(self, db: Database, config: Config, clock: Callable[[], datetime]) -> None:
        self._db, self._config, self._clock = db, config, clock
        self._zone = ZoneInfo(config.timezone)

    def tick(self) -> int:
        """Makes the reports that are due; returns how many were stored."""
        now = self._clock()
        return self._state(now) + sum(self._plays(now)) + self._airtime(now)

    def _state(self, now: datetime) -> bool:
        minutes = self._config.source_system.status_minutes
        at = datetime.fromtimestamp(now.timestamp() // (minutes * 60) * minutes * 60, now.tzinfo)
        period = str(instant(at))
        if outbox.known(self._db, "state", [period]):
            return False
        every = boards.all(self._db)
        paired = screens.all(self._db, [one.slug for one in every])
        lines = inventory(every, AreaTree(sources.areas(self._db)), paired, receipts.links(self._db), now)
        return self._add("state", period, [board_data(line) for line in lines], now)

    def _plays(self, now: datetime) -> Iterator[bool]:
        today = (now - GRACE).astimezone(self._zone).date()
        made = outbox.last_period(self._db, "plays")
        last = date.fromisoformat(made[:10]) if made else today - timedelta(days=2)
        for back in range(MISSED_DAYS, 0, -1):
            day = today - timedelta(days=back)
            if day > last:
                yield self._add_plays(day.isoformat(), Period(day, day), now)
        days = [today - timedelta(days=back) for back in range(MISSED_DAYS, LATE.days - 1, -1)]
        names = [name for day in days for name in (day.isoformat(), f"{day.isoformat()}/2")]
        known = outbox.known(self._db, "plays", names)
        for day in days:
            if day.isoformat() in known and f"{day.isoformat()}/2" not in known:
                yield self._add_plays(f"{day.isoformat()}/2", Period(day, day), now)

    def _add_plays(self, name: str, period: Period, now: datetime) -> bool:
        data: list[Data] = []
        for board in boards.all(self._db):
            lines = figures.plays_of(self._db, board.slug, period, self._zone, now)
            data.append({"board": board.slug, "items": [play_data(line) for line in lines]})
        return self._add("plays", name, data, now)

    def _airtime(self, now: datetime) -> bool:
        month = month_before((now - LATE).astimezone(self._zone).date())
        if outbox.known(self._db, "airtime", [month]):
            return False
        period, every = Period.of_month(month), boards.all(self._db)
        shown = figures.airtime(self._db, [one.slug for one in every], period, self._zone, now)
        return self._add("airtime", month, statement_data(statement(every, shown)), now)

    def _add(self, kind: str, period: str, data: list[Data], now: datetime) -> bool:
        """Stores a report with a new id; its number is the one of its row, which the sender adds."""
        message = str(uuid.uuid4())
        told = {"id": message, "kind": kind, "period": period, "made": instant(now), "data": data}
        body = json.dumps({REPORT_FIELDS[name]: value for name, value in told.items()}, ensure_ascii=False)
        return outbox.add(self._db, kind, period, body, message, now)
