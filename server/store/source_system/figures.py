"""Reads the figures of reports to the source system: plays of a board, and airtime; called by desk and worker.

Plays come from counted rows (``plays`` and, for whole boards, ``play_days``), never from single receipts. Urgent
notices are in no lap while they hold the whole glass: their time comes from the receipts of these notices alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union,
)

from server.core.source_system.bulletins import Priority
from server.core.source_system.reports import Airtime, Period, PlayLine
from server.store.database.chunks import chunks
from server.store.database.engine import Database
from server.store.tables import (
    announcements,
    notice_receipts,
    notices,
    play_days,
    plays,
    screens,
    source_bulletins,
    source_items,
)

Items = Select[str] | CompoundSelect[str]
_GRADE: tuple[Priority, ...] = ("normal", "priority", "urgent")


class _Shown(NamedTuple):
    """An urgent notice on one screen: from ``start`` to ``end``, cut to the period."""

    notice: int
    headline: str
    board: str
    start: datetime
    end: datetime

    @property
    def milliseconds(self) -> int:
        return max(0, (self.end - self.start) // timedelta(milliseconds=1))


class _Kind(NamedTuple):
    """What reports say of an item beside its plays."""

    priority: Priority = "normal"
    advert: bool = False
    bulletin: str = ""


def plays_of(db: Database, board: str, period: Period, zone: ZoneInfo, now: datetime) -> tuple[PlayLine, ...]:
    """What one board showed in a period, the item shown for the longest time first.

    ``zone`` is that in which the period's days begin for urgent notices; one that is on a screen still is counted up
    to ``now``.
    """
    by = plays.c.item, plays.c.title
    sums = (
        func.sum(plays.c.count).label("plays"), func.count().label("days"), func.min(plays.c.first).label("first"),
        func.max(plays.c.last).label("last"), func.sum(plays.c.milliseconds).label("time"),
    )  # fmt: skip
    found: dict[str, PlayLine] = {}
    with db.read() as conn:
        for row in conn.execute(select(*by, *sums).where(_within([board], period)).group_by(*by)):
            line = PlayLine(row.item, row.title, int(row.plays), row.days, row.first, row.last, int(row.time))
            before = found.get(row.item)
            found[row.item] = line if before is None else _joined(before, line)
        for shown in _urgent(conn, [board], period, zone, now):
            item = f"notice:{shown.notice}"
            days = _days(shown, zone)
            line = PlayLine(item, shown.headline, 1, days, shown.start, shown.end, shown.milliseconds)
            before = found.get(item)
            found[item] = line if before is None else replace(_joined(before, line), days=max(before.days, days))
        kinds = _kinds(conn, found)
    lines = (replace(line, **kinds[item]._asdict()) if item in kinds else line for item, line in found.items())
    return tuple(sorted(lines, key=lambda line: (-line.milliseconds, -line.count, line.item)))


def airtime(
    db: Database, boards: Collection[str], period: Period, zone: ZoneInfo, now: datetime
) -> dict[str, Airtime]:
    """Slug of a board -> its airtime in a period; boards that showed nothing are left out. See `plays_of`."""
    found: dict[str, Airtime] = {}
    days, chosen = play_days.c, set(boards)
    in_period = days.day.between(period.first.isoformat(), period.last.isoformat())
    whole = select(days.board, func.sum(days.count), func.sum(days.milliseconds)).where(in_period)
    with db.read() as conn:
        for board, count, ms in conn.execute(whole.group_by(days.board)):
            if board in chosen:
                found[board] = Airtime(int(count), int(ms))
        for name, items in _special(period, zone).items():
            for board, (count, ms) in _sums(conn, period, items).items():
                if board in found:
                    found[board] += Airtime(**{f"{name}_count": count, f"{name}_milliseconds": ms})
        for shown in _urgent(conn, boards, period, zone, now):
            ms = shown.milliseconds
            more = Airtime(1, ms, urgent_count=1, urgent_milliseconds=ms)
            found[shown.board] = found.get(shown.board, Airtime()) + more
    return found


def _within(boards: Iterable[str], period: Period) -> ColumnElement[bool]:
    days = plays.c.day.between(period.first.isoformat(), period.last.isoformat())
    return and_(plays.c.board.in_(list(boards)), days)


def _joined(one: PlayLine, other: PlayLine) -> PlayLine:
    return replace(
        one,
        title=other.title if other.last > one.last else one.title,
        count=one.count + other.count,
        days=one.days + other.days,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        milliseconds=one.milliseconds + other.milliseconds,
    )


def _days(shown: _Shown, zone: ZoneInfo) -> int:
    return (shown.end.astimezone(zone).date() - shown.start.astimezone(zone).date()).days + 1


def _sums(conn: Connection, period: Period, items: Items) -> dict[str, tuple[int, int]]:
    """Slug of a board -> (plays, their time in ms) of ``items``, on all boards.

    The items are few. The boards are not in the condition, so that the index on item and day finds the rows.
    """
    sums: dict[str, tuple[int, int]] = {}
    in_period = plays.c.day.between(period.first.isoformat(), period.last.isoformat())
    wanted = select(plays.c.board, func.sum(plays.c.count), func.sum(plays.c.milliseconds)).where(in_period)
    for some in chunks(list(conn.execute(items).scalars())):
        for board, count, ms in conn.execute(wanted.where(plays.c.item.in_(some)).group_by(plays.c.board)):
            before = sums.get(board, (0, 0))
            sums[board] = before[0] + int(count), before[1] + int(ms)
    return sums


def _special(period: Period, zone: ZoneInfo) -> dict[str, Items]:
    """The queries for the items that may have been shown in the period: adverts, those of priority, urgent ones."""
    begin, end = _bounds(period, zone)
    a, n = announcements.c, notices.c
    posted = _key("announcement", a.id).where(a.created < end, or_(a.ends.is_(None), a.ends > begin))
    noticed = _key("notice", n.id).where(n.issued < end, n.until > begin)
    sent = select(source_items.c.item).join(source_bulletins, source_bulletins.c.id == source_items.c.bulletin)
    in_time = (
        source_bulletins.c.priority == "priority",
        or_(source_bulletins.c.until.is_(None), source_bulletins.c.until > begin),
    )
    return {
        "advert": posted.where(a.advert.is_(True)),
        "priority": union(
            posted.where(a.priority.is_(True)), noticed.where(n.level == "priority"), sent.where(*in_time)
        ),
        "urgent": noticed.where(n.level == "urgent"),
    }


def _key(kind: str, id: ColumnElement[int]) -> Select[str]:
    return select((literal(f"{kind}:") + cast(id, String)).label("item"))


def _bounds(period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which the period begins and ends."""
    begin = datetime.combine(period.first, time(), zone)
    return begin, datetime.combine(period.last + timedelta(days=1), time(), zone)


