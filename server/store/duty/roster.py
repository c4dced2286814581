"""Stores the duty roster of areas, and people's quiet hours and summaries; called by desk.duty, worker.deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from server.core.duty.plan import Preferences
from server.core.duty.roster import Absence, Turn
from server.core.times import day_of
from server.store.audit import audit
from server.store.database import references
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.locks import dialect_insert, insert_new
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


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ABSENCES = select(*columns_of(duty_absences, _StoredAbsence))


def turns(db: Database) -> tuple[Turn, ...]:
    """Return the turns of all areas."""
    with db.read() as conn:
        return as_values(Turn, conn.execute(_TURNS.order_by(duty_turns.c.id)))


def absences(db: Database) -> tuple[Absence, ...]:
    """Return the absences of all areas, the earliest first; those whose days cannot be read are left out."""
    with db.read() as conn:
        rows = as_values(_StoredAbsence, conn.execute(_ABSENCES.order_by(duty_absences.c.first, duty_absences.c.id)))
    return tuple(one for row in rows for one in _readable(row))


def add_turn(db: Database, turn: Turn, *, actor: str, now: datetime) -> Turn:
    """Add a turn; its id is ignored. Raises ValueError for an unknown area."""
    with db.write() as conn:
        references.check_areas(conn, (turn.area,))
        values = values_of(turn)
        del values["id"]
        id: int = conn.execute(insert(duty_turns).values(values).returning(duty_turns.c.id)).scalar_one()
        made = as_value(Turn, conn.execute(_TURNS.where(duty_turns.c.id == id)).one())
        audit.record(
            conn,
            actor=actor,
            act="duty_turn.add",
            subject=f"duty/{id}",
            before=None,
            after=_audited_turn(made),
            now=now,
        )
        return made


def turn(db: Database, id: int) -> Turn:
    """Return the turn with this id. Raises NotFound."""
    with db.read() as conn:
        return _turn(conn, id)


def remove_turn(db: Database, id: int, *, actor: str, now: datetime) -> None:
    """Delete a turn. Raises NotFound."""
    with db.write() as conn:
        before = _turn(conn, id)
        conn.execute(delete(duty_turns).where(duty_turns.c.id == id))
        audit.record(
            conn,
            actor=actor,
            act="duty_turn.remove",
            subject=f"duty/{id}",
            before=_audited_turn(before),
            after=None,
            now=now,
        )


def add_absence(db: Database, absence: Absence, *, actor: str, now: datetime) -> None:
    """Add an absence; its id is ignored. Raises ValueError for an unknown area."""
    with db.write() as conn:
        references.check_areas(conn, (absence.area,))
        values = {
            "area": absence.area,
            "person": absence.person,
            "first": absence.first.isoformat(),
            "last": absence.last.isoformat(),
            "substitute": absence.substitute,
        }
        id: int = conn.execute(insert(duty_absences).values(values).returning(duty_absences.c.id)).scalar_one()
        made = _absence(conn, id)
        audit.record(
            conn,
            actor=actor,
            act="duty_absence.add",
            subject=f"duty/{id}",
            before=None,
            after=_audited_absence(made),
            now=now,
        )


def absence_area(db: Database, id: int) -> str:
    """Return the area (slug) of the absence with this id. Raises NotFound."""
    with db.read() as conn:
        return _absence(conn, id).area


def remove_absence(db: Database, id: int, *, actor: str, now: datetime) -> None:
    """Delete an absence. Raises NotFound."""
    with db.write() as conn:
        before = _absence(conn, id)
        conn.execute(delete(duty_absences).where(duty_absences.c.id == id))
        audit.record(
            conn,
            actor=actor,
            act="duty_absence.remove",
            subject=f"duty/{id}",
            before=_audited_absence(before),
            after=None,
            now=now,
        )


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


def _audited_turn(turn: Turn) -> _AuditedTurn:
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (turn.start, turn.end))
    days = tuple(WEEKDAYS[day] for day in turn.weekdays if 0 <= day < len(WEEKDAYS))
    return _AuditedTurn(turn.area, turn.person, days, f"{begin}-{end}", turn.place)


def _audited_absence(row: _StoredAbsence) -> _AuditedAbsence:
    return _AuditedAbsence(row.area, row.person, row.first, row.last, row.substitute)


def _readable(row: _StoredAbsence) -> tuple[Absence, ...]:
    days = (*_day(row.first), *_day(row.last))
    return (Absence(row.id, row.area, row.person, *days, row.substitute),) if len(days) == 2 else ()


def _day(text: object) -> tuple[date, ...]:
    try:
        return (day_of(str(text)),)
    except ValueError:
        return ()
