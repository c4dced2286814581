"""Queues Web Push messages about urgent notices, and reminders of deadlines; created by push_jobs.

The public pages and this module have the same rule: a notice concerns those who chose the area of a public board that
shows it. Nothing is queued about a notice that is shown only on boards which the safe page covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from server.content.alert_publication import Province, province
from server.content.store_snapshot import snapshot_of
from server.core.announcements.deadlines import deadline
from server.core.item_addresses import item_path
from server.core.model import Announcement, Board, Notice
from server.core.notices.order import reached
from server.core.notices.push_events import Event, plan
from server.notifications.push_words import notice_content, reminder_content
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.notices import notices
from server.store.notifications import push_browsers, push_outbox

log = structlog.get_logger("push")

REMINDERS_FROM, REMINDERS_UNTIL = time(7), time(20)
"""The hours at which reminders are queued: from the first, or later the same day if the worker was away."""


class PushPlanner:
    """Queues the messages that are due; `notices` and `reminders` are the scheduled jobs.

    ``zone`` is the province's time zone, for dates and times of day.
    """

    def __init__(self, db: Database, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._db, self._zone, self._clock = db, zone, clock

    def notices(self) -> int:
        """Queues messages about urgent notices that began, changed or ended; returns how many messages."""
        now = self._clock()
        live = [one for one in notices.live(self._db, now) if one.shown_level == "urgent" and not one.is_message]
        told = push_outbox.told(self._db, now)
        if not live and not told:
            return 0
        running = {one.id for one in live}
        ended = [one for id in told if id not in running and (one := self._notice(id)) is not None]
        at = province(self._db)
        events = plan(((one, areas) for one in live if (areas := _areas(one, at))), told, ended)
        queued = [(event, self._content(event, at, now)) for event in events]
        count = push_outbox.queue(self._db, queued, now) if queued else 0
        if count:
            log.info("queued", messages=count)
        return count

    def reminders(self) -> int:
        """Queues reminders of tomorrow's deadlines, one a day for each area; returns for how many areas.

        Does nothing outside the hours from `REMINDERS_FROM` to `REMINDERS_UNTIL`.
        """
        now = self._clock()
        local = now.astimezone(self._zone)
        if not REMINDERS_FROM <= local.time() < REMINDERS_UNTIL:
            return 0
        today = local.date()
        wanted = [
            area
            for area in push_browsers.areas_with_reminders(self._db)
            if not push_outbox.is_queued(self._db, _key(area, today))
        ]
        at = province(self._db) if wanted else None
        return sum(self._remind(area, at, today, now) for area in wanted if at is not None and area in at.tree)

    def _remind(self, area: str, at: Province, today: date, now: datetime) -> bool:
        """Queues the reminder of one area; False if no deadline ends there tomorrow, or if it is already queued."""
        boards = [one for one in at.public if one.area == area and one.slug not in at.safe]
        due = self._due(boards, today + timedelta(days=1), now)
        if not due:
            return False
        path = item_path("announcement", due[0].id) if len(due) == 1 else f"/board/{boards[0].slug}?list=1"
        titles = [one.title or (one.contact.name if one.contact else "") for one in due]
        content = reminder_content(at.tree.get(area).name, titles, path)
        until = datetime.combine(today + timedelta(days=2), time(), self._zone)
        return push_outbox.remind(self._db, area, _key(area, today), content, until=until, now=now)

    def _due(self, boards: Iterable[Board], day: date, now: datetime) -> list[Announcement]:
        """The announcements that ``boards`` show now and whose deadline is ``day``, each announcement once."""
        snapshot = snapshot_of(self._db, boards, now)
        shown = {one.id: one for board in snapshot.boards for one in snapshot.announcements[board.slug]}
        today = now.astimezone(self._zone).date()
        return [
            one
            for one in shown.values()
            if any(window.start <= now and (window.until is None or now < window.until) for window in one.windows)
            and deadline(one, today, self._zone) == day
        ]

    def _notice(self, id: int) -> Notice | None:
        with suppress(NotFound):
            return notices.get(self._db, id)
        return None

    def _content(self, event: Event, at: Province, now: datetime) -> push_outbox.Content:
        places = ", ".join(at.tree.get(slug).name for slug in event.notice.areas[:3] if slug in at.tree)
        return notice_content(event.kind, event.notice, places, now, self._zone)


def _areas(notice: Notice, at: Province) -> tuple[str, ...]:
    """The slugs of the areas whose public boards show the notice, sorted; boards with the safe page do not count."""
    boards = reached(notice, (one for one in at.public if one.slug not in at.safe), at.tree)
    return tuple(sorted({one.area for one in boards}))


def _key(area: str, day: date) -> str:
    return f"deadlines/{area}/{day.isoformat()}"
