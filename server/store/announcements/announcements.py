"""Announcements of operators to an area and those below it; called by the desk, the command line and content.

Each step is one transaction with its audit record. server.core.workflow decides which steps are possible; the caller
has checked before who may take them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_

from server.core.announcements.parts import Problem, changed, problems_of
from server.core.model import Announcement
from server.core.workflow import ANNOUNCEMENT, NotPossible, check_four_eyes, is_own_work
from server.store.announcements import rows
from server.store.announcements.history import past_body
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotLive, StoreRefusal
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import announcement_versions, announcements

SHOWN = rows.SHOWN


class Incomplete(StoreRefusal):
    """The announcement lacks something; ``problems`` names each field and what is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings of config: ``four_eyes``, a second person must approve; ``days_off``, besides public holidays."""

    four_eyes: bool = False
    days_off: tuple[date, ...] = ()


def post(
    db: Database, announcement: Announcement, *, actor: str, rules: Rules = Rules(), notify: Sequence[Message] = ()
) -> Announcement:
    """Insert it in its ``state``, ignoring its ``id``; returns it with its new id. ``notify`` are messages about it.

    Raises ValueError for an unknown area or board, or if it would be shown but has no window; Incomplete if it is
    to be submitted or shown and lacks something else.
    """
    now = announcement.created
    ready = rows.with_windows(announcement, now, rules.days_off)
    if ready.state == SHOWN and not ready.windows and ready.recurrence is None:
        raise ValueError("an announcement without a window is shown to nobody")
    if ready.state == "submitted":
        _need_complete(ready, now)
    with db.write() as conn:
        _check_targets(conn, ready)
        row = rows.values_with_end(ready)
        del row["id"]
        made = conn.execute(insert(announcements).values(row).returning(announcements.c.id))
        posted = replace(ready, id=made.scalar_one())
        rows.record(conn, "announcement.post", None, posted, actor, now)
        messages.queue(conn, messages.numbered(notify, posted.id), now)
        replaced = _withdraw_replaced(conn, posted, actor, now)
        if posted.state == SHOWN:
            revision.bump(conn, *rows.scopes(posted, *replaced))
        return posted


def revise(db: Database, wanted: Announcement, *, actor: str, now: datetime, rules: Rules = Rules()) -> Announcement:
    """Change the content of a draft; ``wanted.version`` is the version that was read. The old version is kept.

    An approved announcement is not changed while boards show it: a draft that names it in ``replaces`` takes its
    place when it is approved. Raises NotFound, NotLive (approved or withdrawn), ValueError (targets), Conflict.
    """
    with db.write() as conn:
        before = rows.one(conn, wanted.id, lock=True)
        if before.version != wanted.version:
            raise _conflict(before)
        if before.state in (SHOWN, "withdrawn"):
            raise NotLive(f"Thông báo số {before.id} {ANNOUNCEMENT.words[before.state]}: hãy sửa trên một bản sao")
        if not changed(before, wanted):
            return before
        after = rows.with_windows(_revised(before, wanted, actor, now), now, rules.days_off)
        _check_targets(conn, after)
        _keep_version(conn, before, actor, now)
        rows.write(conn, "announcement.edit", before, after, actor, now)
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
    notify: Sequence[Message] = (),
) -> Announcement:
    """Take one step of the workflow; ``version`` is the version that the actor read, None for the current one.

    Raises NotFound, Conflict, NotPossible (OwnWork if four eyes are required, and if a reason is missing); Incomplete
    if it goes to an editor or to the boards and lacks something.
    """
    with db.write() as conn:
        before = rows.one(conn, id, lock=True)
        if version is not None and version != before.version:
            raise _conflict(before)
        after = _moved(before, step, actor, now, reason, rules)
        own = step == "approve" and is_own_work(before, actor)
        rows.write(conn, f"announcement.{step}{'_own' if own else ''}", before, after, actor, now)
        messages.queue(conn, notify, now)
        replaced = _withdraw_replaced(conn, after, actor, now)
        if SHOWN in (before.state, after.state):
            revision.bump(conn, *rows.scopes(after, *replaced))
        return after


def withdraw(db: Database, id: int, *, actor: str, now: datetime, reason: str = "") -> Announcement:
    """Remove it from every board; writes nothing if it is withdrawn already. Raises NotFound."""
    current = get(db, id)
    if current.state == "withdrawn":
        return current
    return take(db, id, "withdraw", actor=actor, now=now, reason=reason)


def reorder(db: Database, ids: Sequence[int], *, actor: str, now: datetime) -> None:
    """Set positions in the order of ``ids``: of those that waited equally long, lower ones air first.

    Raises NotFound.
    """
    with db.write() as conn:
        moved: list[Announcement] = []
        for position, id in enumerate(ids, start=1):
            before = rows.one(conn, id, lock=True)
            if before.position != position:
                after = replace(before, position=position)
                rows.write(conn, "announcement.reorder", before, after, actor, now)
                if after.state == SHOWN:
                    moved.append(after)
        if moved:
            revision.bump(conn, *rows.scopes(*moved))


def shown(db: Database, areas: Collection[str], *, now: datetime) -> tuple[Announcement, ...]:
    """Approved announcements addressed to one of ``areas`` that have not ended; by position, oldest first."""
    ends = announcements.c.ends
    wanted = rows.ALL.where(
        announcements.c.area.in_(areas),
        announcements.c.state == SHOWN,
        announcements.c.template.is_(False),
        or_(ends.is_(None), ends > now),
    )
    with db.read() as conn:
        found = conn.execute(wanted.order_by(announcements.c.position, announcements.c.id))
        return tuple(Announcement(**row._asdict()) for row in found)


def get(db: Database, id: int) -> Announcement:
    """Raises NotFound."""
    with db.read() as conn:
        return rows.one(conn, id)


def all(db: Database) -> tuple[Announcement, ...]:
    """Every announcement in any state, newest first."""
    with db.read() as conn:
        found = conn.execute(rows.ALL.order_by(announcements.c.id.desc()))
        return tuple(Announcement(**row._asdict()) for row in found)


def _moved(before: Announcement, step: str, actor: str, now: datetime, reason: str, rules: Rules) -> Announcement:
    target = ANNOUNCEMENT.move(before.state, step)
    if ANNOUNCEMENT.steps[step].reasoned and not reason.strip():
        raise NotPossible("Hãy nói rõ lý do, để người soạn biết cần sửa gì.")
    after = replace(before, state=target, reason=reason.strip())
    if target == SHOWN:
        check_four_eyes(before, actor, four_eyes=rules.four_eyes)
    if target in (SHOWN, "submitted"):
        after = rows.with_windows(after, now, rules.days_off)
        _need_complete(after, now)
    return replace(after, decided_by=actor) if step in ("approve", "return", "reinstate") else after


def _conflict(current: Announcement) -> Conflict:
    editor = current.edited_by or current.created_by
    return Conflict(f"{editor} đã sửa thông báo số {current.id} trong lúc bạn soạn", current)


def _need_complete(one: Announcement, now: datetime) -> None:
    problems = problems_of(one, now)
    if problems:
        raise Incomplete(problems)


def _revised(before: Announcement, wanted: Announcement, actor: str, now: datetime) -> Announcement:
    """The content of ``wanted`` as the next version; everything that people do not edit stays as it was."""
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


def _keep_version(conn: Connection, before: Announcement, actor: str, now: datetime) -> None:
    row = {"announcement": before.id, "version": before.version, "replaced": now, "by": actor}
    conn.execute(insert(announcement_versions).values(row | {"body": past_body(before)}))


def _withdraw_replaced(
    conn: Connection, replacing: Announcement, actor: str, now: datetime
) -> tuple[Announcement, ...]:
    """Withdraw the announcement that ``replacing`` replaces, in the same transaction; returns what was withdrawn."""
    if replacing.state != SHOWN or replacing.replaces is None:
        return ()
    before = rows.one(conn, replacing.replaces, lock=True)
    if before.state == SHOWN:
        after = replace(before, state="withdrawn", reason=f"Thay bằng thông báo số {replacing.id}")
        rows.write(conn, "announcement.replace", before, after, actor, now)
        return (after,)
    return ()


def _check_targets(conn: Connection, one: Announcement) -> None:
    references.check_areas(conn, [one.area])
    references.check_boards(conn, one.boards)
