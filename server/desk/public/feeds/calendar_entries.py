"""Decides which calendar entries an item has (pure rules); called by calendar_views and calendar_file.

A window (period of showing) of at most a day becomes an appointment at its hours, for example a meeting or one
occurrence of a recurring announcement. A longer window, and every window of a statutory posting, becomes a whole-day
entry on the day on which it ends. A notice of an editor lasts from its issue to its end. News has no entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.content.public_feeds.feed_item import FeedItem
from server.core.model import Announcement, Notice, Window

APPOINTMENT = timedelta(days=1)
_SHORTEST = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
WITHDRAWN = "Đã gỡ"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry of a calendar. ``name`` identifies it permanently among the entries of this server.

    ``start`` and the exclusive ``end`` are aware times, or dates for a whole day. ``changed`` is when its content
    last changed; ``sequence`` grows with every change. ``item`` is None for a withdrawn item, of which the calendar
    may contain only the name and the time.
    """

    name: str
    start: datetime | date
    end: datetime | date
    summary: str
    changed: datetime
    sequence: int
    item: FeedItem | None = None


def entries_of(item: FeedItem, zone: ZoneInfo, now: datetime) -> tuple[CalendarEntry, ...]:
    """Returns the entries of an item, in order of time; none for news.

    Windows of an announcement that have ended at ``now`` are left out.
    """
    if isinstance(item.source, Announcement):
        return tuple(_of_announcement(item.source, item, zone, now))
    if isinstance(item.source, Notice):
        return (_of_notice(item.source, item, zone),)
    return ()


def withdrawn_announcement(one: Announcement, zone: ZoneInfo, now: datetime) -> tuple[CalendarEntry, ...]:
    """Returns the entries of an announcement that was on boards and was withdrawn, without its content.

    Windows that have ended at ``now`` are left out.
    """
    return tuple(_of_announcement(one, None, zone, now))


def withdrawn_notice(one: Notice, zone: ZoneInfo) -> CalendarEntry:
    """Returns the entry of a notice that was on boards and was cleared before its end, without its content."""
    return _of_notice(one, None, zone)


def _of_announcement(
    one: Announcement, item: FeedItem | None, zone: ZoneInfo, now: datetime
) -> Iterator[CalendarEntry]:
    changed = one.decided or one.created
    # Seconds since it was made: they grow with every approval, and leave room for a withdrawal between two of them.
    sequence = max(0, (changed - one.created) // _SECOND) + (item is None)
    for window in sorted(one.windows, key=lambda window: window.start):
        if window.until is None or window.until <= now:
            continue
        start, end, prefix = _times(one, window, window.until, zone)
        summary = f"{prefix}{item.title}" if item else WITHDRAWN
        name = f"a{one.id}-{window.start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield CalendarEntry(name, start, end, summary, changed, sequence, item)


def _times(
    one: Announcement, window: Window, until: datetime, zone: ZoneInfo
) -> tuple[datetime | date, datetime | date, str]:
    if one.longest_gap is None and until - window.start <= APPOINTMENT:
        return window.start.astimezone(zone), until.astimezone(zone), ""
    last = (until - _SHORTEST).astimezone(zone).date()
    words = "Hết hạn đăng: " if one.longest_gap is None else "Hết hạn niêm yết: "
    return last, last + timedelta(days=1), words


def _of_notice(one: Notice, item: FeedItem | None, zone: ZoneInfo) -> CalendarEntry:
    summary = f"{item.label}: {item.title}" if item else WITHDRAWN
    # A notice stores no time of its last change, and of all its parts only the end may change.
    sequence = max(0, (one.until - one.issued) // _MINUTE) + (item is None)
    return CalendarEntry(
        f"n{one.id}", one.issued.astimezone(zone), one.until.astimezone(zone), summary, one.issued, sequence, item
    )
