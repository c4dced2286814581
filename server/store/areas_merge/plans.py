"""Plans, carries out and undoes changes of the tree of areas; called by desk.areas and processes.worker.

plan ──> (due) run_due ──> done ──> undo, within an hour
   └──> cancel

An act may be undone within the hour. Then everything is as it was before, except what others have changed meanwhile;
of the act only the records of the audit are left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from server.core.model import PlanKind
from server.store import tables
from server.store.areas.areas import TREE_LOCK
from server.store.areas_merge.effects import Effect, effect_of
from server.store.areas_merge.merging import Territory, merge, move, territory
from server.store.areas_merge.row_changes import take_back
from server.store.audit import audit
from server.store.database import revision
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.tables import area_plans, columns_of

UNDO_WITHIN = timedelta(hours=1)
FARTHEST = timedelta(days=5 * 366)
"""How far in the future a change of the tree may be planned."""
_PLANNED: dict[PlanKind, str] = {"merge": "area.plan_merge", "move": "area.plan_move"}
_DONE: dict[PlanKind, str] = {"merge": "area.merge", "move": "area.move"}
_UNDONE: dict[PlanKind, str] = {"merge": "area.merge_undo", "move": "area.move_undo"}


@dataclass(frozen=True, slots=True)
class Plan:
    """A change of the tree: ``area`` becomes a part of ``target`` (merge), or gets it as its parent (move).

    ``obstacle`` is a Vietnamese sentence: why a due change waits; "" if nothing is in its way. ``done`` is when it
    was carried out, None before.
    """

    id: int
    kind: PlanKind
    area: str
    target: str
    due: datetime
    planned_by: str
    planned: datetime
    done: datetime | None = None
    obstacle: str = ""

    def can_be_undone(self, now: datetime) -> bool:
        """Whether the change was carried out less than an hour ago."""
        return self.done is not None and timedelta(0) <= now - self.done < UNDO_WITHIN


@dataclass(frozen=True, slots=True)
class _Record:
    """A plan as the audit records it: ``merged`` becomes a part of ``merged_into``, or gets ``parent``."""

    merged: str = ""
    parent: str = ""
    merged_into: str = ""
    due: datetime | None = None
    boards_moved: int | None = None


def waiting(db: Database) -> tuple[Plan, ...]:
    """The plans that are not carried out yet, the next one first."""
    wanted = _ALL.where(area_plans.c.done.is_(None)).order_by(area_plans.c.due, area_plans.c.id)
    with db.read() as conn:
        return as_values(Plan, conn.execute(wanted))


def undoable(db: Database, now: datetime) -> tuple[Plan, ...]:
    """The plans that were carried out within the last hour, the newest first."""
    wanted = _ALL.where(area_plans.c.done > now - UNDO_WITHIN).order_by(area_plans.c.done.desc(), area_plans.c.id)
    with db.read() as conn:
        return as_values(Plan, conn.execute(wanted))


def get(db: Database, id: int) -> Plan:
    """The plan with this id. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def effect(db: Database, kind: PlanKind, area: str, target: str, now: datetime) -> Effect:
    """Count what the change would concern at ``now``. Raises ValueError, with a reason, if it is impossible."""
    with db.read() as conn:
        found = territory(conn)
        _check(found, kind, area, target)
        return effect_of(conn, found, kind, area, target, now)


@retry_on_deadlock
def plan(db: Database, kind: PlanKind, area: str, target: str, *, due: datetime, actor: str, now: datetime) -> Plan:
    """Plan a change for the moment ``due``; `run_due` carries it out, at once if ``due`` is not after ``now``.

    Raises ValueError, with a Vietnamese sentence, if the change is impossible, if another plan concerns ``area`` or
    would be affected, or if ``due`` is more than five years away.
    """
    if due > now + FARTHEST:
        raise ValueError("Ngày thực hiện xa quá: nhiều nhất 5 năm nữa.")
    with db.write() as conn:
        advisory_lock(conn, TREE_LOCK)
        _check(territory(conn), kind, area, target)
        _refuse_second(conn, kind, area, target)
        values = {"kind": kind, "area": area, "target": target, "due": max(due, now), "planned_by": actor}
        made = conn.execute(insert(area_plans).values(**values, planned=now).returning(area_plans.c.id)).scalar_one()
        done = _one(conn, made)
        _record(conn, _PLANNED[kind], done, actor, now)
        return done


@retry_on_deadlock
def cancel(db: Database, id: int, *, actor: str, now: datetime) -> Plan:
    """Delete a plan that is not carried out yet; returns it. Raises NotFound, NotLive if it is carried out."""
    with db.write() as conn:
        advisory_lock(conn, TREE_LOCK)
        found = _one(conn, id)
        if found.done is not None:
            raise NotLive("Việc này đã làm rồi, không bỏ kế hoạch được nữa")
        conn.execute(delete(area_plans).where(area_plans.c.id == id))
        _record(conn, "area.plan_cancel", found, actor, now)
        return found


@retry_on_deadlock
def run_due(db: Database, now: datetime) -> tuple[Plan, ...]:
    """Carry out the plans that are due; returns them. A plan that is impossible now waits, with its obstacle.

    Also deletes what was kept for undoing acts that cannot be undone any more. Called every few seconds, so it only
    reads if there is nothing to do.
    """
    due = _ALL.where(area_plans.c.done.is_(None), area_plans.c.due <= now).order_by(area_plans.c.due, area_plans.c.id)
    over = (area_plans.c.done <= now - UNDO_WITHIN) & area_plans.c.changes.is_not(None)
    with db.read() as conn:
        found = as_values(Plan, conn.execute(due))
        too_old = conn.execute(select(area_plans.c.id).where(over).limit(1)).one_or_none()
    if too_old is not None:
        with db.write() as conn:
            conn.execute(update(area_plans).where(over).values(changes=None))
    done = (run(db, one.id, now) for one in found)
    return tuple(one for one in done if one.done is not None)


