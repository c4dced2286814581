"""What operators queue, for an area and below; called by desk, command line, worker and director.

Each act is one transaction with its audit row. What may become of an announcement is decided by
server/core/workflow.py; who may, by the caller, before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from server.core.announcements import recurrence
from server.core.announcements.parts import Problem, changed, problems_of
from server.core.model import Announcement, AnnouncementState, Board, Window
from server.core.workflow import ANNOUNCEMENT, NotPossible, check_four_eyes, is_own_work
from server.store.announcements.history import past_body
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive, StoreRefusal
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import announcement_versions, announcements, columns_of, values_of

_ALL = select(*columns_of(announcements, Announcement))
SHOWN: AnnouncementState = "approved"
CLOCK = "system"
RENEWED_AHEAD = timedelta(days=28)


class Unready(StoreRefusal):
    """It lacks something: ``lacks`` name each field and what is wrong with it."""

    def __init__(self, lacks: Sequence[Problem]) -> None:
        super().__init__(" ".join(lack.sentence for lack in lacks))
        self.lacks = tuple(lacks)


@dataclass(frozen=True, slots=True)
class Rules:
    """What configuration says: whether a second person approves, and days off beside the holidays by law."""

    four_eyes: bool = False
    days_off: tuple[date, ...] = ()


def post(
    db: Database, announcement: Announcement, *, actor: str, rules: Rules = Rules(), tell: Sequence[Message] = ()
) -> Announcement:
    """Queue it in the state that it names, whatever its ``id`` was; gives it back with the id it got.

    Raises ValueError where its area or one of its boards is not known, or where it is to be shown and no window
    lets it; Unready where what is to be submitted or shown lacks something else.
    """
    now = announcement.created
    ready = _with_windows(announcement, now, rules)
    if ready.state == SHOWN and not ready.windows and ready.recurrence is None:
        raise ValueError("an announcement without a window is shown to nobody")
    if ready.state == "submitted":
        _need_ready(ready, now)
    with db.write() as conn:
        _check_targets(conn, ready)
        row = values_of(ready) | {"ends": _ends(ready)}
        del row["id"]
        made = conn.execute(insert(announcements).values(row).returning(announcements.c.id))
        posted = replace(ready, id=made.scalar_one())
        _record(conn, "announcement.post", None, posted, actor, now)
        messages.queue(conn, _about(tell, posted), now)
        left = _leave(conn, posted, actor, now)
        if posted.state == SHOWN:
            revision.bump(conn, *_where(posted, *left))
        return posted


def revise(db: Database, wanted: Announcement, *, actor: str, now: datetime, rules: Rules = Rules()) -> Announcement:
    """Change the words of a draft; ``wanted.version`` is the version that was read.

    What was said before is kept. What is shown already is not changed under people's eyes: a draft that names it
    in ``replaces`` takes its place when it is approved. Raises NotFound, NotLive (approved or withdrawn),
    ValueError (targets), Conflict.
    """
    with db.write() as conn:
        before = _one(conn, wanted.id, lock=True)
        if before.version != wanted.version:
            raise _conflict(before)
        if before.state in (SHOWN, "withdrawn"):
            raise NotLive(f"Thông báo số {before.id} {ANNOUNCEMENT.words[before.state]}: hãy sửa trên một bản sao")
        if not changed(before, wanted):
            return before
        after = _with_windows(_revised(before, wanted, actor, now), now, rules)
        _check_targets(conn, after)
        _keep_past(conn, before, actor, now)
        _write(conn, after)
        _record(conn, "announcement.edit", before, after, actor, now)
        return after


def take(
    db: Database,
    id: int,
    step: str,
    *,
    actor: str,
    now: datetime,
    version: int | None = None,
    reason: str = "",
    rules: Rules = Rules(),
    tell: Sequence[Message] = (),
) -> Announcement:
    """Take one step of the workflow; ``version`` is the one that was read and judged, None for whatever it says now.

    Raises NotFound, Conflict, NotPossible (OwnWork where four eyes are asked for), Unready where it goes to an
    editor or to the glass and lacks something, StoreRefusal where a reason is missing.
    """
    with db.write() as conn:
        before = _one(conn, id, lock=True)
        if version is not None and version != before.version:
            raise _conflict(before)
        after = _moved(before, step, actor, now, reason, rules)
        _write(conn, after)
        own = step == "approve" and is_own_work(before, actor)
        _record(conn, f"announcement.{step}{'_own' if own else ''}", before, after, actor, now)
        messages.queue(conn, tell, now)
        left = _leave(conn, after, actor, now)
        if SHOWN in (before.state, after.state):
            revision.bump(conn, *_where(after, *left))
        return after


def withdraw(db: Database, id: int, *, actor: str, now: datetime, reason: str = "") -> Announcement:
    """Take it from every board; nothing is written where that was done already. Raises NotFound."""
    if get(db, id).state == "withdrawn":
        return get(db, id)
    return take(db, id, "withdraw", actor=actor, now=now, reason=reason)


def reorder(db: Database, ids: Sequence[int], *, actor: str, now: datetime) -> None:
    """Those first in ``ids`` come first among what has waited equally long. Raises NotFound."""
    with db.write() as conn:
        moved: list[Announcement] = []
        for position, id in enumerate(ids, start=1):
            before = _one(conn, id, lock=True)
            if before.position != position:
                after = replace(before, position=position)
                _write(conn, after)
                _record(conn, "announcement.reorder", before, after, actor, now)
                if after.state == SHOWN:
                    moved.append(after)
        if moved:
            revision.bump(conn, *_where(*moved))


def renew(db: Database, now: datetime, days_off: Collection[date] = ()) -> tuple[int, ...]:
    """Write the coming windows of what comes back by a rule, where they are not there yet; gives back whose."""
    wanted = _ALL.where(announcements.c.state == SHOWN, announcements.c.recurrence.is_not(None))
    with db.read() as conn:
        found = [Announcement(**row._asdict()) for row in conn.execute(wanted.order_by(announcements.c.id))]
    stale = [one.id for one in found if _stale(one, now, days_off)]
    for id in stale:
        _renew(db, id, now, days_off)
    return tuple(stale)


def shown(db: Database, areas: Collection[str], *, now: datetime) -> tuple[Announcement, ...]:
    """Those approved, not ended, and addressed to one of ``areas``; by position, oldest first."""
    ends = announcements.c.ends
    wanted = _ALL.where(
        announcements.c.area.in_(areas),
        announcements.c.state == SHOWN,
        announcements.c.template.is_(False),
        or_(ends.is_(None), ends > now),
    )
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(announcements.c.position, announcements.c.id))
        return tuple(Announcement(**row._asdict()) for row in rows)


def for_board(db: Database, board: Board, chain: Sequence[str], *, now: datetime) -> tuple[Announcement, ...]:
    """Those approved, not ended, and addressed to one of the areas of ``chain`` (the board's own and those above).

    Where an announcement names boards, only these. By position, oldest first.
    """
    found = shown(db, chain, now=now)
    return tuple(each for each in found if not each.boards or board.slug in each.boards)


def get(db: Database, id: int) -> Announcement:
    """Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def all(db: Database) -> tuple[Announcement, ...]:
    """Every announcement in any state, newest first."""
    with db.read() as conn:
        rows = conn.execute(_ALL.order_by(announcements.c.id.desc()))
        return tuple(Announcement(**row._asdict()) for row in rows)


def _moved(before: Announcement, step: str, actor: str, now: datetime, reason: str, rules: Rules) -> Announcement:
    target = ANNOUNCEMENT.move(before.state, step)
    if ANNOUNCEMENT.steps[step].reasoned and not reason.strip():
        raise NotPossible("Hãy nói rõ lý do, để người soạn biết cần sửa gì.")
    after = replace(before, state=target, reason=reason.strip())
    if target == SHOWN:
        check_four_eyes(before, actor, four_eyes=rules.four_eyes)
    if target in (SHOWN, "submitted"):
        after = _with_windows(after, now, rules)
        _need_ready(after, now)
    return replace(after, decided_by=actor) if step in ("approve", "return", "reinstate") else after


def _conflict(theirs: Announcement) -> Conflict:
    who = theirs.edited_by or theirs.created_by
    return Conflict(f"{who} đã sửa thông báo số {theirs.id} trong lúc bạn soạn", theirs)


def _need_ready(one: Announcement, now: datetime) -> None:
    lacks = problems_of(one, now)
    if lacks:
        raise Unready(lacks)


def _revised(before: Announcement, wanted: Announcement, actor: str, now: datetime) -> Announcement:
    return replace(
        wanted,
        created=before.created,
        created_by=before.created_by,
        state=before.state,
        position=before.position,
        reason=before.reason,
        decided_by=before.decided_by,
        replaces=before.replaces,
        version=before.version + 1,
        edited=now,
        edited_by=actor,
    )


def _keep_past(conn: Connection, before: Announcement, actor: str, now: datetime) -> None:
    kept = {"announcement": before.id, "version": before.version, "replaced": now, "by": actor}
    conn.execute(insert(announcement_versions).values(kept | {"body": past_body(before)}))


def _where(*shown: Announcement) -> list[str]:
    """The scopes of the areas whose boards they are on."""
    return sorted({revision.announced_in(one.area) for one in shown})


def _leave(conn: Connection, shown: Announcement, actor: str, now: datetime) -> tuple[Announcement, ...]:
    """What ``shown`` takes the place of leaves the boards in the same moment; gives back what has left."""
    if shown.state != SHOWN or shown.replaces is None:
        return ()
    before = _one(conn, shown.replaces, lock=True)
    if before.state == SHOWN:
        after = replace(before, state="withdrawn", reason=f"Thay bằng thông báo số {shown.id}")
        _write(conn, after)
        _record(conn, "announcement.replace", before, after, actor, now)
        return (after,)
    return ()


def _with_windows(one: Announcement, now: datetime, rules: Rules) -> Announcement:
    if one.recurrence is None:
        return one
    return replace(one, windows=recurrence.windows(one.recurrence, now=now, days_off=rules.days_off))


def _stale(one: Announcement, now: datetime, days_off: Collection[date]) -> bool:
    if one.recurrence is None:
        return False
    until = now + RENEWED_AHEAD
    wanted = recurrence.windows(one.recurrence, now=now, days_off=days_off)
    return _between(wanted, now, until) != _between(one.windows, now, until)


def _between(windows: Sequence[Window], since: datetime, until: datetime) -> list[Window]:
    return [one for one in windows if since <= one.start < until]


def _renew(db: Database, id: int, now: datetime, days_off: Collection[date]) -> None:
    with db.write() as conn:
        before = _one(conn, id, lock=True)
        if before.state == SHOWN and _stale(before, now, days_off):
            after = _with_windows(before, now, Rules(days_off=tuple(days_off)))
            _write(conn, after)
            _record(conn, "announcement.renew", before, after, CLOCK, now)
            revision.bump(conn, *_where(after))


def _ends(one: Announcement) -> datetime | None:
    if one.recurrence is not None:
        return recurrence.ends(one.recurrence)
    ends = [window.until for window in one.windows if window.until is not None]
    return max(ends) if ends and len(ends) == len(one.windows) else None


def _check_targets(conn: Connection, one: Announcement) -> None:
    references.check_areas(conn, [one.area])
    references.check_boards(conn, one.boards)


def _about(tell: Sequence[Message], one: Announcement) -> list[Message]:
    """Messages that were written before the announcement had its number."""
    return [replace(message, link=message.link.replace("{id}", str(one.id))) for message in tell]


def _write(conn: Connection, one: Announcement) -> None:
    row: Mapping[str, Any] = values_of(one) | {"ends": _ends(one)}
    conn.execute(update(announcements).where(announcements.c.id == one.id).values(row))


def _one(conn: Connection, id: int, *, lock: bool = False) -> Announcement:
    wanted = _ALL.where(announcements.c.id == id)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có thông báo số {id}")
    return Announcement(**row._asdict())


def _record(
    conn: Connection, act: str, before: Announcement | None, after: Announcement, actor: str, now: datetime
) -> None:
    subject = f"announcement/{after.id}"
    audit.record(conn, actor=actor, act=act, subject=subject, before=before, after=after, now=now)
