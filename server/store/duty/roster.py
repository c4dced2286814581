"""Stores the duty roster of areas, and people's quiet hours and summaries; called by desk.duty, worker.deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from server.core.duty.plan import Preferences
from server.core.duty.roster import Absence, Turn, overlapping_absence, overlapping_turn
from server.core.times import day_of
from server.store.audit import audit
from server.store.database import references
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import advisory_lock, dialect_insert, insert_new
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import (
    columns_of,
    duty_absences,
    duty_digests,
    duty_preferences,
    duty_turns,
    values_of,
)

_TURNS = select(*columns_of(duty_turns, Turn))


@dataclass(frozen=True, slots=True)
class _StoredAbsence:
    """An absence as it is stored: with its days as ISO texts."""

    id: int
    area: str
    person: str
    first: str
    last: str
    substitute: str


@dataclass(frozen=True, slots=True)
class _AuditedTurn:
    """A turn as the audit records it: ``weekdays`` as "mon", "tue"…, ``duty_hours`` as "07:00-17:00"."""

    area: str
    person: str
    weekdays: tuple[str, ...]
    duty_hours: str
    place: int


@dataclass(frozen=True, slots=True)
class _AuditedAbsence:
    """The fields of an absence that the audit records; its days are ISO texts."""

    area: str
    person: str
    first: str
    last: str
    substitute: str


class TurnOverlap(StoreRefusal):
    """The person has duty in the area at this time already, in the turn ``other``; nothing was written."""

    def __init__(self, other: Turn) -> None:
        super().__init__("Người này đã có ca trực trùng giờ")
        self.other = other


class AbsenceOverlap(StoreRefusal):
    """The person is away on one of these days already, by the absence ``other``; nothing was written."""

    def __init__(self, other: Absence) -> None:
        super().__init__("Người này đã ghi vắng trong những ngày ấy")
        self.other = other


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ABSENCES = select(*columns_of(duty_absences, _StoredAbsence))
_LOCK = "duty roster"


def turns(db: Database) -> tuple[Turn, ...]:
    """Return the turns of all areas."""
    with db.read() as conn:
        return as_values(Turn, conn.execute(_TURNS.order_by(duty_turns.c.id)))


def absences(db: Database) -> tuple[Absence, ...]:
    """Return the absences of all areas, the earliest first; those whose days cannot be read are left out."""
    with db.read() as conn:
        rows = as_values(_StoredAbsence, conn.execute(_ABSENCES.order_by(duty_absences.c.first, duty_absences.c.id)))
    return _readable(rows)


def add_turn(db: Database, turn: Turn, *, actor: str, now: datetime) -> Turn:
    """Add a turn; its id is ignored. Raises ValueError for an unknown area, TurnOverlap."""
    with db.write() as conn:
        references.check_areas(conn, (turn.area,))
        advisory_lock(conn, _LOCK)
        theirs = as_values(Turn, conn.execute(_TURNS.where(duty_turns.c.area == turn.area)))
        if (other := overlapping_turn(turn, theirs)) is not None:
            raise TurnOverlap(other)
        values = values_of(turn)
        del values["id"]
        id: int = conn.execute(insert(duty_turns).values(values).returning(duty_turns.c.id)).scalar_one()
        made = _turn(conn, id)
        _record(conn, "duty_turn.add", id, None, _audited_turn(made), actor, now)
        return made


def turn_area(db: Database, id: int) -> str:
    """Return the area (slug) of the turn with this id. Raises NotFound."""
    with db.read() as conn:
        return _turn(conn, id).area


def remove_turn(db: Database, id: int, *, actor: str, now: datetime) -> str:
    """Delete a turn; returns its area (slug). Raises NotFound."""
    with db.write() as conn:
        before = _turn(conn, id)
        conn.execute(delete(duty_turns).where(duty_turns.c.id == id))
        _record(conn, "duty_turn.remove", id, _audited_turn(before), None, actor, now)
        return before.area


def add_absence(db: Database, absence: Absence, *, actor: str, now: datetime) -> None:
    """Add an absence; its id is ignored. Raises ValueError for an unknown area, AbsenceOverlap."""
    with db.write() as conn:
        references.check_areas(conn, (absence.area,))
        advisory_lock(conn, _LOCK)
        rows = as_values(_StoredAbsence, conn.execute(_ABSENCES.where(duty_absences.c.area == absence.area)))
        if (other := overlapping_absence(absence, _readable(rows))) is not None:
            raise AbsenceOverlap(other)
        values = {
            "area": absence.area,
            "person": absence.person,
            "first": absence.first.isoformat(),
            "last": absence.last.isoformat(),
            "substitute": absence.substitute,
        }
        id: int = conn.execute(insert(duty_absences).values(values).returning(duty_absences.c.id)).scalar_one()
        _record(conn, "duty_absence.add", id, None, _audited_absence(_absence(conn, id)), actor, now)


def absence_area(db: Database, id: int) -> str:
    """Return the area (slug) of the absence with this id. Raises NotFound."""
    with db.read() as conn:
        return _absence(conn, id).area


def remove_absence(db: Database, id: int, *, actor: str, now: datetime) -> str:
    """Delete an absence; returns its area (slug). Raises NotFound."""
    with db.write() as conn:
        before = _absence(conn, id)
        conn.execute(delete(duty_absences).where(duty_absences.c.id == id))
        _record(conn, "duty_absence.remove", id, _audited_absence(before), None, actor, now)
        return before.area


def preferences(db: Database) -> Mapping[str, Preferences]:
    """Return people's own settings by username; people who have set nothing are left out."""
    with db.read() as conn:
        rows = conn.execute(select(*columns_of(duty_preferences, Preferences)))
        return {one.person: one for one in as_values(Preferences, rows)}


