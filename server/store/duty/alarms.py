"""Stores alarms: what was observed, what is to be told of it, who has taken it on; called by worker.deliveries, desk.

One transaction judges an observation and writes what is to be sent, so no message is lost and none is made twice,
also by two workers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from server.core.duty import alarms as rules
from server.core.duty.alarms import LOCAL, Alarm, Fact, Kind, Rules, Step
from server.core.duty.plan import Send
from server.core.webhook_events import Event, EventKind, instant_text
from server.store.audit import audit
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.locks import advisory_lock, insert_new
from server.store.notifications import webhooks_outbox
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import alarm_deliveries, alarm_targets, alarms, columns_of, values_of

_C, _D = alarms.c, alarm_deliveries.c
_ALL = select(*columns_of(alarms, Alarm))
Group = tuple[Kind, str]
"""The kind and the area (slug) of an alarm: there is one open alarm of each at most."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is wrong now. Only ``kinds`` were looked at; alarms of other kinds stay as they are.

    ``machine`` is the name of the machine that looked. ``whole`` are the groups of which nothing works any more.
    """

    facts: tuple[Fact, ...]
    kinds: frozenset[Kind]
    machine: str = ""
    whole: frozenset[Group] = frozenset()


@dataclass(frozen=True, slots=True)
class Planned:
    """What follows from the steps of an alarm: ``sends`` and the desk's ``messages``.

    ``escalate_at`` is when it is passed on unless somebody acknowledges it. ``title`` says what is wrong, for
    webhooks.
    """

    sends: tuple[Send, ...] = ()
    messages: tuple[Message, ...] = ()
    escalate_at: datetime | None = None
    title: str = ""


Planner = Callable[[Alarm, tuple[Step, ...], frozenset[str], datetime], Planned]
"""Plans what follows from the steps of an alarm; gets also the targets that were told of it before, and the time."""


@dataclass(frozen=True, slots=True)
class _AuditedAlarm:
    """The fields of an alarm that the audit records."""

    kind: Kind
    area: str
    acknowledged_by: str


def link_of(id: int) -> str:
    """Returns the path of an alarm's page at the desk, which is the link of the messages about it."""
    return f"/desk/duty/alarms/{id}"


def observe(db: Database, seen: Observation, limits: Rules, planner: Planner, now: datetime) -> int:
    """Judge an observation and write what follows; returns how many alarms have changed."""
    facts: dict[Group, list[Fact]] = {}
    for fact in seen.facts:
        facts.setdefault((fact.kind, fact.area), []).append(fact)
    with db.write() as conn:
        advisory_lock(conn, "alarms")
        lasting = {(one.kind, one.area): one for one in as_values(Alarm, conn.execute(_open()))}
        restarts = _restarts(conn, now)
        changed = 0
        for group in sorted({*lasting, *facts}):
            before, mine = lasting.get(group), facts.get(group, [])
            alarm = before or _added(conn, rules.opened(*group, mine, now))
            after, steps = alarm, tuple[Step, ...]()
            if group[0] in seen.kinds:
                mine += _of_other_machines(alarm, seen.machine)
                after, steps = rules.judged(
                    alarm, mine, now, limits, everything=group in seen.whole, restarts=restarts.get(group, 0)
                )
            changed += _follow(conn, before, rules.passed_on(after, now), steps, planner, now)
        return changed


def _follow(
    conn: Connection, before: Alarm | None, alarm: Alarm, steps: tuple[Step, ...], planner: Planner, now: datetime
) -> bool:
    """Write an alarm that was judged, and what is to be told of it; True if anything has changed."""
    told = _told(conn, alarm.id)
    planned = planner(alarm, steps, told, now)
    if alarm.escalate_at is None:
        alarm = replace(alarm, escalate_at=planned.escalate_at)
    if alarm == before and not planned.sends:
        return False
    conn.execute(update(alarms).where(_C.id == alarm.id).values(values_of(alarm)))
    if "urgent" in steps:  # quiet hours do not hold back any more what waits
        waits = (_D.alarm == alarm.id, _D.due > now)
        conn.execute(update(alarm_deliveries).where(*waits).values(due=now))
    _queue(conn, alarm, planned.sends, now)
    messages.queue(conn, planned.messages, now)
    if alarm.ended is not None:
        messages.settle(conn, link_of(alarm.id))
    webhooks_outbox.add(conn, _events(alarm, steps, planned.title, now))
    return True


def _added(conn: Connection, alarm: Alarm) -> Alarm:
    values = values_of(alarm)
    del values["id"]
    id: int = conn.execute(insert(alarms).values(values).returning(_C.id)).scalar_one()
    return replace(alarm, id=id)


def _of_other_machines(alarm: Alarm, machine: str) -> list[Fact]:
    """What other machines have observed of themselves: this one cannot know that it has ended."""
    if alarm.kind not in LOCAL:
        return []
    return [
        Fact(alarm.kind, alarm.area, one.key, one.name, one.since)
        for one in alarm.lasting
        if not one.key.startswith(f"{machine}:")
    ]