@retry_on_deadlock
def run(db: Database, id: int, now: datetime) -> Plan:
    """Carry out the plan if it is possible now; returns it, with its obstacle if it is not. Raises NotFound."""
    with db.write() as conn:
        advisory_lock(conn, TREE_LOCK)
        found = _one(conn, id)
        if found.done is not None:
            return found
        at = territory(conn)
        obstacle = _obstacle(conn, at, found)
        if obstacle:
            if obstacle != found.obstacle:
                conn.execute(update(area_plans).where(area_plans.c.id == id).values(obstacle=obstacle))
            return _one(conn, id)
        concerned = effect_of(conn, at, found.kind, found.area, found.target, now)
        if found.kind == "merge":
            changes = merge(conn, found.area, found.target, now)
        else:
            changes = move(conn, found.area, found.target)
        conn.execute(update(area_plans).where(area_plans.c.id == id).values(done=now, obstacle="", changes=changes))
        done = _one(conn, id)
        _record(conn, _DONE[found.kind], done, found.planned_by, now, boards=len(concerned.boards))
        revision.bump(conn, revision.EVERYTHING)
        return done


@retry_on_deadlock
def undo(db: Database, id: int, *, actor: str, now: datetime) -> Plan:
    """Undo a change that was carried out within the last hour; returns the plan, which is deleted.

    Raises NotFound; NotLive if it is not carried out, if that was more than an hour ago, or if a later change of the
    tree concerns the same areas, which must be undone first.
    """
    with db.write() as conn:
        advisory_lock(conn, TREE_LOCK)
        found = _one(conn, id)
        if not found.can_be_undone(now):
            raise NotLive("Chỉ hoàn tác được trong một giờ sau khi thực hiện")
        both = [found.area, found.target]
        later = select(area_plans.c.id).where(
            area_plans.c.done >= found.done, area_plans.c.id != id,
            or_(area_plans.c.area.in_(both), area_plans.c.target.in_(both)),
        )  # fmt: skip
        if conn.execute(later.limit(1)).one_or_none() is not None:
            raise NotLive("Sau đó còn một thay đổi khác của các đơn vị này. Hãy hoàn tác thay đổi ấy trước")
        changes = conn.execute(select(area_plans.c.changes).where(area_plans.c.id == id)).scalar_one()
        take_back(conn, changes if isinstance(changes, list) else [])
        conn.execute(delete(area_plans).where(area_plans.c.id == id))
        _record(conn, _UNDONE[found.kind], found, actor, now)
        revision.bump(conn, revision.EVERYTHING)
        return found


_ALL = select(*columns_of(area_plans, Plan))


def _one(conn: Connection, id: int) -> Plan:
    row = conn.execute(_ALL.where(area_plans.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("Không có kế hoạch này")
    return as_value(Plan, row)


def _check(at: Territory, kind: PlanKind, area: str, target: str) -> None:
    """Raises ValueError, with a Vietnamese sentence, if the change is impossible in this tree."""
    tree = at.tree
    if area not in tree or target not in tree:
        raise ValueError("Một trong hai đơn vị không còn.")
    if tree.covers(area, target):
        raise ValueError("Đơn vị nhận phải nằm ngoài đơn vị được chuyển.")
    if kind == "move" and tree.get(area).parent == target:
        raise ValueError("Đơn vị đã thuộc nơi này rồi.")
    if kind == "merge" and tree.get(area).parent is None:
        raise ValueError("Đơn vị cao nhất không nhập vào đơn vị khác được.")


def _refuse_second(conn: Connection, kind: PlanKind, area: str, target: str) -> None:
    """Raises ValueError if a waiting plan concerns ``area``, or merges ``target`` into another area."""
    mine = or_(area_plans.c.area == area, (area_plans.c.area == target) & (area_plans.c.kind == "merge"))
    if kind == "merge":
        mine = or_(mine, area_plans.c.target == area)
    if conn.execute(select(area_plans.c.id).where(area_plans.c.done.is_(None), mine).limit(1)).one_or_none():
        raise ValueError("Một trong hai đơn vị đang có kế hoạch khác. Hãy bỏ kế hoạch ấy trước.")


def _obstacle(conn: Connection, at: Territory, found: Plan) -> str:
    """Why the plan cannot be carried out now, as a Vietnamese sentence; "" if it can."""
    try:
        _check(at, found.kind, found.area, found.target)
    except ValueError as error:
        return str(error)
    on = select(tables.panics.c.id).where(tables.panics.c.ended.is_(None), tables.panics.c.area == found.area)
    if found.kind == "merge" and conn.execute(on.limit(1)).one_or_none() is not None:
        return "Đơn vị đang bật màn hình an toàn. Hãy tắt màn hình an toàn thì việc này mới làm được."
    return ""


def _record(conn: Connection, act: str, found: Plan, actor: str, now: datetime, *, boards: int | None = None) -> None:
    """Audit an act on both areas, so that each one's history tells it."""
    made = _Record(
        merged=found.area if found.kind == "merge" else "",
        parent=found.target if found.kind == "move" else "",
        merged_into=found.target if found.kind == "merge" else "",
        due=found.due,
        boards_moved=boards,
    )
    gone = act.endswith(("_undo", "_cancel"))
    before, after = (made, None) if gone else (None, made)
    subjects: Iterable[str] = (found.area,) if found.done is None else (found.area, found.target)
    for slug in subjects:
        audit.record(conn, actor=actor, act=act, subject=f"area/{slug}", before=before, after=after, now=now)