def prefer(db: Database, wanted: Preferences) -> None:
    """Store a person's own settings."""
    with db.write() as conn:
        own = {name: value for name, value in values_of(wanted).items() if name != "person"}
        adding = dialect_insert(conn, duty_preferences).values(values_of(wanted))
        conn.execute(adding.on_conflict_do_update(index_elements=["person"], set_=own))


def digested(db: Database) -> Mapping[str, date]:
    """Return the last day on which each person's morning summary was made, by username."""
    with db.read() as conn:
        rows = conn.execute(select(duty_digests.c.person, duty_digests.c.day)).all()
    return {person: day for person, text in rows for day in _day(text)}


def digest(db: Database, person: str, day: date, mail: Message | None, now: datetime) -> bool:
    """Queue a person's summary of ``day`` (None: nothing waits), unless it was made; True if this call made it."""
    text, table = day.isoformat(), duty_digests
    with db.write() as conn:
        if not insert_new(conn, table, {"person": person, "day": text}):
            newer = update(table).where(table.c.person == person, table.c.day != text).values(day=text)
            if conn.execute(newer).rowcount != 1:
                return False
        messages.queue(conn, [mail] if mail else [], now)
        return True


def _turn(conn: Connection, id: int) -> Turn:
    row = conn.execute(_TURNS.where(duty_turns.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có ca trực số {id}")
    return as_value(Turn, row)


def _absence(conn: Connection, id: int) -> _StoredAbsence:
    row = conn.execute(_ABSENCES.where(duty_absences.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có lần vắng số {id}")
    return as_value(_StoredAbsence, row)


def _record(
    conn: Connection,
    act: str,
    id: int,
    before: _AuditedTurn | _AuditedAbsence | None,
    after: _AuditedTurn | _AuditedAbsence | None,
    actor: str,
    now: datetime,
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"duty/{id}", before=before, after=after, now=now)


def _audited_turn(turn: Turn) -> _AuditedTurn:
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (turn.start, turn.end))
    days = tuple(WEEKDAYS[day] for day in turn.weekdays if 0 <= day < len(WEEKDAYS))
    return _AuditedTurn(turn.area, turn.person, days, f"{begin}-{end}", turn.place)


def _audited_absence(row: _StoredAbsence) -> _AuditedAbsence:
    return _AuditedAbsence(row.area, row.person, row.first, row.last, row.substitute)


def _readable(rows: Iterable[_StoredAbsence]) -> tuple[Absence, ...]:
    """Return the absences of ``rows``; those whose days cannot be read are left out."""
    return tuple(
        Absence(row.id, row.area, row.person, first, last, row.substitute)
        for row in rows
        for first in _day(row.first)
        for last in _day(row.last)
    )


def _day(text: object) -> tuple[date, ...]:
    try:
        return (day_of(str(text)),)
    except ValueError:
        return ()