def _restarts(conn: Connection, now: datetime) -> dict[Group, int]:
    """How many alarms of each group that were told have ended lately."""
    lately = (_C.told.is_not(None), _C.ended > now - rules.RESTARTS_WITHIN)
    rows = conn.execute(select(_C.kind, _C.area, func.count()).where(*lately).group_by(_C.kind, _C.area))
    return {(kind, area): count for kind, area, count in rows}


def _told(conn: Connection, alarm: int) -> frozenset[str]:
    return frozenset(conn.execute(select(_D.target).where(_D.alarm == alarm)).scalars())


def _queue(conn: Connection, alarm: Alarm, sends: Sequence[Send], now: datetime) -> None:
    held = _held(conn, alarm.id, now) if any(one.step == "ended" for one in sends) else {}
    for one in sends:
        insert_new(conn, alarm_targets, {"target": one.target})
        row = {
            "alarm": alarm.id,
            "step": one.step,
            "number": alarm.told_count if one.step == "grew" else 0,
            "target": one.target,
            "created": now,
            # An end is never told before the beginning that still waits for the end of quiet hours.
            "due": max(one.due, held.get(one.target, one.due)) if one.step == "ended" else one.due,
        }
        insert_new(conn, alarm_deliveries, row)


def _held(conn: Connection, alarm: int, now: datetime) -> dict[str, datetime]:
    """Target -> until when something about the alarm is held back for it."""
    wanted = select(_D.target, func.max(_D.due)).where(_D.alarm == alarm, _D.due > now).group_by(_D.target)
    return {str(target): due for target, due in conn.execute(wanted)}


def _events(alarm: Alarm, steps: Iterable[Step], title: str, now: datetime) -> list[Event]:
    common: dict[str, object] = {
        "kind": alarm.kind,
        "urgent": alarm.urgent,
        "count": len(alarm.subjects) if alarm.ended else len(alarm.lasting),
        "since": instant_text(alarm.begun),
    }
    found = []
    for step in steps:
        if step in ("begun", "ended"):
            kind: EventKind = "alarm.begun" if step == "begun" else "alarm.ended"
            found.append(Event(kind, f"alarm:{alarm.id}", now, title, (alarm.area,), details=common))
    return found


def acknowledge(db: Database, id: int, *, actor: str, now: datetime) -> Alarm:
    """Store that ``actor`` has taken an alarm on, so that it is not passed on; no effect if somebody has already.

    Raises NotFound, or NotLive if the alarm has ended.
    """
    with db.write() as conn:
        before = _one(conn, id)
        if before.ended is not None:
            raise NotLive("Báo động này đã hết")
        if before.acknowledged is not None:
            return before
        after = rules.acknowledged(before, actor, now)
        conn.execute(update(alarms).where(_C.id == id).values(values_of(after)))
        audit.record(
            conn, actor=actor, act="alarm.acknowledge", subject=f"alarm/{id}", before=_audited(before),
            after=_audited(after), now=now,
        )  # fmt: skip
        messages.settle(conn, link_of(id))
        return after


def get(db: Database, id: int) -> Alarm:
    """Return the alarm with this id. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, id)


def named(db: Database, ids: Collection[int]) -> Mapping[int, Alarm]:
    """Return the alarms with these ids by id; those that do not exist are left out."""
    with db.read() as conn:
        return {one.id: one for one in as_values(Alarm, conn.execute(_ALL.where(_C.id.in_(ids))))}


def lasting(db: Database) -> tuple[Alarm, ...]:
    """Return the alarms that last and were told, urgent ones first, then the oldest."""
    wanted = _open().where(_C.told.is_not(None)).order_by(_C.urgent.desc(), _C.begun, _C.id)
    with db.read() as conn:
        return as_values(Alarm, conn.execute(wanted))


def history(db: Database, areas: Collection[str], *, since: datetime, most: int) -> tuple[Alarm, ...]:
    """Return the alarms of ``areas`` that have ended after ``since``, newest first, at most ``most``."""
    wanted = _ALL.where(_C.ended > since, _C.area.in_(areas)).order_by(_C.ended.desc(), _C.id.desc())
    with db.read() as conn:
        return as_values(Alarm, conn.execute(wanted.limit(most)))


def forget(db: Database, *, before: datetime) -> int:
    """Delete alarms that have ended before ``before``, with what was sent of them; returns how many."""
    old = select(_C.id).where(_C.ended < before)
    with db.write() as conn:
        conn.execute(delete(alarm_deliveries).where(_D.alarm.in_(old)))
        conn.execute(delete(alarm_deliveries).where(_D.alarm.is_(None), _D.created < before))
        return conn.execute(delete(alarms).where(_C.ended < before)).rowcount


def _open() -> Select[*tuple[object, ...]]:
    return _ALL.where(_C.ended.is_(None))


def _one(conn: Connection, id: int) -> Alarm:
    row = conn.execute(_ALL.where(_C.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có báo động số {id}")
    return as_value(Alarm, row)


def _audited(alarm: Alarm) -> _AuditedAlarm:
    return _AuditedAlarm(alarm.kind, alarm.area, alarm.acknowledged_by)