def _urgent(
    conn: Connection, boards: Collection[str], period: Period, zone: ZoneInfo, now: datetime
) -> Iterator[_Shown]:
    """Yields each time that one of the boards' screens showed an urgent notice in the period.

    Only the time is meant in which it held the whole glass. What follows in the lap is in ``plays``.
    """
    begin, end = _bounds(period, zone)
    end = min(end, now)
    until = func.coalesce(notices.c.holds_until, notices.c.ended, notices.c.until).label("until")
    shown = notice_receipts.c
    wanted = (
        select(notices.c.id, notices.c.headline, screens.c.board, shown.shown, shown.ended, until)
        .join(notice_receipts, shown.notice == notices.c.id)
        .join(screens, screens.c.id == shown.screen)
        .where(
            notices.c.level == "urgent", notices.c.calm.is_(False), notices.c.issued < end,
            or_(notices.c.ended.is_(None), notices.c.ended > begin), notices.c.until > begin,
            shown.shown.is_not(None), shown.shown < end,
        )
    )  # fmt: skip
    chosen = set(boards)
    for row in conn.execute(wanted.order_by(notices.c.id, shown.shown)):
        if row.board not in chosen:
            continue
        last = min(one for one in (row.ended, row.until, end) if one is not None)
        one = _Shown(row.id, row.headline, row.board, max(row.shown, begin), last)
        if one.end > one.start:
            yield one


def _kinds(conn: Connection, items: Collection[str]) -> dict[str, _Kind]:
    """Item -> what it is, for items that are not ordinary."""
    ids: dict[str, list[int]] = {"announcement": [], "notice": []}
    for item in items:
        kind, _, id = item.partition(":")
        if kind in ids and id.isdigit():
            ids[kind].append(int(id))
    found: dict[str, _Kind] = {}
    for some in chunks(sorted(ids["announcement"])):
        c = announcements.c
        special = select(c.id, c.priority, c.advert).where(c.id.in_(some), or_(c.priority, c.advert))
        for id, priority, advert in conn.execute(special):
            found[f"announcement:{id}"] = _Kind("priority" if priority else "normal", bool(advert))
    for some in chunks(sorted(ids["notice"])):
        for id, level in conn.execute(select(notices.c.id, notices.c.level).where(notices.c.id.in_(some))):
            found[f"notice:{id}"] = _Kind(level)
    joined = select(source_items.c.item, source_bulletins.c.number, source_bulletins.c.priority).join(
        source_bulletins, source_bulletins.c.id == source_items.c.bulletin
    )
    for listed in chunks(sorted(items)):
        for item, number, priority in conn.execute(joined.where(source_items.c.item.in_(listed))):
            before = found.get(item, _Kind())
            found[item] = before._replace(priority=max(before.priority, priority, key=_GRADE.index), bulletin=number)
    return found
